"""`run.py completion`: what a shell needs to complete commands and options, from the parser."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from shlex import quote
from typing import Any, Final, NamedTuple

from webapp.commands.flags import LABELS
from webapp.flags.catalog import COUNTRIES
from webapp.settings import Settings

NAME: Final = "run.py"
DESCRIPTION: Final = "Print what a shell needs to complete commands, options and their values."
EXAMPLES: Final = """\
examples:
  source <(./run.py completion bash)     for this shell; in ~/.bashrc with the whole path, for all
  source <(./run.py completion zsh)      likewise, in ~/.zshrc behind compinit
  ./run.py completion fish | source      likewise, in ~/.config/fish/config.fish

It completes ./run.py and run.py, not python3 run.py."""


class Option(NamedTuple):
    """One option in all its spellings, the values it can have, whether it has one, and its help."""

    spellings: tuple[str, ...]
    values: tuple[str, ...]
    takes_value: bool
    help: str


class Command(NamedTuple):
    """One command, its options, and the words that can stand behind it."""

    name: str
    help: str
    options: tuple[Option, ...]
    words: tuple[str, ...]


def add_command(commands: Any, top: argparse.ArgumentParser) -> None:
    """Add the command to the parser's; `top` is the whole of it."""
    command: argparse.ArgumentParser = commands.add_parser(
        "completion",
        help="print completion for a shell",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("shell", choices=list(SHELLS))
    command.set_defaults(command=run, top=top)


def run(_settings: Settings, options: argparse.Namespace) -> int:
    """Print the script; the exit code."""
    print(SHELLS[options.shell](list(known(options.top))), end="")
    return 0


def known(top: argparse.ArgumentParser) -> Iterator[Command]:
    """The commands of a parser."""
    for action in top._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            helps = {choice.dest: choice.help for choice in action._choices_actions}  # noqa: SLF001
            for name, parser in action.choices.items():
                yield _command(name, helps.get(name) or "", parser)


def _command(name: str, summary: str, parser: argparse.ArgumentParser) -> Command:
    options: list[Option] = []
    words: list[str] = []
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to ask
        values = _values(action)
        if action.option_strings:
            spellings, takes_value = tuple(action.option_strings), action.nargs != 0
            options.append(Option(spellings, values, takes_value, _plain(action.help)))
        else:
            words += values
    return Command(name, summary, tuple(options), tuple(words))


def _values(action: argparse.Action) -> tuple[str, ...]:
    if action.dest == "cc":
        return tuple(COUNTRIES)
    if action.dest == "server":
        return tuple(LABELS)
    return tuple(map(str, action.choices or ()))


def _plain(text: str | None) -> str:
    return (text or "").partition(" (")[0]


def bash(commands: list[Command]) -> str:
    """A function for `complete -F`."""
    lines = [
        "_charfinder() {",
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= word",
        '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        "        [[ $word == -* ]] || { command=$word; break; }",
        "    done",
        "    case $command:$prev:$cur in",
    ]
    lines += [
        f"        {_cases(command, option)}) {_compgen(option.values)} ;;"
        for command, option in _with_values(commands)
    ]
    lines.append(f"        :*) {_compgen([command.name for command in commands])} ;;")
    for command in commands:
        spelled = [spelling for option in command.options for spelling in option.spellings]
        lines.append(f"        {command.name}:*:-*) {_compgen(spelled)} ;;")
        lines.append(f"        {command.name}:*) {_compgen(command.words)} ;;")
    lines += ["    esac", "}", f"complete -o bashdefault -o default -F _charfinder {NAME}", ""]
    return "\n".join(lines)


def _with_values(commands: Sequence[Command]) -> Iterator[tuple[Command, Option]]:
    for command in commands:
        for option in command.options:
            if option.takes_value:
                yield command, option


def _cases(command: Command, option: Option) -> str:
    return "|".join(f"{command.name}:{spelling}:*" for spelling in option.spellings)


def _compgen(words: Sequence[str]) -> str:
    # Without words, -o default completes the names of files.
    return f'COMPREPLY=($(compgen -W {quote(" ".join(words))} -- "$cur"))' if words else ":"


def zsh(commands: list[Command]) -> str:
    """A function for `compdef`."""
    lines = [
        f"#compdef {NAME}",
        "_charfinder() {",
        "    local command word prev=${words[CURRENT-1]} cur=${words[CURRENT]}",
        "    for word in ${words[2,CURRENT-1]}; do",
        "        [[ $word == -* ]] || { command=$word; break }",
        "    done",
        "    case $command:$prev:$cur in",
    ]
    for command, option in _with_values(commands):
        lines.append(f"        ({_cases(command, option)}) {_compadd(option.values)} ;;")
    names = [_described(command.name, command.help) for command in commands]
    lines.append(f"        (:*) {_describe(names)} ;;")
    for command in commands:
        spelled = [
            _described(spelling, option.help)
            for option in command.options
            for spelling in option.spellings
        ]
        lines.append(f"        ({command.name}:*:-*) {_describe(spelled)} ;;")
        lines.append(f"        ({command.name}:*) {_compadd(command.words)} ;;")
    lines += ["    esac", "}", f"compdef _charfinder {NAME}", ""]
    return "\n".join(lines)


def _compadd(words: Sequence[str]) -> str:
    return f"compadd -- {' '.join(words)}" if words else "_files"


def _described(word: str, text: str) -> str:
    return quote(f"{word}:{text}" if text else word)


def _describe(words: list[str]) -> str:
    return f"local -a known=({' '.join(words)}); _describe command known"


def fish(commands: list[Command]) -> str:
    """One `complete` for each command and option."""
    names = " ".join(command.name for command in commands)
    without = f"-n {quote(f'not __fish_seen_subcommand_from {names}')}"
    lines = []
    for command in commands:
        within = f"-n {quote(f'__fish_seen_subcommand_from {command.name}')}"
        lines.append(_fish(without, f"-f -a {command.name}", command.help))
        if command.words:
            lines.append(_fish(within, f"-f -a {quote(' '.join(command.words))}", ""))
        for option in command.options:
            spelled = " ".join(map(_fish_option, option.spellings))
            values = f" -x -a {quote(' '.join(option.values))}" if option.values else ""
            needed = " -r" if option.takes_value and not values else ""
            lines.append(_fish(within, spelled + needed + values, option.help))
    return "\n".join([*lines, ""])


def _fish(condition: str, what: str, text: str) -> str:
    described = f" -d {quote(text)}" if text else ""
    return f"complete -c {NAME} {condition} {what}{described}"


def _fish_option(spelling: str) -> str:
    return f"-l {spelling[2:]}" if spelling.startswith("--") else f"-s {spelling[1:]}"


SHELLS: Final[dict[str, Callable[[list[Command]], str]]] = {"bash": bash, "zsh": zsh, "fish": fish}

"""`run.py find` and `run.py identify`: the search box, in a shell."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any, Final

from webapp.characters.build import ensure_index
from webapp.characters.model import MAX_LIMIT, Page
from webapp.characters.parameters import MODES, SORTS, Search
from webapp.commands.output import Output, visible
from webapp.commands.printing import Documents, Lines, Printer, Tables, columns, record, templated
from webapp.commands.session import Session
from webapp.commands.template import FIELDS, Template, TemplateError
from webapp.data_dir import usable
from webapp.problems import InvalidRequest, Problem
from webapp.settings import Settings
from webapp.spinner import spinning

FOUND: Final = 0
NOTHING_FOUND: Final = 1
EX_USAGE: Final = 2
EX_UNAVAILABLE: Final = 69

ROWS_ON_A_TERMINAL: Final = 25
LONGEST_LINE: Final = 1 << 20
LONGEST_SHOWN: Final = 60

FIND: Final = """\
Find characters by their names, by words for them in any language, by code point in any
notation, or by the characters themselves. WORDS are what one types into the search box:
phrases, filters and patterns work as they do there."""
FIND_EXAMPLES: Final = f"""\
examples:
  run.py find cat eyes                        names with both words
  run.py find 'script:greek small with tonos' filters: script:, block:, category:, age: …
  run.py find '"face with" -cat'              phrases, and words that must not be there
  run.py find U+2190..U+2193                  a range; also \\u00e9, &hellip;, e2 9c 93
  run.py find é                               a character itself
  run.py find arrow --format '{{char}}' -n 5    just the characters
  run.py find check --json | jq .total        the answer of the API
  run.py find --identify 'naïve'              what a text consists of

Words that begin with a dash stand within quotes, with a word before them, or after --.
Without WORDS, or with - in their place, each line of standard input is searched for.

fields of --format:
{fill(", ".join(FIELDS), 90, initial_indent="  ", subsequent_indent="  ")}
  A width may follow, as in {{name:<40}}; \\t and \\n are a tab and a line's end.

exit codes: 0 found, 1 nothing found, 2 not understood"""
IDENTIFY: Final = """\
Say what a text consists of, character by character, invisible ones included, and what in it
may deceive. The same as find --identify."""
IDENTIFY_EXAMPLES: Final = """\
examples:
  run.py identify 'naïve'
  pbpaste | run.py identify                   each line of standard input
  run.py identify --json 🏳️‍🌈 | jq .clusters

exit codes: 0 told, 1 there was no text, 2 not understood"""


def add_commands(commands: Any) -> None:
    """Add both commands to the parser's."""
    find = _command(commands, "find", "find characters", FIND, FIND_EXAMPLES)
    add = find.add_argument
    add("-i", "--identify", action="store_true", help="say what the text consists of instead")
    add("-n", "--limit", metavar="N", type=_limit, help="so many rows, or all "
        f"({ROWS_ON_A_TERMINAL} on a terminal, else {MAX_LIMIT})")  # fmt: skip
    add("--lang", metavar="TAG", default="", help="a language whose words count as English does")
    add("--sort", choices=SORTS, default="", help="the order of the rows (relevance)")
    add("--mode", choices=list(MODES), default="", help="read as the book's programs do (smart)")
    identify = _command(commands, "identify", "see what a text is", IDENTIFY, IDENTIFY_EXAMPLES)
    identify.set_defaults(identify=True, limit=None, lang="", sort="", mode="")


def _command(
    commands: Any, name: str, summary: str, description: str, examples: str
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    metavar, what = ("WORDS", "what to look for") if name == "find" else ("TEXT", "what to look at")
    command.add_argument("words", nargs="*", metavar=metavar, help=f"{what}; - for standard input")
    forms = command.add_argument_group("form").add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="the API's answer, one a line")
    forms.add_argument("--ndjson", action="store_true", help="one JSON object for each row")
    forms.add_argument("--tsv", action="store_true", help="code, character, name, tabs between")
    forms.add_argument("--format", metavar="TEMPLATE", help="a line of your own, with {fields}")
    command.add_argument("--data-dir", metavar="DIR", help="where the index is (var)")
    command.set_defaults(command=run)
    return command


def _limit(text: str) -> int:
    """How many rows; 0 stands for all."""
    if text == "all":
        return 0
    if text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text[:20]!r} is neither a number from 1 up nor all")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Print what is found for each text; the exit code."""
    output = Output()
    try:
        printer = _printer(options, output)
    except TemplateError as error:
        return _complain(str(error), EX_USAGE)
    texts = _texts(options.words)
    first = next(texts, None)
    if first is None:
        return _complain("Say what to look for; --help has examples.", EX_USAGE)
    index_file = _index(settings.data_dir)
    with asyncio.Runner() as loop, Session(loop, index_file) as session:
        asked = Asked(session, options, printer, output)
        codes = {asked.answer(first)}
        for text in texts:
            if not output.is_open:
                break
            codes.add(asked.answer(text))
    output.check()
    # One line that is not understood is worth knowing of; else one that is found will do.
    return max(codes - {FOUND, NOTHING_FOUND}, default=min(codes))


def _printer(options: argparse.Namespace, output: Output) -> Printer:
    if options.json:
        return Documents(output)
    if options.ndjson:
        return Lines(output, record)
    if options.format is not None:
        return Lines(output, templated(_template(options.format), output))
    if options.tsv or not output.is_terminal:
        return Lines(output, columns)
    return Tables(output)


def _template(text: str) -> Template:
    try:
        if ":" not in text:
            return Template(text)
        from webapp.commands.table import width

        return Template(text, width)
    except TemplateError as error:
        raise TemplateError(f"--format: {error}.") from None


def _texts(words: list[str]) -> Iterator[str]:
    """What was given on the command line or, without that, the lines of standard input."""
    if words not in ([], ["-"]):
        yield " ".join(words)
        return
    if not words and (sys.stdin is None or sys.stdin.isatty()):
        return
    while line := sys.stdin.buffer.readline(LONGEST_LINE):
        if text := line.decode("utf-8", "replace").rstrip("\r\n"):
            yield text


def _index(data_dir: Path) -> Path:
    """The index, built first where there is none that fits."""
    with usable(data_dir), spinning("Building the character index") as (progress, stop):
        return ensure_index(data_dir, progress, stop)


class Asked:
    """What the command line asks for, text by text."""

    def __init__(
        self, session: Session, options: argparse.Namespace, printer: Printer, output: Output
    ) -> None:
        self._session = session
        self._options = options
        self._printer = printer
        self._output = output
        self._has_notes = not options.json

    def answer(self, text: str) -> int:
        """Print what there is; whether anything was found, as an exit code."""
        try:
            return self._identify(text) if self._options.identify else self._find(text)
        except InvalidRequest as problem:
            detail = problem.errors[0].detail if problem.errors else problem.detail
            return _complain(f"{detail[:1].upper()}{detail[1:]}", EX_USAGE)
        except Problem as problem:
            return _complain(problem.detail, EX_UNAVAILABLE)

    def _find(self, text: str) -> int:
        options = self._options
        given = {"q": text, "lang": options.lang, "sort": options.sort, "mode": options.mode}
        search = Search.from_parameters(given)
        default = ROWS_ON_A_TERMINAL if isinstance(self._printer, Tables) else MAX_LIMIT
        left = default if options.limit is None else options.limit or sys.maxsize
        shown, after = 0, None
        while True:
            page = self._session.page(search, min(left - shown, MAX_LIMIT), after)
            items = page.rows()
            self._printer.rows(page, items)
            shown, after = shown + len(items), page.next
            if after is None or shown >= left or not self._output.is_open:
                break
        self._printer.end()
        if self._has_notes and self._output.is_open:
            self._note(text, page, shown)
        return FOUND if page.total else NOTHING_FOUND

    def _note(self, text: str, page: Page, shown: int) -> None:
        """Say on standard error what the rows do not."""
        if page.corrected:
            typed, to = _quoted(page.corrected.typed), _quoted(page.corrected.to)
            _say(f"Nothing is called {typed}; this is for {to}.")
        for notice in page.notices:
            _say(notice)
        if not page.total:
            _say(f"Nothing found for {_quoted(text)}.")
        elif shown < page.total and self._options.limit is None:
            _say(f"{shown:,} of {page.total:,} shown; --limit all shows all.")
        elif self._output.is_terminal:
            _say(f"{shown:,} of {page.total:,} shown.")

    def _identify(self, text: str) -> int:
        answer = self._session.identified(text)
        self._printer.clusters(answer)
        if self._has_notes and self._output.is_open:
            for notice in answer["notices"]:
                _say(notice)
            for warning in answer["warnings"]:
                _say(f"Take care: {warning['detail']}")
        return FOUND if answer["clusters"] else NOTHING_FOUND


def _quoted(text: str) -> str:
    cut = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
    return f"'{visible(cut)}'"


def _say(text: str) -> None:
    print(visible(text), file=sys.stderr)


def _complain(text: str, code: int) -> int:
    _say(text)
    return code

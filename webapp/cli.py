"""The commands of run.py."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import webapp
from webapp.characters.build import BuildStopped, ensure_index
from webapp.commands import completion, find, flags
from webapp.commands.output import CannotWrite
from webapp.connections import stop_connections
from webapp.data_dir import CannotStart, DataDirError, held, state_path, usable
from webapp.flags.sources import Sources
from webapp.migrate import MigrationError, migrate
from webapp.settings import ROOT, Settings, SettingsError, parse_sources
from webapp.spinner import spinning

# What only some commands need is imported by these: others are done before the half of it would be.
if TYPE_CHECKING:
    from webapp.backups import Amount

EX_CONFIG: Final = 78
EX_CANNOT_START: Final = 69
INTERRUPTED: Final = 130

UNSOUND: Final = 1

REFUSALS: Final = (CannotStart, CannotWrite, MigrationError)


def main(argv: Sequence[str]) -> int:
    """Run the command; the exit code. Refusals are one line on standard error."""
    arguments = list(argv)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in STANDALONE):
        arguments.insert(0, "serve")
    options = parser().parse_args(arguments)
    try:
        settings = Settings.load(os.environ, _flags(options))
        Sources(settings)
        return int(options.command(settings, options))
    except SettingsError as error:
        return _refuse(error, EX_CONFIG)
    except REFUSALS as error:
        return _refuse(error, EX_CANNOT_START)
    except (KeyboardInterrupt, BuildStopped):
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    finally:
        stop_connections()


def parser() -> argparse.ArgumentParser:
    """Every command and flag."""
    top = argparse.ArgumentParser(
        prog="run.py",
        description="Find any Unicode character; download flags as jobs.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"Charfinder {webapp.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serving = commands.add_parser("serve", help="serve in this terminal (the default)")
    _add_settings(serving)
    serving.set_defaults(command=run_server)
    find.add_commands(commands)
    flags.add_command(commands)
    config = commands.add_parser("config", help="print the effective settings")
    _add_settings(config)
    config.set_defaults(command=print_settings)
    check = commands.add_parser("check", help="see whether database and images are sound")
    _add_data_dir(check)
    check.set_defaults(command=check_data)
    backup = commands.add_parser("backup", help="save jobs and images in one file")
    restore = commands.add_parser("restore", help="bring back what such a file has")
    for command, run in ((backup, back_up), (restore, bring_back)):
        _add_data_dir(command)
        command.add_argument("file", metavar="FILE", type=Path)
        command.set_defaults(command=run)
    completion.add_command(commands, top)
    commands.add_parser("test", help="run every check, or pytest with the arguments given")
    return top


EXAMPLES: Final = """\
examples:
  run.py                     serve on http://127.0.0.1:8888
  run.py find cat eyes       find characters, here in the terminal
  run.py flags BR CN IN      download flags, here in the terminal
  run.py COMMAND --help      what a command takes, with examples

The source of flags "builtin" is the program itself: nothing here needs the Internet.
Settings: CHARFINDER_NAME in the environment; docs/configuration.md has all of them."""
STANDALONE: Final = frozenset({"-h", "--help", "--version"})


def _add_settings(command: argparse.ArgumentParser) -> None:
    add: Callable[..., Any] = command.add_argument
    add("--host", help="address to listen on (127.0.0.1)")
    add("--port", help="port to listen on, 0 for any free one (8888)")
    add("--telnet-port", metavar="PORT", help="port of the line server, or off (2323)")
    _add_data_dir(command)
    add(
        "--source",
        action="append",
        dest="sources",
        metavar="NAME=URL",
        help="a further flag source; {cc} or {CC} stands for the country (repeatable)",
    )


def _add_data_dir(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data-dir", metavar="DIR", help="where everything is written (var)")


def _flags(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives; those it does not give are None."""
    names = Settings.__struct_fields__
    flags = {name: value for name, value in vars(options).items() if name in names}
    if flags.get("sources"):
        flags["sources"] = parse_sources(flags["sources"])
    return flags


def run_server(settings: Settings, _options: argparse.Namespace) -> int:
    """Make ready what the data folder lacks, then serve until a signal comes."""
    from webapp.app import create_app
    from webapp.logs import set_up as set_up_logs
    from webapp.pages import compile_pages
    from webapp.server import TELNET_FLAG, bind, raise_file_limit, serve

    set_up_logs(access=settings.access_log)
    raise_file_limit()
    # Bound first: when a port is taken, nothing at all has been touched yet.
    with ExitStack() as stack:
        bound = stack.enter_context(bind(settings.host, settings.port))
        telnet = None
        if settings.telnet_port is not None:
            lines = bind(settings.host, settings.telnet_port, flag=TELNET_FLAG)
            telnet = stack.enter_context(lines)
        stack.enter_context(held(settings.data_dir))
        _prepare(settings.data_dir)
        app = create_app(settings)
        compile_pages(app)
        asyncio.run(serve(app, bound, telnet))
    return 0


def _prepare(data_dir: Path) -> None:
    with usable(data_dir), spinning("Building the character index") as (progress, stop):
        migrate(state_path(data_dir), ROOT / "migrations")
        ensure_index(data_dir, progress, stop)


def print_settings(settings: Settings, _options: argparse.Namespace) -> int:
    """Print the settings, one a line, the token hidden."""
    for name, value in settings.shown().items():
        print(f"{name} = {value}")
    return 0


def check_data(settings: Settings, _options: argparse.Namespace) -> int:
    """Say what is not sound, one line each; 1 when something is not."""
    from webapp.soundness import faults

    state, images = _data(settings)
    if not state.exists():
        raise DataDirError(f"There is nothing to check: {state} does not exist.")
    found = 0
    for fault in faults(state, images, ROOT / "migrations"):
        print(fault)
        found += 1
    print(f"{_number(found, 'fault')}." if found else "Database and images are sound.")
    return UNSOUND if found else 0


def back_up(settings: Settings, options: argparse.Namespace) -> int:
    """Save everything but the index, which is made anew."""
    from webapp.backups import save

    file: Path = options.file
    amount = save(*_data(settings), file)
    print(f"Saved {_held(amount)} in {file}.")
    if amount.missing:
        print(f"Missing or damaged: {_number(amount.missing, 'image')}.", file=sys.stderr)
    return 0


def bring_back(settings: Settings, options: argparse.Namespace) -> int:
    """Put a backup in the place of what is there."""
    from webapp.backups import restore

    file: Path = options.file
    with held(settings.data_dir):
        amount = restore(*_data(settings), file, ROOT / "migrations")
    print(f"Restored {_held(amount)} from {file}.")
    return 0


def _held(amount: "Amount") -> str:
    return f"{_number(amount.jobs, 'job')} and {_number(amount.images, 'image')}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _data(settings: Settings) -> tuple[Path, Path]:
    """The database of jobs, and the folder of the images."""
    return state_path(settings.data_dir), settings.data_dir / "images"


def _refuse(error: Exception, code: int) -> int:
    print(str(error).replace("\n", " "), file=sys.stderr)
    return code

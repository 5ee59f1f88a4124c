"""The commands of run.py."""

import argparse
import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import webapp
from webapp.app import compile_templates, create_app, state_path
from webapp.characters.build import BuildStopped, ensure_index
from webapp.data_dir import DataDirError, held
from webapp.database import stop_connections
from webapp.flags.sources import Sources
from webapp.logs import set_up as set_up_logs
from webapp.migrate import MigrationError, migrate
from webapp.server import CannotListen, bind, raise_file_limit, serve
from webapp.settings import ROOT, Settings, SettingsError, parse_sources
from webapp.spinner import spinning

EX_CONFIG: Final = 78
EX_CANNOT_START: Final = 69
INTERRUPTED: Final = 130

REFUSALS: Final = (CannotListen, DataDirError, MigrationError)


def main(argv: Sequence[str]) -> int:
    """Run the command; the exit code. Refusals are one line on standard error."""
    arguments = list(argv)
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in STANDALONE):
        arguments.insert(0, "serve")
    options = parser().parse_args(arguments)
    try:
        settings = Settings.load(os.environ, _flags(options))
        Sources(settings)
        return int(options.command(settings))
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
        prog="run.py", description="Find any Unicode character; download flags as jobs."
    )
    top.add_argument("--version", action="version", version=f"Charfinder {webapp.__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    serving = commands.add_parser("serve", help="serve in this terminal (the default)")
    _add_settings(serving)
    serving.set_defaults(command=run_server)
    config = commands.add_parser("config", help="print the effective settings")
    _add_settings(config)
    config.set_defaults(command=print_settings)
    commands.add_parser("test", help="run every check, or pytest with the arguments given")
    return top


STANDALONE: Final = frozenset({"-h", "--help", "--version"})


def _add_settings(command: argparse.ArgumentParser) -> None:
    add: Callable[..., Any] = command.add_argument
    add("--host", help="address to listen on (127.0.0.1)")
    add("--port", help="port to listen on, 0 for any free one (8888)")
    add("--telnet-port", metavar="PORT", help="port of the line server, or off (2323)")
    add("--data-dir", metavar="DIR", help="where everything is written (var)")
    add(
        "--source",
        action="append",
        dest="sources",
        metavar="NAME=URL",
        help="a further flag source; {cc} or {CC} stands for the country (repeatable)",
    )


def _flags(options: argparse.Namespace) -> dict[str, Any]:
    """The settings that the command line gives; those it does not give are None."""
    flags = {name: value for name, value in vars(options).items() if name != "command"}
    if flags.get("sources"):
        flags["sources"] = parse_sources(flags["sources"])
    return flags


def run_server(settings: Settings) -> int:
    """Make ready what the data folder lacks, then serve until a signal comes."""
    set_up_logs(access=settings.access_log)
    raise_file_limit()
    # Bound first: when the port is taken, nothing at all has been touched yet.
    bound = bind(settings.host, settings.port)
    with bound, held(settings.data_dir):
        _prepare(settings.data_dir)
        app = create_app(settings)
        compile_templates(app)
        asyncio.run(serve(app, bound))
    return 0


def _prepare(data_dir: Path) -> None:
    try:
        migrate(state_path(data_dir), ROOT / "migrations")
        with spinning("Building the character index") as (progress, stop):
            ensure_index(data_dir, progress, stop)
    except (OSError, sqlite3.Error) as error:
        raise DataDirError(f"Data folder {data_dir} is not usable: {error}.") from error


def print_settings(settings: Settings) -> int:
    """Print the settings, one a line, the token hidden."""
    for name, value in settings.shown().items():
        print(f"{name} = {value}")
    return 0


def _refuse(error: Exception, code: int) -> int:
    print(str(error).replace("\n", " "), file=sys.stderr)
    return code

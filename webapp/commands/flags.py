"""`run.py flags`: the flag downloader of Fluent Python, with jobs behind it."""

import argparse
import asyncio
import sys
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import msgspec

from webapp.address import running
from webapp.commands.downloads import Downloads, Lost, Refused
from webapp.commands.interruptions import interruptions
from webapp.commands.screen import Screen, say
from webapp.commands.watch import Watch
from webapp.data_dir import held, state_path, usable
from webapp.flags.catalog import POP20, Select, expand
from webapp.flags.sources import Sources
from webapp.jobs.model import Order
from webapp.migrate import migrate
from webapp.problems import InvalidRequest
from webapp.settings import ROOT, Settings
from webapp.validation import convert

EX_USAGE: Final = 2
EX_UNAVAILABLE: Final = 69

LOOPBACK: Final = "127.0.0.1"
MOST_REQUESTS: Final = 1000
# What the programs call their servers.
LABELS: Final = {
    "LOCAL": "builtin",
    "DELAY": "delay",
    "ERROR": "error",
    "REMOTE": "fluentpython",
}
DESCRIPTION: Final = f"""\
Download flags for country codes. Default: top {len(POP20)} countries by population.

The download is a job: of the server that runs on the same data folder, where its pages show
it, else of this very command. Ctrl-C ends it, and the flags that are here are counted."""
EXAMPLES: Final = """\
examples:
  run.py flags                    the 20 most populous countries
  run.py flags BR CN IN           these three
  run.py flags A B --limit 10     the first ten of AA to BZ
  run.py flags -a -m 50           all countries, 50 requests at once
  run.py flags -s DELAY -v        from a slow server, a line for each flag
  run.py flags -s ERROR           from one that fails now and then

servers: LOCAL is this program itself, DELAY answers late, ERROR also fails one time in four,
REMOTE is www.fluentpython.com; and each that --source names.

exit codes: 0 done, also when some are not there; 1 ended by somebody else; 2 not understood;
130 ended by Ctrl-C"""


class UsageError(Exception):
    """The command line asks for something impossible; in the words of the programs."""


def add_command(commands: Any) -> None:
    """Add the command to the parser's."""
    command: argparse.ArgumentParser = commands.add_parser(
        "flags",
        help="download flags",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add: Any = command.add_argument
    add("cc", metavar="CC", nargs="*", help="country code or 1st letter (eg. B for BA...BZ)")
    add("-a", "--all", action="store_true", help="get all available flags (AD to ZW)")
    add("-e", "--every", action="store_true", help="get flags for every possible code (AA...ZZ)")
    add("-l", "--limit", metavar="N", type=int, help="limit to N first codes")
    add("-m", "--max_req", "--max-req", metavar="CONCURRENT", type=int, default=5,
        help="maximum concurrent requests (default=5)")  # fmt: skip
    add("-s", "--server", metavar="LABEL", default="LOCAL",
        help=f"server to hit; one of {', '.join(sorted(LABELS))} (default=LOCAL)")  # fmt: skip
    add("-v", "--verbose", action="store_true", help="output detailed progress info")
    more = command.add_argument_group("beyond the book").add_argument
    more("--retries", metavar="N", type=int, default=2, help="tries after a failure (default=2)")
    more("--timeout", metavar="SECONDS", type=float, default=10.0,
         help="for one request (default=10)")  # fmt: skip
    more("--existing", choices=("replace", "skip", "verify"), default="replace",
         help="what to do with flags that are here already (default=replace)")  # fmt: skip
    more("--data-dir", metavar="DIR", help="where the flags and jobs are (var)")
    more("--source", action="append", dest="sources", metavar="NAME=URL",
         help="a further server; {cc} or {CC} stands for the country (repeatable)")  # fmt: skip
    command.set_defaults(command=run, usage=command.format_usage)


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Carry the job out and print the report; the exit code."""
    try:
        check(options)
        if url := running(settings.data_dir):
            if options.sources:
                say("A server is running, which has its own sources: --source has no effect.")
            return asyncio.run(_there(settings, options, url))
        source_of(options.server, Sources(settings).names())
        return _here(settings, options)
    except (UsageError, InvalidRequest) as error:
        say(f"*** Usage error: {error}")
        sys.stderr.write(options.usage())
        return EX_USAGE
    except (Lost, Refused) as error:
        say(str(error))
        return EX_UNAVAILABLE


def check(options: argparse.Namespace) -> None:
    """Raise UsageError for what can be told from the command line alone."""
    if options.max_req < 1:
        raise UsageError("--max_req CONCURRENT must be >= 1")
    if options.limit is not None and options.limit < 1:
        raise UsageError("--limit N must be >= 1")
    if options.cc and not (options.all or options.every):
        try:
            expand(Select(codes=tuple(options.cc)))
        except InvalidRequest:
            raise UsageError("each CC argument must be A to Z or AA to ZZ.") from None


def source_of(label: str, names: Collection[str]) -> str:
    """The source that the label means; UsageError when there is none."""
    name = label.lower()
    name = name if name in names else LABELS.get(label.upper(), "")
    if name in names:
        return name
    others = {name.upper() for name in names if name not in LABELS.values()}
    known = ", ".join(sorted({*LABELS, *others}))
    raise UsageError(f"--server LABEL must be one of {known}")


def order_of(options: argparse.Namespace, source: str) -> Order:
    """The job that the command line asks for; InvalidRequest beyond the limits of jobs."""
    select: dict[str, Any] = {"preset": "pop20"}
    if options.every or options.all:
        select = {"preset": "every" if options.every else "all"}
    elif options.cc:
        select = {"codes": options.cc}
    return convert(
        {
            "source": source,
            "select": select,
            "limit": options.limit,
            "concurrency": min(options.max_req, MOST_REQUESTS),
            "retries": options.retries,
            "timeout_s": options.timeout,
            "existing": options.existing,
        },
        Order,
    )


async def _there(settings: Settings, options: argparse.Namespace, url: str) -> int:
    from webapp.commands import remote

    async with remote.downloading(url, settings.data_dir, settings.token) as there:
        return await _carried_out(there, options)


def _here(settings: Settings, options: argparse.Namespace) -> int:
    from webapp.commands import local
    from webapp.server import bind, raise_file_limit

    own = msgspec.structs.replace(settings, host=LOOPBACK, port=0)
    raise_file_limit()
    with bind(LOOPBACK, 0) as bound, held(settings.data_dir):
        with usable(settings.data_dir):
            migrate(state_path(settings.data_dir), ROOT / "migrations")
        return asyncio.run(_locally(local.downloading(own, bound), options))


async def _locally(
    downloading: AbstractAsyncContextManager[Downloads], options: argparse.Namespace
) -> int:
    async with downloading as here:
        return await _carried_out(here, options)


async def _carried_out(downloads: Downloads, options: argparse.Namespace) -> int:
    addresses = await downloads.addresses()
    source = source_of(options.server, addresses)
    screen = Screen(options.server, verbose=options.verbose)
    with interruptions() as stop:
        job = await downloads.submit(order_of(options, source))
        return await Watch(downloads, job, screen, addresses[source]).until_over(stop)

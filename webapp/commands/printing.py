"""The forms in which rows are printed: table, columns, lines of a template, JSON."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from webapp.characters.model import Page, page_json
from webapp.commands.output import Output, on_one_line, visible
from webapp.commands.template import Item, Template

encode = msgspec.json.encode


class Printer(Protocol):
    """One form; each method prints what it is given at once, or waits for the end."""

    def rows(self, page: Page, items: Sequence[Item]) -> None:
        """Some more rows of a search."""
        ...

    def end(self) -> None:
        """That was all of this search."""
        ...

    def clusters(self, answer: dict[str, Any]) -> None:
        """What a text consists of, as the API answers it."""
        ...


class Documents:
    """`--json`: for each text one document, the one that the API answers."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._pages: list[Page] = []

    def rows(self, page: Page, items: Sequence[Item]) -> None:
        self._pages.append(page)

    def end(self) -> None:
        first, last = self._pages[0], self._pages[-1]
        items = b",".join(page.items for page in self._pages if page.items)
        whole = msgspec.structs.replace(first, items=items, next=last.next)
        self._pages = []
        self._output.write(page_json(whole, None).decode() + "\n")

    def clusters(self, answer: dict[str, Any]) -> None:
        self._output.write(encode(answer).decode() + "\n")


class Lines:
    """A line for each row; of a text, for each of its code points."""

    def __init__(self, output: Output, line: Callable[[Item], str]) -> None:
        self._output = output
        self._line = line

    def rows(self, page: Page, items: Sequence[Item]) -> None:
        self._output.write("".join(map(self._line, items)))

    def end(self) -> None:
        pass

    def clusters(self, answer: dict[str, Any]) -> None:
        for cluster in answer["clusters"]:
            members = [item | {"cluster": cluster["id"]} for item in cluster["code_points"]]
            self._output.write("".join(map(self._line, members)))


class Tables:
    """A table for people, a page at a time; a cluster stands above its code points."""

    def __init__(self, output: Output) -> None:
        from webapp.commands.table import print_rows, terminal

        self._output = output
        self._print = print_rows
        self._console = terminal()
        self._is_first = True

    def rows(self, page: Page, items: Sequence[Item]) -> None:
        if items and self._output.is_open:
            self._print(self._console, items, headed=self._is_first)
            self._is_first = False

    def end(self) -> None:
        self._is_first = True

    def clusters(self, answer: dict[str, Any]) -> None:
        rows: list[Item] = []
        for cluster in answer["clusters"]:
            members = cluster["code_points"]
            if len(members) > 1:
                rows.append({**cluster, "kind": "sequence"})
                members = [{**item, "id": f"  {item['id']}"} for item in members]
            rows += members
        if rows:
            self._print(self._console, rows)


def columns(item: Item) -> str:
    """Code, character and name with tabs between, as the programs of Fluent Python print them."""
    return f"{item['id']}\t{on_one_line(item['char'])}\t{on_one_line(item['name'])}\n"


def record(item: Item) -> str:
    """The row as one line of JSON."""
    return encode(item).decode() + "\n"


def templated(template: Template, output: Output) -> Callable[[Item], str]:
    """The row's line by a template; a pipe gets characters as they are, a person what is safe."""
    shown: Callable[[str], str] = visible if output.is_terminal else str
    return lambda item: template.line(item, shown)

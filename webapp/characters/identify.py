"""What a text consists of: its clusters, each with the characters in it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from webapp.characters.clusters import clusters
from webapp.characters.identifier import EMOJI_STYLE, TEXT_STYLE, bare, format_id
from webapp.characters.text import printable

# No sequence that has a row is longer.
LONGEST_SEQUENCE: Final = 64
# So many code points are answered in one go; longer clusters in pieces of this size.
BATCH: Final = 1_000
NAMED_AT_MOST: Final = 20
SHOWN_OF_CLUSTER: Final = 16

_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
_LAYOUT = frozenset({"\t", "\n", "\r", "\r\n"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_LATIN = re.compile("[\x80-\xff]")


class Row(msgspec.Struct, frozen=True):
    """A row of the index as its JSON, and what of it is needed here."""

    id: str
    name: str
    category: str | None
    json: msgspec.Raw = msgspec.Raw()
    script: str | None = None

    @classmethod
    def of(cls, json: bytes) -> "Row":
        """The row with this JSON."""
        return msgspec.structs.replace(_decode_row(json), json=msgspec.Raw(json))


_decode_row = msgspec.json.Decoder(Row).decode
Rows = Mapping[str, Row]


def stand_in(char: str) -> Row:
    """A row for a code point that has none in the index, named by its label."""
    number = ord(char)
    kind, category = "reserved", "Cn"
    if 0xD800 <= number <= 0xDFFF:
        kind, category = "surrogate", "Cs"
    elif 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE:
        kind = "noncharacter"
    elif 0xE000 <= number <= 0xF8FF or number >= 0xF0000:
        kind, category = "private-use", "Co"
    item: dict[str, Any] = {
        "id": format_id([number]),
        "char": printable(char),
        "name": f"<{kind}-{number:04X}>",
        "kind": "character",
        "category": category,
        "block": None,
        "script": None,
        "age": None,
    }
    return Row(item["id"], item["name"], category, msgspec.Raw(msgspec.json.encode(item)))


def keys_of(code_points: tuple[int, ...]) -> list[str]:
    """The ids under which a text may have a row, the best first; none of one that is too long."""
    if not 0 < len(code_points) <= LONGEST_SEQUENCE:
        return []
    keys = [format_id(code_points)]
    if len(code_points) > 1 and code_points[0] not in (TEXT_STYLE, EMOJI_STYLE):
        keys.append(format_id(bare(code_points)))
    return list(dict.fromkeys(keys))


def batches(text: str) -> Iterator[list[str]]:
    """The clusters of the text in lists of BATCH code points or one longer cluster."""
    batch: list[str] = []
    size = 0
    for cluster in clusters(text):
        if batch and size + len(cluster) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(cluster)
        size += len(cluster)
    if batch:
        yield batch


def wanted(batch: Iterable[str]) -> list[str]:
    """The ids of all rows that the clusters and their code points may have."""
    distinct = set(batch)
    ids = [format_id([ord(char)]) for char in set().union(*distinct)]
    ids += [key for cluster in distinct if len(cluster) > 1 for key in keys_of(_points(cluster))]
    return ids


class Account:
    """What was met so far in a text, for the end of the answer."""

    def __init__(self) -> None:
        self.clusters = 0
        self.invisible: dict[str, None] = {}

    def look_at(self, cluster: str, known: Row | None, members: Iterable[Row]) -> None:
        """Take note of what has no ink; `known` is the cluster's row, if it has one."""
        if cluster in _LAYOUT or (known and len(cluster) > 1):
            return
        for row in members:
            if row.category in _INVISIBLE and len(self.invisible) <= NAMED_AT_MOST:
                self.invisible[row.name] = None

    def closed(self, text: str) -> dict[str, Any]:
        """The totals, and what somebody who looks at the text may not see."""
        total = {
            "clusters": self.clusters,
            "code_points": len(text),
            "utf-8": len(text.encode("utf-8", "surrogatepass")),
            "utf-16": len(text.encode("utf-16-le", "surrogatepass")) // 2,
        }
        return {"total": total, "notices": list(self._notices(text))}

    def _notices(self, text: str) -> Iterator[str]:
        if self.invisible:
            names = list(self.invisible)[:NAMED_AT_MOST]
            more = " and others" if len(self.invisible) > NAMED_AT_MOST else ""
            yield f"Without ink: {', '.join(names)}{more}."
        if _SURROGATE.search(text):
            yield "Has halves of surrogate pairs, which no text can be sent with: they are U+FFFD."
        if meant := misread(text):
            yield f"Looks like UTF-8 that was read as Windows-1252. It may have been: {meant}"


def misread(text: str) -> str | None:
    """What the text was before its UTF-8 was taken for Windows-1252; None if it was not."""
    if not _LATIN.search(text):
        return None
    try:
        # Five bytes of Windows-1252 are nothing, and pass as controls.
        raw = b"".join(char.encode("latin-1" if char < "\xa0" else "cp1252") for char in text)
        return raw.decode()
    except UnicodeError:
        return None


def clusters_json(batch: Sequence[str], rows: Rows, account: Account) -> Iterator[bytes]:
    """The JSON of the clusters with commas between, a long one in several pieces."""
    members = {char: _member(char, rows) for char in set().union(*batch)}
    done: dict[str, bytes] = {}
    for number, cluster in enumerate(batch):
        account.clusters += 1
        if number:
            yield b","
        if cluster not in done:
            first = [members[char] for char in cluster[:BATCH]]
            known = next((rows[key] for key in keys_of(_points(cluster)) if key in rows), None)
            account.look_at(cluster, known, first)
            head = msgspec.json.encode(_head(cluster, known, first))
            done[cluster] = b'%s,"code_points":[%s' % (head[:-1], _joined(first))
        yield done[cluster]
        for start in range(BATCH, len(cluster), BATCH):
            part = cluster[start : start + BATCH]
            yield b"," + _joined(members[char] for char in part)
        yield b"]}"


def shown_cluster(cluster: str, rows: Rows) -> dict[str, Any]:
    """One cluster for a page: the first SHOWN_OF_CLUSTER of its code points, `left` more.

    `item` is the cluster's own row, if it has one.
    """
    first = cluster[:LONGEST_SEQUENCE]
    members = [_member(char, rows) for char in first]
    known = next((rows[key] for key in keys_of(_points(cluster)) if key in rows), None)
    shown = [msgspec.json.decode(row.json) for row in members[:SHOWN_OF_CLUSTER]]
    return _head(first, known, members) | {
        "name": known.name if known else _name(cluster, members),
        "code_points": shown,
        "left": len(cluster) - len(shown),
        "item": msgspec.json.decode(known.json) if known else None,
    }


def _member(char: str, rows: Rows) -> Row:
    return rows.get(format_id([ord(char)])) or stand_in(char)


def _head(cluster: str, known: Row | None, members: list[Row]) -> dict[str, Any]:
    head = {
        "id": known.id if known else format_id(map(ord, cluster)),
        "char": printable(cluster),
        "name": known.name if known else _name(cluster, members),
        "utf-8": cluster.encode("utf-8", "surrogatepass").hex(" ").upper(),
    }
    composed = _composed(cluster)
    if composed != cluster:
        head["nfc"] = format_id(map(ord, composed))
    return head


def _composed(cluster: str) -> str:
    if len(cluster) > LONGEST_SEQUENCE:
        return cluster
    return unicodedata.normalize("NFC", cluster)


def _name(cluster: str, members: list[Row]) -> str:
    if len(cluster) == 1:
        return members[0].name
    name = " + ".join(row.name for row in members[:LONGEST_SEQUENCE])
    more = len(cluster) - LONGEST_SEQUENCE
    return f"{name} + {more:,} more" if more > 0 else name


def _joined(rows: Iterable[Row]) -> bytes:
    return b",".join(bytes(row.json) for row in rows)


def _points(text: str) -> tuple[int, ...]:
    return tuple(map(ord, text[: LONGEST_SEQUENCE + 1]))

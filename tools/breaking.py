"""What in a new OpenAPI document breaks those who rely on the old one; pure.

What a client sends may become more, what it gets may become less varied, never the other way round.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

Json = Mapping[str, Any]
Way = Literal["sent", "got"]

REF: Final = "#/components/"
METHODS: Final = ("get", "post", "put", "patch", "delete")
# Narrower is less for who sends, and no harm to who gets.
LEAST: Final = ("minimum", "minLength", "minItems")
MOST: Final = ("maximum", "maxLength", "maxItems")


def breaking(old: Json, new: Json) -> list[str]:
    """Each change that breaks a client, in words; nothing for what was added."""
    return list(dict.fromkeys(_Comparison(old, new).changes()))


class _Comparison:
    """Two documents; references are looked up in the one that they stand in."""

    def __init__(self, old: Json, new: Json) -> None:
        self._old = old
        self._new = new
        self._seen: set[tuple[str, str, Way]] = set()

    def changes(self) -> Iterator[str]:
        for path, was in self._old["paths"].items():
            now = self._new["paths"].get(path)
            if now is None:
                yield f"{path}: removed"
                continue
            for method in METHODS:
                if method not in was:
                    continue
                place = f"{method.upper()} {path}"
                if method not in now:
                    yield f"{place}: removed"
                else:
                    yield from self._operation(was[method], now[method], place)

    def _operation(self, old: Json, new: Json, place: str) -> Iterator[str]:
        yield from self._parameters(_parameters(old), _parameters(new), place)
        yield from self._bodies(old.get("requestBody"), new.get("requestBody"), place)
        for status, was in old["responses"].items():
            if status not in new["responses"]:
                yield f"{place}: answer {status} removed"
                continue
            now = self._found(new["responses"][status], self._new)
            had = self._found(was, self._old)
            yield from self._contents(had, now, f"{place}: answer {status}", "got")
            for header in had.get("headers", {}):
                if header not in now.get("headers", {}):
                    yield f"{place}: answer {status}: header {header} removed"

    def _parameters(
        self, old: Mapping[str, Json], new: Mapping[str, Json], place: str
    ) -> Iterator[str]:
        for name, was in old.items():
            if name not in new:
                yield f"{place}: parameter {name} removed"
            else:
                yield from self._schema(
                    was["schema"], new[name]["schema"], f"{place}: parameter {name}", "sent"
                )
        for name, now in new.items():
            is_new = not old.get(name, {}).get("required", False)
            if now.get("required", False) and is_new:
                yield f"{place}: parameter {name} is required"

    def _bodies(self, old: Json | None, new: Json | None, place: str) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield f"{place}: a body is required"
        elif new is None:
            yield f"{place}: body removed"
        else:
            if new.get("required") and not old.get("required"):
                yield f"{place}: a body is required"
            yield from self._contents(old, new, f"{place}: body", "sent")

    def _contents(self, old: Json, new: Json, place: str, way: Way) -> Iterator[str]:
        for media, was in old.get("content", {}).items():
            now = new.get("content", {}).get(media)
            if now is None:
                yield f"{place}: {media} removed"
            elif "schema" in was:
                yield from self._schema(was["schema"], now.get("schema", {}), place, way)

    def _schema(self, old: Json, new: Json, place: str, way: Way) -> Iterator[str]:
        names = (old.get("$ref", ""), new.get("$ref", ""), way)
        if names[0] and names[1]:
            if names in self._seen:
                return
            self._seen.add(names)
            place = f"{names[0].rpartition('/')[2]} ({way})"
        old, new = self._found(old, self._old), self._found(new, self._new)
        yield from self._types(old, new, place, way)
        yield from _values(old, new, place, way)
        yield from _bounds(old, new, place, way)
        yield from self._keys(old, new, place, way)
        if "items" in old and "items" in new:
            yield from self._schema(old["items"], new["items"], f"{place}[]", way)
        for key in ("anyOf", "oneOf", "allOf"):
            for number, (was, now) in enumerate(
                zip(old.get(key, ()), new.get(key, ()), strict=False)
            ):
                yield from self._schema(was, now, f"{place} {key} {number}", way)

    def _types(self, old: Json, new: Json, place: str, way: Way) -> Iterator[str]:
        was, now = self._kinds(old, self._old), self._kinds(new, self._new)
        lost, gained = was - now, now - was
        if way == "sent" and was and now and lost:
            yield f"{place}: no longer takes {', '.join(sorted(lost))}"
        if way == "sent" and not was and now:
            yield f"{place}: takes only {', '.join(sorted(now))}"
        if way == "got" and was and (gained or not now):
            yield f"{place}: may be {', '.join(sorted(gained)) or 'anything'}"

    def _kinds(self, schema: Json, document: Json) -> frozenset[str]:
        """The types of JSON that a schema lets through; none named means all."""
        schema = self._found(schema, document)
        for key in ("anyOf", "oneOf"):
            if key in schema and "type" not in schema:
                return frozenset().union(*(self._kinds(each, document) for each in schema[key]))
        kind = schema.get("type", ())
        return frozenset([kind] if isinstance(kind, str) else kind)

    def _keys(self, old: Json, new: Json, place: str, way: Way) -> Iterator[str]:
        was, now = old.get("properties", {}), new.get("properties", {})
        for name, schema in was.items():
            if name in now:
                yield from self._schema(schema, now[name], f"{place}.{name}", way)
            else:
                yield f"{place}.{name}: removed"
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        if way == "sent":
            yield from (f"{place}.{name}: is required" for name in sorted(needs - needed))
        else:
            missing = (needed - needs) & set(now)
            yield from (f"{place}.{name}: may be missing" for name in sorted(missing))

    def _found(self, schema: Json, document: Json) -> Json:
        if "$ref" not in schema:
            return schema
        group, name = schema["$ref"].removeprefix(REF).split("/")
        found: Json = document["components"][group][name]
        return found


def _parameters(operation: Json) -> dict[str, Json]:
    return {f"{each['in']} {each['name']}": each for each in operation.get("parameters", ())}


def _values(old: Json, new: Json, place: str, way: Way) -> Iterator[str]:
    was, now = old.get("enum"), new.get("enum")
    if way == "sent" and now is not None:
        lost = ["any other"] if was is None else [str(each) for each in was if each not in now]
        if lost:
            yield f"{place}: no longer takes {', '.join(lost)}"
    if way == "got" and was is not None:
        gained = ["any other"] if now is None else [str(each) for each in now if each not in was]
        if gained:
            yield f"{place}: may be {', '.join(gained)}"
    if old.get("const") != new.get("const"):
        yield f"{place}: is {new.get('const')}, not {old.get('const')}"
    if way == "sent" and new.get("pattern") not in {None, old.get("pattern")}:
        yield f"{place}: has another pattern"


def _bounds(old: Json, new: Json, place: str, way: Way) -> Iterator[str]:
    if way == "got":
        return
    for name in LEAST:
        if name in new and new[name] > old.get(name, float("-inf")):
            yield f"{place}: {name} is {new[name]}"
    for name in MOST:
        if name in new and new[name] < old.get(name, float("inf")):
            yield f"{place}: {name} is {new[name]}"
    is_closed = new.get("additionalProperties") is False
    if is_closed and old.get("additionalProperties") is not False and "properties" in old:
        yield f"{place}: takes no other keys"

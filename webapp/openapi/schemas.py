"""JSON Schemas of the types that the program reads and answers with; pure."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import NODEFAULT, UNSET
from msgspec import inspect as types

from webapp.flags.catalog import LETTERS, Preset, presets
from webapp.jobs.events import TYPES, Event
from webapp.phrases import Phrase

Json = dict[str, Any]

REF: Final = "#/components/schemas/"
# What the types say less of than is known.
EVENTS: Final = {
    "job.created": "The job is there, with these codes and their names.",
    "job.started": "The job runs.",
    "job.paused": "No further item begins; `reason` is null when somebody asked for it.",
    "job.resumed": "It goes on, or waits for its start as before.",
    "job.cancel_requested": "No item starts any more; those under way are dropped.",
    "job.retried": "It begins anew, as this run; the items that do so follow.",
    "job.finished": "The run is over: the last event of it.",
    "job.deleted": "There is no such job any more: told to who follows it, and in no log.",
    "item.started": "An attempt at an item begins.",
    "item.finished": "An item has its outcome.",
    "item.retry_scheduled": "An attempt failed; the next one is not before that moment.",
    "item.requeued": "An item waits again: the program stopped, or a retry begins it anew.",
}
_CODE: Final = {"type": "string", "pattern": f"^{LETTERS.pattern}$"}


def components(shapes: Iterable[Any]) -> tuple[list[Json], Json]:
    """The schema of each type, and by their names the schemas that those refer to."""
    wanted = list(shapes)
    found, named = msgspec.json.schema_components(
        [*wanted, *TYPES.values()], schema_hook=_hook, ref_template=REF + "{name}"
    )
    for cls in _structs(types.multi_type_info([*wanted, *TYPES.values()])):
        named[cls.__name__] = _exact(cls, named[cls.__name__])
    _narrow(named)
    return list(found)[: len(wanted)], named


def event_name(kind: str) -> str:
    """The name under which the events of a type stand: job.created is JobCreatedEvent."""
    return "".join(word.capitalize() for word in kind.replace(".", "_").split("_")) + "Event"


def ref(name: str) -> Json:
    """A reference to the schema of this name."""
    return {"$ref": REF + name}


def _hook(kind: type) -> Json:
    if issubclass(kind, Phrase):
        return {"type": "string"}
    raise NotImplementedError


def _exact(cls: type[msgspec.Struct], schema: Json) -> Json:
    """The schema of one class: what it is for, and which fields an answer always has."""
    schema = _as_lists(schema)
    schema.pop("title", None)
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    if schema.get("additionalProperties") is False:
        return schema
    # Answers have every field, those with a default too.
    leaves_out = cls.__struct_config__.omit_defaults
    required = [
        field.encode_name
        for field in msgspec.structs.fields(cls)
        if field.default is not UNSET and not (leaves_out and _has_default(field))
    ]
    for each in schema["properties"].values():
        each.pop("default", None)
    return {**schema, "required": required} if required else schema


def _has_default(field: msgspec.structs.FieldInfo) -> bool:
    return field.default is not NODEFAULT or field.default_factory is not NODEFAULT


def _as_lists(schema: Any) -> Any:
    """Pairs as lists of two: not every reader knows `prefixItems`."""
    if isinstance(schema, list):
        return [_as_lists(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: _as_lists(each) for key, each in schema.items()}
    if "prefixItems" in schema:
        schema["items"] = schema.pop("prefixItems")[0]
    return schema


def _narrow(named: Json) -> None:
    """What is checked behind the types, or is not in them."""
    named["Select"] = {
        "description": "A preset, or codes; one letter is all codes that begin with it.",
        "type": "object",
        "properties": {
            "preset": {"enum": [*_names(presets()), None]},
            "codes": {
                "anyOf": [{"type": "array", "items": _CODE, "minItems": 1}, {"type": "null"}]
            },
        },
        "additionalProperties": False,
        "oneOf": [
            {"required": ["preset"], "properties": {"preset": {"type": "string"}}},
            {"required": ["codes"], "properties": {"codes": {"type": "array"}}},
        ],
    }
    for name in ("Order", "Options"):
        if name in named:
            named[name]["properties"]["select"] = ref("Select")
    for kind, change in TYPES.items():
        named[event_name(kind)] = _event(kind, change)
    named["Event"] = {
        "description": "One entry of a job's log: `seq` is 1, 2, 3 … without a gap.",
        "oneOf": [ref(event_name(kind)) for kind in TYPES],
        "discriminator": {
            "propertyName": "type",
            "mapping": {kind: REF + event_name(kind) for kind in TYPES},
        },
    }


def _names(sets: Iterable[Preset]) -> Iterator[str]:
    return (each.name for each in sets)


def _event(kind: str, change: type) -> Json:
    own: Json = {"seq": {"type": "integer", "minimum": 1}, "at": {"type": "string"}}
    own |= {"type": {"const": kind}, "data": ref(change.__name__)}
    fields = [field.encode_name for field in msgspec.structs.fields(Event)]
    return {
        "description": EVENTS[kind],
        "type": "object",
        "properties": own,
        "required": fields,
    }


def _structs(found: Iterable[types.Type]) -> Iterator[type[msgspec.Struct]]:
    """Every class of these types and of those in them, each once."""
    waiting, seen = list(found), set[type]()
    while waiting:
        each = waiting.pop()
        match each:
            case types.StructType():
                if each.cls not in seen:
                    seen.add(each.cls)
                    yield each.cls
                    waiting += [field.type for field in each.fields]
            case types.UnionType():
                waiting += each.types
            case types.ListType() | types.VarTupleType():
                waiting.append(each.item_type)
            case types.TupleType():
                waiting += each.item_types
            case types.DictType():
                waiting.append(each.value_type)
            case types.Metadata():
                waiting.append(each.type)
            case _:
                pass

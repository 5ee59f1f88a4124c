"""The AsyncAPI document: what goes over the websocket and the event stream; pure."""

from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple

from webapp import __version__
from webapp.jobs.events import Event
from webapp.jobs.meter import Live
from webapp.jobs.protocol import Frame
from webapp.openapi import frames
from webapp.openapi.document import DESCRIPTION, Examples
from webapp.openapi.schemas import Json, components

SOCKET: Final = "/api/v1/events"
STREAM: Final = "/api/v1/jobs/{id}/events"


class Message(NamedTuple):
    """One kind of message, seen from a client; `narrowed` is what else its schema says.

    `event` is the name under which it comes in the stream, "" where it has none.
    """

    name: str
    channel: Literal["socket", "stream"]
    way: Literal["sent", "received"]
    summary: str
    shape: Any
    narrowed: Json | None = None
    event: str = ""


def _frame(op: str, *required: str) -> Json:
    return {"properties": {"op": {"const": op}}, "required": ["op", *required]}


MESSAGES: Final = (
    Message(
        "subscribe",
        "socket",
        "sent",
        "Follow a job (`job:ID`) from behind the event `after`, with null from its present "
        "state; or all `jobs`.",
        Frame,
        _frame("subscribe", "topic"),
    ),
    Message(
        "unsubscribe",
        "socket",
        "sent",
        "Follow it no longer.",
        Frame,
        _frame("unsubscribe", "topic"),
    ),
    Message("ping", "socket", "sent", "Ask whether the server is there.", Frame, _frame("ping")),
    Message("subscribed", "socket", "received", "A job is followed.", frames.Subscribed),
    Message(
        "subscribedToAll", "socket", "received", "All jobs are followed.", frames.SubscribedToAll
    ),
    Message("unsubscribed", "socket", "received", "It is followed no longer.", frames.Unsubscribed),
    Message(
        "refused",
        "socket",
        "received",
        "A frame cannot be done; the socket stays open.",
        frames.Refused,
    ),
    Message("pong", "socket", "received", "The server is there.", frames.Pong),
    Message("events", "socket", "received", "What happened to a job, in order.", frames.Told),
    Message(
        "live", "socket", "received", "How fast a job goes; the latest counts.", frames.ToldLive
    ),
    Message("job", "socket", "received", "A job changed; to who follows all.", frames.ToldJob),
    Message(
        "deleted", "socket", "received", "A job is no more; to who follows all.", frames.ToldDeleted
    ),
    Message("event", "stream", "received", "One event; `id` is its `seq`.", Event),
    Message(
        "streamSnapshot",
        "stream",
        "received",
        "The present state, for a client that is more than 2,000 events behind.",
        frames.StreamSnapshot,
        event="snapshot",
    ),
    Message("streamLive", "stream", "received", "How fast the job goes.", Live, event="live"),
    Message("goodbye", "stream", "received", "The server stops.", frames.Goodbye, event="goodbye"),
)
_CHANNELS: Final = {
    "socket": {
        "address": SOCKET,
        "title": "Websocket",
        "description": "Text frames of JSON, subprotocol `charfinder.v1`; 32 jobs at most. A "
        "client that lost its connection subscribes again with the last `seq` it has, and "
        "misses nothing.",
        "bindings": {"ws": {"method": "GET"}},
    },
    "stream": {
        "address": STREAM,
        "title": "Server-Sent Events",
        "description": "One job, for `Accept: text/event-stream`. A client that comes back sends "
        "the last id as `Last-Event-ID`, as browsers do by themselves.",
        "parameters": {"id": {"description": "The job's id."}},
    },
}


def document(examples: Examples, *, with_token: bool = False) -> Json:
    """The document; `with_token` when the server asks for its token."""
    shapes = list(dict.fromkeys(message.shape for message in MESSAGES))
    found, named = components(shapes)
    # Here it would be the name of the key alone.
    del named["Event"]["discriminator"]
    schemas = dict(zip(shapes, found, strict=True))
    made = {
        message.name: _message(message, schemas[message.shape], examples) for message in MESSAGES
    }
    server: Json = {"host": "{address}", "protocol": "http"}
    server["variables"] = {"address": {"default": "127.0.0.1:8888"}}
    parts: Json = {"schemas": named, "messages": made}
    if with_token:
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        server["security"] = [{"$ref": "#/components/securitySchemes/token"}]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Charfinder", "version": __version__, "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {"here": server},
        "channels": {
            name: channel | {"messages": _refs(name, MESSAGES)}
            for name, channel in _CHANNELS.items()
        },
        "operations": _operations(),
        "components": parts,
    }


def of_channel(channel: str) -> list[Message]:
    """The messages of one channel."""
    return [message for message in MESSAGES if message.channel == channel]


def _message(message: Message, schema: Json, examples: Examples) -> Json:
    made: Json = {
        "name": message.event or message.name,
        "summary": message.summary,
        "payload": {"allOf": [schema, message.narrowed]} if message.narrowed else schema,
    }
    example = examples.get(f"message {message.name}")
    return made if example is None else made | {"examples": [{"payload": example}]}


def _refs(channel: str, messages: Iterable[Message]) -> Json:
    return {
        message.name: {"$ref": f"#/components/messages/{message.name}"}
        for message in messages
        if message.channel == channel
    }


def _operations() -> Json:
    """What the server does: it receives what clients send, and sends the rest."""
    made: Json = {}
    for channel in _CHANNELS:
        for action, way in (("receive", "sent"), ("send", "received")):
            names = [each.name for each in of_channel(channel) if each.way == way]
            if names:
                made[f"{action}On{channel.capitalize()}"] = {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{channel}"},
                    "messages": [
                        {"$ref": f"#/channels/{channel}/messages/{name}"} for name in names
                    ],
                }
    return made

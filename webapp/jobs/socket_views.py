"""The websocket: the same log that the long poll reads, pushed."""

import asyncio
from typing import Final

from aiohttp import WSMsgType, web

from webapp.answers import BODY_LIMIT
from webapp.jobs.conversation import Conversation, following
from webapp.jobs.protocol import SUBPROTOCOL
from webapp.keys import FEED, METRICS, PLACES, RECORDS, SOCKETS

HEARTBEAT_S: Final = 20.0
SEND_DEADLINE_S: Final = 5.0


async def events_socket(request: web.Request) -> web.WebSocketResponse:
    """Answer frames and send what is new, until the client or the server leaves."""
    with request.app[PLACES].taken(request.remote):
        return await _converse(request)


async def _converse(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(
        protocols=(SUBPROTOCOL,), heartbeat=HEARTBEAT_S, compress=False, max_msg_size=BODY_LIMIT
    )
    await socket.prepare(request)

    async def send(text: str) -> None:
        # A heartbeat does not notice a client that answers pings and reads nothing else.
        try:
            async with asyncio.timeout(SEND_DEADLINE_S):
                await socket.send_str(text)
        except TimeoutError:
            hang_up()
            raise ConnectionResetError("the client does not read") from None

    def hang_up() -> None:
        if request.transport is not None and not socket.closed:
            request.transport.abort()

    def push(frame: bytes) -> bool:
        # The socket's own way would make the frame anew for each of a thousand clients. What waits
        # to be sent is left to it: it knows how long it may wait.
        transport = request.transport
        if socket.closed or transport is None or transport.is_closing():
            return False
        if transport.get_write_buffer_size():
            return False
        transport.write(frame)
        return True

    conversation = Conversation(send, push, request.app[FEED], request.app[RECORDS])
    sockets = request.app[SOCKETS]
    sockets.add(socket)
    with request.app[METRICS].sockets.track_inprogress():
        try:
            async with following(conversation, hang_up):
                await _read(socket, conversation)
        finally:
            sockets.discard(socket)
    return socket


async def _read(socket: web.WebSocketResponse, conversation: Conversation) -> None:
    async for message in socket:
        try:
            if message.type is WSMsgType.TEXT:
                await conversation.answer(message.data)
            elif message.type is WSMsgType.BINARY:
                await conversation.answer(message.data.decode("utf-8", "replace"))
        except ConnectionError:
            return

"""A server of calls over HTTP/2 whose methods do what their names say, and who calls it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import grpc

from services.chassis.http2.channel import channel
from services.chassis.http2.served_call import ServedCall
from services.chassis.http2.server import Server

PATIENCE_SECONDS = 30.0
MIB = 1024 * 1024
Metadata: TypeAlias = tuple[tuple[str, str], ...]


@dataclass
class Methods:
    """Each does what its name says."""

    called: int = 0
    sent: int = 0
    done: int = 0
    broken_off: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def Echo(self, request: bytes, rpc: ServedCall) -> bytes:
        self.called += 1
        said = dict(rpc.invocation_metadata())
        await rpc.send_initial_metadata((("first", said.get("say", "")),))
        rpc.set_trailing_metadata((("said", said.get("say", "")), ("raw-bin", said.get("raw-bin", b"\x00\xff"))))
        return request

    async def Sized(self, request: bytes, rpc: ServedCall) -> bytes:
        return bytes(int(request))

    async def Left(self, request: bytes, rpc: ServedCall) -> bytes:
        left = rpc.time_remaining()
        return b"none" if left is None else b"%d" % left

    async def From(self, request: bytes, rpc: ServedCall) -> bytes:
        return rpc.peer().encode()

    async def Abort(self, request: bytes, rpc: ServedCall) -> bytes:
        await rpc.abort(grpc.StatusCode.NOT_FOUND, "없다: 100 %", (("why-bin", b"\x01"),))

    async def Set(self, request: bytes, rpc: ServedCall) -> bytes:
        rpc.set_code(grpc.StatusCode.DATA_LOSS)
        rpc.set_details("gone")
        return b""

    async def Crash(self, request: bytes, rpc: ServedCall) -> bytes:
        raise asyncio.CancelledError

    async def Wait(self, request: bytes, rpc: ServedCall) -> bytes:
        self.called += 1
        rpc.add_done_callback(lambda _: self._count())
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.broken_off += 1
            raise
        return request

    async def Ten(self, request: bytes, rpc: ServedCall) -> AsyncIterator[bytes]:
        for number in range(10):
            yield b"%d" % number

    async def Written(self, request: bytes, rpc: ServedCall) -> None:
        for number in range(10):
            await rpc.write(b"%d" % number)

    async def Fails(self, request: bytes, rpc: ServedCall) -> AsyncIterator[bytes]:
        yield b"one"
        await rpc.abort(grpc.StatusCode.ABORTED, "then no more")

    async def Endless(self, request: bytes, rpc: ServedCall) -> AsyncIterator[bytes]:
        try:
            while True:
                yield self.sent.to_bytes(4, "big") * 1000
                self.sent += 1
        finally:
            self.broken_off += 1

    async def Turns(self, requests: AsyncIterator[bytes], rpc: ServedCall) -> AsyncIterator[bytes]:
        async for request in requests:
            yield request[::-1]

    async def Joined(self, requests: AsyncIterator[bytes], rpc: ServedCall) -> bytes:
        return b" ".join([request async for request in requests])

    def _count(self) -> None:
        self.done += 1


KINDS = {
    grpc.unary_unary_rpc_method_handler: ("Echo", "Sized", "Left", "From", "Abort", "Set", "Crash", "Wait"),
    grpc.unary_stream_rpc_method_handler: ("Ten", "Written", "Fails", "Endless"),
    grpc.stream_stream_rpc_method_handler: ("Turns",),
    grpc.stream_unary_rpc_method_handler: ("Joined",),
}


@dataclass
class Served:
    """A server that serves."""

    server: Server
    methods: Methods
    port: int


@asynccontextmanager
async def served(port: int = 0, age_seconds: float = 300.0) -> AsyncIterator[Served]:
    methods, server = Methods(), Server(age_seconds)
    server.add_registered_method_handlers("t", {name: make(getattr(methods, name)) for make, names in KINDS.items() for name in names})
    made = Served(server, methods, server.bind(f"127.0.0.1:{port}"))
    await server.start()
    try:
        yield made
    finally:
        await server.stop(0)


@dataclass
class Caller:
    """Calls as gRPC's own client, or as ours; what came: the messages and the metadata at the end."""

    one: Callable[..., Awaitable[tuple[bytes, dict[str, str | bytes]]]]
    many: Callable[[str], AsyncIterator[bytes]]


@asynccontextmanager
async def grpcs(port: int) -> AsyncIterator[Caller]:
    sizes = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=sizes) as opened:

        async def one(name: str, request: bytes = b"", sent: Metadata = (), seconds: float | None = PATIENCE_SECONDS):
            call = opened.unary_unary(f"/t/{name}")(request, metadata=sent, timeout=seconds)
            return await call, {**dict(await call.initial_metadata()), **dict(await call.trailing_metadata())}

        async def many(name: str) -> AsyncIterator[bytes]:
            call = opened.unary_stream(f"/t/{name}")(b"")
            try:
                async for message in call:
                    yield message
            finally:
                call.cancel()

        yield Caller(one, many)


@asynccontextmanager
async def ours(port: int) -> AsyncIterator[Caller]:
    async with channel(f"127.0.0.1:{port}") as opened:

        async def one(name: str, request: bytes = b"", sent: Metadata = (), seconds: float = PATIENCE_SECONDS):
            call = opened.begin(f"/t/{name}", request, sent, seconds)
            return await call.answer(), dict(call.metadata)

        async def many(name: str) -> AsyncIterator[bytes]:
            call = opened.begin(f"/t/{name}", b"", (), PATIENCE_SECONDS, streams=True)
            try:
                while messages := await call.read():
                    for message in messages:
                        yield message
            finally:
                call.cancel()

        yield Caller(one, many)


@asynccontextmanager
async def connected(calling) -> AsyncIterator[tuple[Served, Caller]]:
    async with asyncio.timeout(PATIENCE_SECONDS), served() as server, calling(server.port) as caller:
        yield server, caller


async def is_so(value: bool) -> bool:
    return value

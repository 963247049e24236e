"""What the transport to a server does with connections, and with servers that keep to no more than HTTP/1.1 demands."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from pathlib import Path

import httpx
import pytest

from services.llm_proxy.adapters.http1 import MOST_EMPTY_BYTES, MOST_UNREAD_BYTES
from services.llm_proxy.adapters.transport import Transport
from tests.support import fault_server as faulty
from tests.support.eventually import eventually
from tests.support.fault_server import Exchange, FaultServer, fault_server

pytestmark = pytest.mark.anyio

SOON = 20.0
"""Seconds in which a condition is waited for."""
CHUNK_BYTES = 16 * 1024
Ask = Callable[..., Awaitable[bytes]]


def raw(data: bytes, *, close: bool = False) -> faulty.Behaviour:
    """These bytes, as they are."""

    async def behave(exchange: Exchange) -> None:
        exchange.send(data)
        if close:
            exchange.close()

    return behave


def whole(body: bytes = b"whole", *fields: bytes) -> bytes:
    """An answer that says how long it is."""
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"content-length: %d" % len(body), *fields, b"", body])


@asynccontextmanager
async def asking(url: str, keep_seconds: float = 60.0) -> AsyncIterator[Ask]:
    """Asks a server and reads the whole answer."""
    async with Transport(httpx.URL(url), keep_seconds) as transport:

        async def ask(**fields: bytes) -> bytes:
            response = await begin(transport, url, **fields)
            try:
                return b"".join([piece async for piece in stream(response)])
            finally:
                await response.aclose()

        yield ask


async def begin(transport: Transport, url: str, *, within: float = SOON, **fields: bytes) -> httpx.Response:
    headers = [(name.encode(), value) for name, value in fields.items()]
    timeout = {"connect": within}
    request = httpx.Request("POST", f"{url}/v1", headers=headers, stream=httpx.ByteStream(b"{}"), extensions={"timeout": timeout})
    request.read()
    return await transport.handle_async_request(request)


def stream(response: httpx.Response) -> httpx.AsyncByteStream:
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return response.stream


WHOLE = {
    "with a length": raw(whole()),
    "until the connection's end": raw(b"HTTP/1.1 200 OK\r\n\r\nwhole", close=True),
    "in chunks, and something behind them": raw(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;why=not\r\nwho\r\n2\r\nle\r\n0\r\nx-took: 9\r\n\r\n"
    ),
    "after a word that it will come": raw(b"HTTP/1.1 100 Continue\r\n\r\n" + whole()),
    "and another that nobody asked for": raw(whole() + whole(b"another")),
    "and what is no HTTP": raw(whole() + b"SSH-2.0\r\n\r\n"),
    "as HTTP/1.0 has it": raw(b"HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nwhole", close=True),
}


@pytest.mark.parametrize("name", WHOLE)
async def test_an_answer_is_whole(base: FaultServer, name: str):
    base.behaviour = WHOLE[name]
    async with asyncio.timeout(SOON), asking(base.url) as ask:
        assert [await ask() for _ in range(2)] == [b"whole"] * 2


BROKEN = {
    "shorter than it says": (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nwhole", close=True), httpx.ReadError),
    "cut within a chunk": (raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nwhole", close=True), httpx.ReadError),
    "reset without a length": (faulty.resets, httpx.ReadError),
    "nothing": (faulty.closes, httpx.ReadError),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), httpx.RemoteProtocolError),
    "a head without end": (raw(b"HTTP/1.1 200 OK\r\nx: " + b"x" * 2 * MOST_EMPTY_BYTES), httpx.RemoteProtocolError),
    "what follows the last chunk without end": (
        raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: " + b"x" * 2 * MOST_EMPTY_BYTES), httpx.RemoteProtocolError
    ),
    "two lengths": (raw(whole(b"whole", b"transfer-encoding: chunked")), httpx.RemoteProtocolError),
    "another protocol": (raw(b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"), httpx.RemoteProtocolError),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
async def test_what_breaks_is_an_error_of_httpx(base: FaultServer, name: str):
    base.behaviour, error = BROKEN[name]
    async with asyncio.timeout(SOON), asking(base.url) as ask:
        with pytest.raises(error):
            await ask()
        base.behaviour = raw(whole())
        assert await ask() == b"whole"


async def test_a_connection_whose_answer_was_read_is_used_again(base: FaultServer):
    base.behaviour = raw(whole())
    async with asking(base.url) as ask:
        for _ in range(3):
            await ask()
        assert len(base.links) == 1
        await asyncio.gather(*(ask() for _ in range(3)))
        await asyncio.gather(*(ask() for _ in range(3)))
        assert len(base.links) == 3
    assert await eventually(lambda: nobody_at(base), within=SOON)


@pytest.mark.parametrize("field", [b"connection: close", b"keep-alive: no"])
async def test_one_that_its_server_will_close_is_not(base: FaultServer, field: bytes):
    base.behaviour = raw(whole(b"whole", field))
    async with asking(base.url) as ask:
        await ask()
        first = set(base.links)
        await ask()
        assert (base.links & first == first) == (field != b"connection: close")


async def test_one_that_nobody_uses_is_closed(base: FaultServer):
    base.behaviour = raw(whole())
    async with asking(base.url, keep_seconds=0.1) as ask:
        await asyncio.gather(*(ask() for _ in range(3)))
        assert await eventually(lambda: nobody_at(base), within=SOON)
        assert await ask() == b"whole"


async def nobody_at(server: FaultServer) -> bool:
    return not server.links


async def test_one_whose_reader_left_early_is_closed_at_once(base: FaultServer):
    async def endless(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nthe beginning")
        await exchange.gone()

    base.behaviour = endless
    async with asyncio.timeout(SOON), Transport(httpx.URL(base.url), 60.0) as transport:
        response = await begin(transport, base.url)
        await anext(aiter(stream(response)))
        await response.aclose()
        await base.until(0)
        assert await eventually(lambda: nobody_at(base), within=SOON)


async def test_a_server_waits_for_a_reader_who_is_slow(base: FaultServer):
    sent = 0

    async def flood(exchange: Exchange) -> None:
        nonlocal sent
        exchange.head(headers=faulty.STREAM)
        while not exchange.waiting:
            exchange.chunk(b"x" * CHUNK_BYTES)
            sent += CHUNK_BYTES
            await asyncio.sleep(0)

    base.behaviour = flood
    async with asyncio.timeout(SOON), Transport(httpx.URL(base.url), 60.0) as transport:
        response = await begin(transport, base.url)
        await base.until(0)  # it writes no more
        pieces = aiter(stream(response))
        first = await anext(pieces)
        assert MOST_UNREAD_BYTES < len(first) < 20 * MOST_UNREAD_BYTES
        read = len(first)
        while read < sent:
            read += len(await anext(pieces))
        await response.aclose()


async def test_a_header_that_would_be_two_is_not_sent(base: FaultServer):
    base.behaviour = raw(whole())
    async with asking(base.url) as ask:
        with pytest.raises(httpx.LocalProtocolError):
            await ask(x=b"a\r\nb: c")
        assert await ask(x=b"a") == b"whole"
    assert [exchange.headers["x"] for exchange in base.asked] == ["a"]


@pytest.mark.parametrize("trusted", [True, False], ids=["vouched for", "nobody's"])
async def test_a_certificate_is_taken_if_somebody_vouches_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool):
    key, certificate = str(tmp_path / "key"), str(tmp_path / "certificate")
    command = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=a server")
    named = ("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate)
    making = await asyncio.create_subprocess_exec(*command, *named, stderr=asyncio.subprocess.DEVNULL)
    assert await making.wait() == 0
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(fault_server(tls=tls))
        server.behaviour = raw(whole())
        ask = await stack.enter_async_context(asking(f"https://localhost:{server.port}"))
        with nullcontext() if trusted else pytest.raises(httpx.ConnectError):
            assert [await ask() for _ in range(2)] == [b"whole"] * 2
    assert len(server.asked) == (2 if trusted else 0)


async def test_a_handshake_that_hangs_is_given_up_like_a_connection():
    left = asyncio.Event()

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        left.set()
        writer.close()

    async with asyncio.timeout(SOON), await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with Transport(httpx.URL(url), 60.0) as transport:
            with pytest.raises(httpx.ConnectTimeout):
                await begin(transport, url, within=0.2)
            await left.wait()

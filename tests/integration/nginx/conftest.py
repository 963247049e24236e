"""nginx as a process with the shipped files, an origin that does as it is told, and names that lead where a test says."""

import asyncio
import itertools
import os
import signal
import struct
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.compose.engine import ran
from tests.support.eventually import eventually
from tests.support.nginx_programs import nginx_programs
from tests.support.servers import PROJECT, free_port

START = PROJECT / "deploy" / "nginx" / "start.sh"
NAME = "gateway.test"
FIRST, SECOND = "127.0.0.2", "127.0.0.3"
BALANCER = "127.0.0.9"
"""Whose word is taken for where a request comes from."""
LIMITS = {"EDGE_REQUESTS_PER_SECOND": "20", "EDGE_CONNECTIONS_MAX": "20", "EDGE_STREAMS_MAX": "3"}


@dataclass(slots=True)
class Request:
    """What reached the origin."""

    address: str
    """Of the origin's own addresses, the one it came to."""
    method: str
    path: str
    headers: dict[str, str]
    writer: asyncio.StreamWriter

    async def answer(self, body: bytes = b"{}", *, content_type: str = "application/json") -> None:
        self.writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body
        )
        await self.writer.drain()

    async def begin_stream(self) -> None:
        self.writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        await self.writer.drain()

    async def event(self, name: str) -> None:
        self.writer.write(f"event: {name}\ndata: {{}}\n\n".encode())
        await self.writer.drain()


@dataclass(slots=True)
class Origin:
    """What stands where the gateway would: on two addresses, one port. `behave` answers; what comes is kept."""

    port: int
    requests: list[Request] = field(default_factory=list)
    behave: Callable[[Request], Awaitable[None]] = Request.answer
    servers: dict[str, asyncio.Server] = field(default_factory=dict)

    async def listen(self, address: str) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
                await reader.readexactly(int(headers.get("content-length", "0")))
                request = Request(address, method, path, headers, writer)
                self.requests.append(request)
                await self.behave(request)
            except (asyncio.IncompleteReadError, ConnectionError):
                pass  # nginx left
            finally:
                writer.close()

        self.servers[address] = await asyncio.start_server(serve, address, self.port)

    async def leave(self, address: str) -> None:
        self.servers.pop(address).close()


class Names(asyncio.DatagramProtocol):
    """A name server: every name has the addresses that a test says, or is unknown where there are none."""

    def __init__(self) -> None:
        self.addresses: list[str] = [FIRST]

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answers = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes(map(int, one.split("."))) for one in self.addresses)
        flags = 0x8180 if self.addresses else 0x8183
        self._transport.sendto(data[:2] + struct.pack("!HHHHH", flags, 1, len(self.addresses), 0, 0) + data[12:] + answers, addr)


@dataclass(slots=True)
class Nginx:
    """A running nginx."""

    program: Path
    run: Path
    environment: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.run / "access.log"

    @property
    def said(self) -> Path:
        return self.run / "said"

    async def start(self) -> None:
        given = {**os.environ, **self.environment}  # noqa: TID251  children inherit it
        with self.said.open("ab") as said:
            # Not by the event loop: see tests.compose.engine.ran.
            self.process = await asyncio.to_thread(subprocess.Popen, ("sh", str(START)), env=given, stderr=said)

        async def listens() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.said.read_text()
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                return False
            writer.close()
            return True

        await eventually(listens, within=30)

    async def point(self, gateway: str) -> None:
        """As update_prod.sh does it; returns when no former worker takes connections any more."""
        former = self._workers()
        status, said = await ran(("sh", str(START), "point", gateway), environment=self.environment, within=30)
        assert status == 0, said

        async def only_new_ones() -> bool:
            taking = {pid for pid, title in self._workers().items() if "shutting down" not in title}
            return bool(taking) and not taking & set(former)

        await eventually(only_new_ones, within=30)

    def _workers(self) -> dict[int, str]:
        """The workers by their number, with what they call themselves."""
        assert self.process is not None
        found = {}
        for pid in map(int, Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()):
            with suppress(FileNotFoundError):
                found[pid] = Path(f"/proc/{pid}/cmdline").read_text()
        return found

    async def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(self.process.wait)


def _folder(run: Path, program: Path) -> Path:
    run.chmod(0o755)
    (run / "bin").mkdir()
    (run / "bin" / "nginx").symlink_to(program)
    return run


@asynccontextmanager
async def running_nginx(program: Path, gateway: str, resolver: int, **more: str) -> AsyncIterator[Nginx]:
    """nginx by start.sh, as in its container but for addresses and folders."""
    # Workers are nobody's, and may go into /tmp.
    with tempfile.TemporaryDirectory(prefix="nginx-") as name:
        run = _folder(Path(name), program)
        port = free_port()
        environment = {
            "PATH": f"{run / 'bin'}:{os.defpath}",
            "RUN": str(run),
            "LOG": str(run / "access.log"),
            "LISTEN": f"127.0.0.1:{port}",
            "RESOLVER": f"127.0.0.1:{resolver}",
            "GATEWAY": gateway,
            "TRUSTED_PROXIES": f"{BALANCER}/32,192.0.2.0/24",
            "CERTIFICATES": str(run / "certificates"),
            **LIMITS,
            **more,
        }
        nginx = Nginx(program, run, environment, port)
        try:
            await nginx.start()
            yield nginx
        finally:
            await nginx.stop()


@pytest.fixture(scope="module")
async def origin() -> AsyncIterator[Origin]:
    origin = Origin(free_port())
    for address in (FIRST, SECOND):
        await origin.listen(address)
    yield origin
    for address in tuple(origin.servers):
        await origin.leave(address)


@pytest.fixture(scope="module")
async def resolver() -> AsyncIterator[tuple[Names, int]]:
    transport, names = await asyncio.get_running_loop().create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    yield names, transport.get_extra_info("sockname")[1]
    transport.close()


@pytest.fixture(scope="module", params=nginx_programs())
async def nginx(request: pytest.FixtureRequest, origin: Origin, resolver: tuple[Names, int]) -> AsyncIterator[Nginx]:
    async with running_nginx(nginx_programs()[request.param], f"{NAME}:{origin.port}", resolver[1]) as nginx:
        yield nginx


@pytest.fixture(autouse=True)
def as_it_was(origin: Origin, resolver: tuple[Names, int]) -> Iterator[None]:
    """What a test makes of the origin and the names is for itself."""
    yield
    origin.requests.clear()
    origin.behave = Request.answer


@pytest.fixture
async def names(resolver: tuple[Names, int]) -> AsyncIterator[Names]:
    yield resolver[0]
    resolver[0].addresses = [FIRST]


_numbers = itertools.count(1)


@pytest.fixture
def someone(nginx: Nginx) -> Callable[..., httpx.AsyncClient]:
    """A client at an address of its own, so that limits are nobody else's."""

    def made(address: str | None = None) -> httpx.AsyncClient:
        number = next(_numbers)
        local = address or f"127.1.{number // 250}.{number % 250 + 1}"
        transport = httpx.AsyncHTTPTransport(local_address=local, limits=httpx.Limits(max_connections=None))
        return httpx.AsyncClient(base_url=nginx.url, transport=transport, timeout=30)

    return made

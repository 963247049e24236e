"""Asks a part whether it is ready."""

import asyncio


async def answers_ok(port: int, path: str) -> None:
    """Returns when GET `path` on 127.0.0.1:`port` is answered with 200. Raises ConnectionError for any other answer, OSError for none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        status = await reader.readline()
        if b" 200 " not in status:
            raise ConnectionError(f"{path} answered {status.decode(errors='replace').strip() or 'nothing'!r}")
    finally:
        writer.close()


async def takes_connections(port: int) -> None:
    """Returns when something listens on 127.0.0.1:`port`. Raises OSError otherwise."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()

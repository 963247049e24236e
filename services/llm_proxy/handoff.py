"""Text on its way from a server to a caller: handed on at once to one who waits, joined together for one who is behind."""

import asyncio


class Handoff:
    """One writer, one reader, no task between them. What waits is bounded by the longest text that may be asked for."""

    __slots__ = ("_ended", "_texts", "_waiter")

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, text: str) -> None:
        """Hands a text on."""
        self._texts.append(text)
        self._wake()

    def end(self) -> None:
        """Says that no more comes."""
        self._ended = True
        self._wake()

    async def take(self) -> str | None:
        """All text since the last call, waiting for some; None: no more comes."""
        while not self._texts:
            if self._ended:
                return None
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        taken = self._texts[0] if len(self._texts) == 1 else "".join(self._texts)
        self._texts.clear()
        return taken

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

"""Which other pages' scripts may call. Tokens travel in a header that scripts set, never in a cookie: to allow all is to lend nothing."""

from collections.abc import Collection

Headers = tuple[tuple[bytes, bytes], ...]
_TAKES = (
    b"accept-language, authorization, content-type, grpc-timeout, idempotency-key, if-none-match, last-event-id, traceparent, x-request-id"
)
_GIVES = b"allow, etag, retry-after, www-authenticate, x-request-id"
_KEPT_SECONDS = b"7200"
"""For how long a browser may keep the answer to its question; none keeps it longer."""


class Cors:
    """The headers for other origins; none, unless some are allowed."""

    def __init__(self, origins: Collection[str]) -> None:
        self._all = "*" in origins
        self._allowed = frozenset(one.rstrip("/") for one in origins)

    def headers(self, origin: str | None) -> Headers:
        """What goes with every answer to a page of this origin."""
        if not self._allowed:
            return ()
        if self._all:
            return ((b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _GIVES))
        vary = (b"vary", b"origin")
        if origin is None or origin not in self._allowed:
            return (vary,)
        return (vary, (b"access-control-allow-origin", origin.encode("latin-1")), (b"access-control-expose-headers", _GIVES))

    def preflight(self, origin: str | None, methods: str) -> Headers:
        """What goes, besides, with the answer to a browser that asks beforehand; `methods`: those that the path has."""
        if not self._all and (origin is None or origin not in self._allowed):
            return ()
        return (
            (b"access-control-allow-methods", methods.encode()),
            (b"access-control-allow-headers", _TAKES),
            (b"access-control-max-age", _KEPT_SECONDS),
        )


CLOSED = Cors(())
"""Nobody but the server's own pages."""

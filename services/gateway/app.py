"""The ASGI application: finds what a request is for, has it answered, and answers every failure as a problem."""

import time
from collections.abc import Iterable, Mapping
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.chassis import context, errors
from services.chassis.logs import log
from services.chassis.tracing import Tracing
from services.gateway import problems
from services.gateway.answer import Answer
from services.gateway.calls import RouteCalls
from services.gateway.cors import CLOSED, Cors
from services.gateway.draining import Draining
from services.gateway.exchange import Exchange, Receive, Scope, Send
from services.gateway.pages import Page
from services.gateway.problems import Problem, Refusal
from services.gateway.templates import Paths

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
_ASKED_EACH_SECOND = frozenset({"/livez", "/readyz"})
"""Logged only when they fail."""
_log = log(__name__)


class HttpMetrics:
    """The numbers of the HTTP side. A route is named by its template, so that their count is bounded."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("method", "route")
        handled = Counter("http_requests", "HTTP requests answered, by status.", (*labels, "status"), registry=registry)
        seconds = Histogram("http_request_seconds", "Seconds until an answer's end.", labels, registry=registry, buckets=_BUCKETS)
        self.open = Gauge("http_requests_open", "HTTP requests under way.", registry=registry)
        # Looking a label up costs more than counting: done once for each of the few that there are.
        self._handled = cache(handled.labels)
        self._seconds = cache(seconds.labels)

    def end(self, method: str, route: str, status: int, seconds: float) -> None:
        """An answer is over."""
        self.open.dec()
        self._handled(method, route, status).inc()
        self._seconds(method, route).observe(seconds)


class Gateway:
    """All of the HTTP face."""

    def __init__(
        self,
        calls: Iterable[RouteCalls],
        pages: Mapping[str, Page],
        draining: Draining,
        metrics: HttpMetrics,
        tracing: Tracing,
        cors: Cors = CLOSED,
    ) -> None:
        self._tracing = tracing
        self._pages = pages
        self._draining = draining
        self._metrics = metrics
        self._cors = cors
        self._paths: Paths[RouteCalls] = Paths()
        for one in calls:
            self._paths.add(one.route.template, one.route.http_method, one)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, whatever becomes of it."""
        exchange = Exchange(scope, receive, send)
        call = context.begin(exchange.headers.get(context.REQUEST_ID), exchange.headers.get(context.TRACEPARENT))
        exchange.request_id = call.request_id
        span = self._tracing.begin(f"HTTP {exchange.method}", call.traceparent)
        call.traceparent = span.traceparent
        exchange.cors = self._cors.headers(exchange.headers.get("origin"))
        began = time.perf_counter()
        self._metrics.open.inc()
        try:
            with self._draining.exchange():
                exchange.closing = self._draining.draining
                await self._answered(exchange)
        except errors.Failure as failed:  # before it was counted
            await exchange.fail(problems.of_failure(failed))
        finally:
            took = time.perf_counter() - began
            route = exchange.route or "none"
            method = exchange.method if exchange.route else "any"
            self._metrics.end(method, route, exchange.status, took)
            span.end("OK" if exchange.status < 500 else str(exchange.status), {"route": route, "status": exchange.status, **call.facts})
            if exchange.route not in _ASKED_EACH_SECOND or exchange.status >= 400:
                _log.info(
                    "request",
                    http_method=exchange.method,
                    route=route,
                    status=exchange.status,
                    reason=exchange.reason,
                    duration_ms=round(took * 1000, 2),
                    **call.facts,
                )

    async def _answered(self, exchange: Exchange) -> None:
        try:
            await self._serve(exchange)
        except Refusal as refused:
            await exchange.fail(refused.problem)
        except errors.Failure as failed:
            await exchange.fail(problems.of_failure(failed))
        except Exception:  # noqa: BLE001  the one place where the gateway meets what nobody foresaw
            _log.exception("request crashed", route=exchange.route)
            await exchange.fail(problems.of_failure(errors.Internal("INTERNAL", "internal error")))

    async def _serve(self, exchange: Exchange) -> None:
        page = self._pages.get(exchange.path)
        if page is not None:
            exchange.route = exchange.path
            if exchange.method in {"GET", "HEAD"}:
                await exchange.answer(page(exchange.headers))
            else:
                await self._without_call(exchange, {"GET", "HEAD"})
            return
        found = self._paths.find(exchange.path)
        if found is None:
            raise errors.NotFound("PATH_NOT_FOUND", "no method has this path; GET /docs lists them", metadata={"path": exchange.path[:200]})
        methods = found.methods
        calls = methods.get("GET" if exchange.method == "HEAD" else exchange.method)
        if calls is None or (exchange.method == "HEAD" and calls.route.streaming):
            exchange.route = next(iter(methods.values())).route.template.text
            await self._without_call(exchange, {*methods, *(["HEAD"] if "GET" in methods and not methods["GET"].route.streaming else [])})
            return
        exchange.route = calls.route.template.text
        await calls.serve(exchange, found.segments)

    async def _without_call(self, exchange: Exchange, methods: set[str]) -> None:
        """Answers OPTIONS with what the path has, and any other method with a refusal that says so."""
        allow = ", ".join(sorted({*methods, "OPTIONS"}))
        if exchange.method == "OPTIONS":
            asked = exchange.headers.get("origin") if "access-control-request-method" in exchange.headers else None
            beforehand = self._cors.preflight(asked, allow) if asked is not None else ()
            await exchange.answer(Answer(status=204, headers=((b"allow", allow.encode()), (b"cache-control", b"no-store"), *beforehand)))
            return
        raise Refusal(
            Problem(
                status=405,
                detail=f"this path takes {allow}",
                reason="METHOD_NOT_ALLOWED",
                metadata={"method": exchange.method},
                allow=allow,
            )
        )

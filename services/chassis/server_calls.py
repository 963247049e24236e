"""What surrounds every RPC served: who calls, until when, what failed, one log line, the numbers."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, NoReturn, TypeAlias, cast

import grpc
from google.protobuf.message import Message
from grpc_status import rpc_status

from services.chassis import access, context, errors, subjects
from services.chassis.access import Lookup
from services.chassis.config import Secret
from services.chassis.http2.served_call import Handler
from services.chassis.http2.server import Server
from services.chassis.logs import log
from services.chassis.metrics import Metrics
from services.chassis.tracing import Tracing

DEFAULT_DEADLINE_SECONDS = 120.0
"""The deadline of a call that came without one."""

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"  # Any: one class serves every pair of messages
Work: TypeAlias = Callable[[Message, Context], Awaitable[Message | None]]
"""A method: its answer, or None where it has sent its answers itself."""
_log = log(__name__)


class ServerCalls:
    """Surrounds the handlers of one server. `lookup` authenticates players, `credential` services; None refuses them."""

    def __init__(self, *, metrics: Metrics, tracing: Tracing, lookup: Lookup | None, credential: Secret | None) -> None:
        self.metrics = metrics
        self.tracing = tracing
        self._lookup = lookup
        self._credential = credential

    def before(self, server: Server) -> grpc.aio.Server:
        """Stands before a server while services are added to it: what is added here is surrounded."""
        return cast("grpc.aio.Server", _Before(server, self))

    async def authenticate(self, needed: int, metadata: dict[str, str], call: context.CallContext) -> None:
        """Makes out who calls. Raises Unauthenticated."""
        if needed == access.SERVICE:
            if self._credential is None:
                raise errors.Unauthenticated("INVALID_CREDENTIAL", "this server takes no service calls")
            access.require_service(metadata, self._credential)
        elif self._lookup is not None:
            call.caller = await access.authenticate_player(metadata, self._lookup)
            if call.caller is not None:
                call.facts["player"] = context.known_as(call.caller.player_id)
        if needed == access.PLAYER:
            access.require_player(call.caller)


class _Before:
    """Takes what generated code adds to a server, and surrounds each method once."""

    def __init__(self, server: Server, calls: ServerCalls) -> None:
        self._server = server
        self._calls = calls

    def add_generic_rpc_handlers(self, handlers: object) -> None:
        """Passed over: the same methods come by their names, too."""

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Handler]) -> None:
        """A service's methods."""
        surrounded = {name: _Method(self._calls, service, name, handler).handler() for name, handler in handlers.items()}
        self._server.add_registered_method_handlers(service, surrounded)


class _Method:
    """One method of a server, and what surrounds each call of it."""

    def __init__(self, calls: ServerCalls, service: str, name: str, handler: Handler) -> None:
        streams = handler.unary_unary is None
        self._calls = calls
        self._tracing = calls.tracing
        self._service = service
        self._name = name
        self._path = f"{service}/{name}"
        self._needs = access.access_of(self._path)
        self._counted = calls.metrics.of_method("server_stream" if streams else "unary", service, name)
        self._given = handler
        self._work = self._streamed if streams else cast("Work", handler.unary_unary)

    def handler(self) -> Handler:
        """What gRPC calls."""
        given = self._given
        made = grpc.unary_unary_rpc_method_handler if given.unary_unary is not None else grpc.unary_stream_rpc_method_handler
        return made(self._serve, request_deserializer=given.request_deserializer, response_serializer=given.response_serializer)

    async def _streamed(self, request: Message, rpc: Context) -> None:
        """Sends what the method yields. A call that ends while a message is on its way ends the method, too."""
        method = cast("Callable[[Message, Context], AsyncGenerator[Message, None]]", self._given.unary_stream)
        async with contextlib.aclosing(method(request, rpc)) as messages:
            async for message in messages:
                self._counted.sent.inc()
                await rpc.write(message)

    async def _serve(self, request: Message, rpc: Context) -> Message | None:
        metadata = {key: value for key, value in rpc.invocation_metadata() or () if isinstance(value, str)}
        call = context.begin(metadata.get(context.REQUEST_ID), metadata.get(context.TRACEPARENT), metadata.get(context.OPERATOR))
        call.address = metadata.get(context.CLIENT) or rpc.peer()
        remaining = rpc.time_remaining()
        seconds = DEFAULT_DEADLINE_SECONDS if remaining is None else max(remaining, 0.0)
        call.deadline = asyncio.get_running_loop().time() + seconds
        call.facts |= subjects.of(request)
        span = self._tracing.begin(self._path, call.traceparent)
        call.traceparent = span.traceparent
        self._counted.begin()
        began = time.perf_counter()
        code, reason = "OK", ""
        try:
            async with asyncio.timeout(seconds):
                await self._calls.authenticate(self._needs, metadata, call)
                answer = await self._work(request, rpc)
        except errors.Failure as failed:
            code, reason = failed.code.name, failed.reason
            if isinstance(failed, errors.Internal):
                # Only a defect of ours has a stack worth its price: what a model server does wrong can come a hundred times a second.
                _log.error("call failed", method=self._name, reason=reason, detail=failed.message, exc_info=reason == "INTERNAL")
            await _abort(rpc, call, failed)
        except TimeoutError:
            code, reason = "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"
            await _abort(rpc, call, errors.OutOfTime("DEADLINE_EXCEEDED", "the deadline passed before the answer was there"))
        except NotImplementedError:  # the generated servicer raises it for methods that ours does not have
            code, reason = "UNIMPLEMENTED", "NOT_IMPLEMENTED"
            await _abort(rpc, call, errors.not_implemented(self._name))
        except grpc.aio.AbortError:
            code = "ABORTED"
            raise
        except asyncio.CancelledError:
            code = "CANCELLED"
            raise
        except Exception:  # noqa: BLE001  the one place where a service meets what nobody foresaw
            code, reason = "INTERNAL", "INTERNAL"
            _log.exception("call crashed", method=self._name)
            await _abort(rpc, call, errors.Internal("INTERNAL", "internal error"))
        else:
            if answer is not None:
                self._counted.sent.inc()
            return answer
        finally:
            took = time.perf_counter() - began
            self._counted.end(code, took)
            span.end(code, call.facts)
            _log.info(
                "call",
                grpc_service=self._service,
                method=self._name,
                code=code,
                reason=reason,
                duration_ms=round(took * 1000, 2),
                **call.facts,
            )


async def _abort(rpc: Context, call: context.CallContext, failed: errors.Failure) -> NoReturn:
    rpc.set_trailing_metadata(((context.REQUEST_ID, call.request_id),))
    shown = failed
    if isinstance(failed, errors.Internal) and failed.reason == "INTERNAL":
        shown = errors.Internal("INTERNAL", "internal error")
    status = rpc_status.to_status(errors.to_status(shown))
    await rpc.abort(status.code, status.details, (*status.trailing_metadata, (context.REQUEST_ID, call.request_id)))

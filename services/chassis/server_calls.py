"""What surrounds every RPC served: who calls, until when, what failed, one log line, the numbers."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias, cast

import grpc
from google.protobuf.message import Message
from grpc_status import rpc_status

from services.chassis import access, context, errors, subjects
from services.chassis.access import Lookup
from services.chassis.config import Secret
from services.chassis.logs import log
from services.chassis.metrics import Metrics, OfMethod
from services.chassis.tracing import Tracing

DEFAULT_DEADLINE_SECONDS = 120.0
"""The deadline of a call that came without one."""

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"  # Any: one interceptor serves every pair of messages
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # Any: as above
_log = log(__name__)


class ServerCalls(grpc.aio.ServerInterceptor):
    """Surrounds the handlers of one server. `lookup` authenticates players, `credential` services; None refuses them."""

    def __init__(self, *, metrics: Metrics, tracing: Tracing, lookup: Lookup | None, credential: Secret | None) -> None:
        self._metrics = metrics
        self._tracing = tracing
        self._lookup = lookup
        self._credential = credential

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable["Handler | None"]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Wraps the handler that the server found, whatever its kind; an unknown method stays gRPC's own UNIMPLEMENTED."""
        handler = await continuation(handler_call_details)
        if handler is None or not handler_call_details.method.startswith("/maratang."):
            return handler
        method = handler_call_details.method
        if handler.unary_unary is not None:
            return self._unary(method, handler)
        return self._stream(method, handler)

    def _unary(self, method: str, handler: Handler) -> Handler:
        inner = cast("Callable[[Message, Context], Awaitable[Message]]", handler.unary_unary)

        async def served(request: Message, rpc: Context) -> Message:
            async with self._call("unary", method, request, rpc) as counted:
                answer = await inner(request, rpc)
                counted.sent.inc()
                return answer
            raise AssertionError("a call that failed has been aborted")

        return grpc.unary_unary_rpc_method_handler(
            served,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    def _stream(self, method: str, handler: Handler) -> Handler:
        inner = cast("Callable[[Message, Context], AsyncGenerator[Message, None]]", handler.unary_stream)

        async def served(request: Message, rpc: Context) -> AsyncIterator[Message]:
            async with self._call("server_stream", method, request, rpc) as counted, contextlib.aclosing(inner(request, rpc)) as messages:
                async for message in messages:
                    counted.sent.inc()
                    yield message

        return grpc.unary_stream_rpc_method_handler(
            served,
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    @contextlib.asynccontextmanager
    async def _call(self, kind: str, method: str, request: Message, rpc: Context) -> AsyncIterator[OfMethod]:
        path = method.removeprefix("/")
        service, _, name = path.partition("/")
        metadata = {key: value for key, value in rpc.invocation_metadata() or () if isinstance(value, str)}
        call = context.begin(metadata.get(context.REQUEST_ID), metadata.get(context.TRACEPARENT), metadata.get(context.OPERATOR))
        call.address = metadata.get(context.CLIENT) or rpc.peer()
        remaining = rpc.time_remaining()
        seconds = DEFAULT_DEADLINE_SECONDS if remaining is None else max(remaining, 0.0)
        call.deadline = asyncio.get_running_loop().time() + seconds
        call.facts |= subjects.of(request)
        span = self._tracing.begin(path, call.traceparent)
        call.traceparent = span.traceparent
        counted = self._metrics.of_method(kind, service, name)
        counted.begin()
        began = time.perf_counter()
        code, reason = "OK", ""
        try:
            async with asyncio.timeout(seconds):
                await self._authenticate(method, metadata, call)
                yield counted
        except errors.Failure as failed:
            code, reason = failed.code.name, failed.reason
            if isinstance(failed, errors.Internal):
                # Only a defect of ours has a stack worth its price: what a model server does wrong can come a hundred times a second.
                _log.error("call failed", method=name, reason=reason, detail=failed.message, exc_info=reason == "INTERNAL")
            await self._abort(rpc, call, failed)
        except TimeoutError:
            code, reason = "DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"
            await self._abort(rpc, call, errors.OutOfTime("DEADLINE_EXCEEDED", "the deadline passed before the answer was there"))
        except NotImplementedError:  # the generated servicer raises it for methods that ours does not have
            code, reason = "UNIMPLEMENTED", "NOT_IMPLEMENTED"
            await self._abort(rpc, call, errors.not_implemented(name))
        except asyncio.CancelledError:
            code = "CANCELLED"
            raise
        except grpc.aio.AbortError:
            code = "ABORTED"
            raise
        except Exception:  # noqa: BLE001  the one place where a service meets what nobody foresaw
            code, reason = "INTERNAL", "INTERNAL"
            _log.exception("call crashed", method=name)
            await self._abort(rpc, call, errors.Internal("INTERNAL", "internal error"))
        finally:
            took = time.perf_counter() - began
            counted.end(code, took)
            span.end(code, call.facts)
            _log.info("call", grpc_service=service, method=name, code=code, reason=reason, duration_ms=round(took * 1000, 2), **call.facts)

    async def _authenticate(self, method: str, metadata: dict[str, str], call: context.CallContext) -> None:
        needed = access.access_of(method)
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

    @staticmethod
    async def _abort(rpc: Context, call: context.CallContext, failed: errors.Failure) -> None:
        rpc.set_trailing_metadata(((context.REQUEST_ID, call.request_id),))
        shown = failed
        if isinstance(failed, errors.Internal) and failed.reason == "INTERNAL":
            shown = errors.Internal("INTERNAL", "internal error")
        status = rpc_status.to_status(errors.to_status(shown))
        await rpc.abort(status.code, status.details, (*status.trailing_metadata, (context.REQUEST_ID, call.request_id)))

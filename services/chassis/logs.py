"""Structured logs: constant messages, facts as fields; JSON to a pipe, colours to a terminal."""

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import orjson
import structlog

from services.chassis import context

_LEVELS = {"exception": "error", "warn": "warning"}
"""By the method that wrote a line, where that has another name."""


def configure(service: str) -> None:
    """Sets up this process's log; `service` stands in every line. Foreign loggers (uvicorn, alembic) go the same way."""
    facts = _facts(service)
    final: structlog.typing.Processor
    written: structlog.typing.Processor
    where: Callable[..., structlog.typing.WrappedLogger]
    if sys.stderr.isatty():
        final = written = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        where = structlog.WriteLoggerFactory(sys.stderr)
    else:
        final, written, where = _json, _json_text, structlog.BytesLoggerFactory(sys.stderr.buffer)
    # Our own lines, which come with every call, go out as they are made: the way through the standard library costs three times as much.
    structlog.configure(
        processors=[facts, final],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=where,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[facts], processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, written]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def log(name: str) -> structlog.typing.FilteringBoundLogger:
    """The log of a module."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(name)
    return logger


def _facts(service: str) -> structlog.typing.Processor:
    """What stands in every line besides its own."""

    def add(_: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        call = context.current()
        if call is not None:
            event.setdefault("request_id", call.request_id)
            if call.traceparent is not None:
                event.setdefault("trace_id", call.traceparent.split("-")[1])
        moment = datetime.now(UTC).isoformat(timespec="microseconds")[: -len("+00:00")] + "Z"
        return {"service": service, **event, "level": _LEVELS.get(method, method), "timestamp": moment}

    return add


def _json(logger: object, method: str, event: structlog.typing.EventDict) -> bytes:
    if "exc_info" in event:
        event = structlog.processors.format_exc_info(logger, method, event)
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS)


def _json_text(logger: object, method: str, event: structlog.typing.EventDict) -> str:
    return _json(logger, method, event).decode()

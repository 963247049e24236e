"""Structured logs: constant messages, facts as fields; JSON to a pipe, colours to a terminal."""

import logging
import sys

import orjson
import structlog

from services.chassis import context


def configure(service: str) -> None:
    """Sets up this process's log; `service` stands in every line. Foreign loggers (uvicorn, alembic) go the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_call,
        _add_service(service),
    ]
    if sys.stderr.isatty():
        final: list[structlog.typing.Processor] = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    else:
        final = [structlog.processors.format_exc_info, _json]
    # Our own lines, which come with every call, go out as they are made: the way through the standard library costs three times as much.
    structlog.configure(
        processors=[*shared, *final],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final]
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


def _add_call(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    call = context.current()
    if call is not None:
        event.setdefault("request_id", call.request_id)
        if call.traceparent is not None:
            event.setdefault("trace_id", call.traceparent.split("-")[1])
    return event


def _add_service(service: str) -> structlog.typing.Processor:
    def add(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"service": service, **event}

    return add


def _json(_: object, __: str, event: structlog.typing.EventDict) -> str:
    return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()

"""Structured logs: constant messages, facts as fields; JSON to a pipe, colours to a terminal."""

import logging
import sys

import structlog

from services.chassis import context


def configure(service: str) -> None:
    """Sets up this process's log; `service` stands in every line. Foreign loggers (uvicorn, alembic) go the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_call,
        structlog.processors.format_exc_info,
    ]
    terminal = sys.stderr.isatty()
    render: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*(shared[:-1] if terminal else shared), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared[:-1] if terminal else shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _add_service(service), render],
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

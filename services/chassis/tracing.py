"""Spans of calls: OpenTelemetry's, where a collector is named; else none, and a caller's `traceparent` is only handed on."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from services.chassis.config import ConfigError


class Span(Protocol):
    """A span that has begun."""

    @property
    def traceparent(self) -> str | None:
        """What calls made within it send along; None: nothing is traced."""

    def end(self, code: str, facts: dict[str, str | int | float]) -> None:
        """It is over: how, and what is known of it."""


class Tracing(Protocol):
    """Begins spans."""

    def begin(self, name: str, traceparent: str | None, *, outgoing: bool = False) -> Span:
        """A span within the caller's, or a new trace; `outgoing`: it is a call of ours to another."""


class HandedOn:
    """No span: the caller's `traceparent` as it came."""

    __slots__ = ("traceparent",)

    def __init__(self, traceparent: str | None) -> None:
        self.traceparent = traceparent

    def end(self, code: str, facts: dict[str, str | int | float]) -> None:
        """Nothing is kept."""


class Untraced:
    """No spans at all."""

    def begin(self, name: str, traceparent: str | None, *, outgoing: bool = False) -> Span:
        """The caller's own."""
        return HandedOn(traceparent)


UNTRACED = Untraced()


def traced(service: str, collector: str | None) -> AbstractContextManager[Tracing]:
    """The tracing of a service while the block lasts; its last spans are sent at the end.

    `collector`: where spans go, over OTLP; None: nowhere.
    Raises ConfigError where OpenTelemetry is asked for and not installed.
    """
    if collector is None:
        return nullcontext(UNTRACED)
    try:
        from services.chassis.otel import exported  # noqa: PLC0415  an extra, which not every installation has
    except ModuleNotFoundError as error:
        missing = f"OTEL_EXPORTER_OTLP_ENDPOINT: {error.name} is not installed: pip install 'maratang[otel]', or leave it unset"
        raise ConfigError([missing]) from None
    return exported(service, collector)

"""What a line of the log looks like to whoever collects it."""

import json
import subprocess
import sys

import pytest

from services.chassis.config import ConfigError
from services.chassis.tracing import traced

TALKATIVE = """
from services.chassis import context, logs
logs.configure("game")
log = logs.log("x")
log.info("before any call")
call = context.begin("r-17", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
context.note(turn=3)
log.info("call", **call.facts)
import logging
logging.getLogger("uvicorn.error").warning("foreign")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("call crashed")
"""


def test_each_line_is_json_with_its_service_its_request_and_its_trace():
    done = subprocess.run([sys.executable, "-c", TALKATIVE], capture_output=True, text=True, timeout=60, check=True)
    before, call, foreign, crashed = (json.loads(line) for line in done.stderr.splitlines())
    assert {line["service"] for line in (before, call, foreign, crashed)} == {"game"}
    assert "request_id" not in before
    assert (call["event"], call["level"], call["turn"]) == ("call", "info", 3)
    assert (call["request_id"], call["trace_id"]) == ("r-17", "4bf92f3577b34da6a3ce929d0e0e4736")
    assert (foreign["event"], foreign["request_id"]) == ("foreign", "r-17")
    assert "ZeroDivisionError" in crashed["exception"]


def test_without_the_extra_a_collector_is_refused_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "services.chassis.otel", None)
    with pytest.raises(ConfigError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT: .*pip install 'maratang\[otel\]'"):
        traced("game", "http://127.0.0.1:4317")

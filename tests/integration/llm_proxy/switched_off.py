"""Switches each of llm_proxy's mechanisms off, one at a time, and demands that tests fail.

`python -m tests.integration.llm_proxy.switched_off` works on copies of the project's code; a mechanism whose tests pass without it is
reported, and fails the run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[3]
ROOM = "services/llm_proxy"
_HERE = "tests/integration/llm_proxy"
FAULTS, LOAD, CANCEL = f"{_HERE}/test_faults.py", f"{_HERE}/test_load.py", f"{_HERE}/test_cancel.py"
FAILOVER, SETTINGS = f"{_HERE}/test_failover.py", f"{_HERE}/test_settings.py"
GENERATION, GUIDED, TRANSPORT = f"{_HERE}/test_generation.py", f"{_HERE}/test_guided.py", f"{_HERE}/test_transport.py"
CONDITIONS = "tests/unit/llm_proxy/test_conditions.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """Something that tests are there for: which text of which file to replace by what, and where it should be missed."""

    name: str
    file: str
    on: str
    off: str
    tests: str
    only: str = ""


MECHANISMS = (
    Mechanism(name="A another server after a fault", file="journeys.py", on="return means.elsewhere and self.attempts < MAX_ATTEMPTS",
              off="return False", tests=FAILOVER, only="whole_answer"),
    Mechanism(name="A going on with a text that broke off", file="journeys.py", on="return self.ask.continue_interrupted and",
              off="return False and", tests=FAILOVER, only="whole_answer or gone_on"),
    Mechanism(name="A only the same model goes on", file="journeys.py", on='model=self.model if self.continued else ""', off='model=""',
              tests=FAILOVER, only="another_model"),
    Mechanism(name="A the first-token limit", file="adapters/vllm.py", on="if limit.when() != until:\n            limit.reschedule(until)",
              off="limit.reschedule(None)", tests=FAULTS, only="comments or headers"),
    Mechanism(name="A the limit between tokens", file="adapters/vllm.py",
              on="self._after_end if reading.whole else order.between_tokens_seconds", off="self._after_end if reading.whole else 30",
              tests=FAULTS, only="stall"),
    Mechanism(name="A a finish reason makes a text whole", file="chunks.py",
              on='        if not self._finish_reason:\n            raise Fault("STREAM_TRUNCATED", self.phase)\n', off="", tests=FAULTS,
              only="never_a_whole_answer or empty"),
    Mechanism(name="A a longer context is asked instead", file="generations.py", on="one.models.context <= room", off="True",
              tests=FAILOVER, only="longer_context"),
    Mechanism(name="A a shorter context is not asked", file="generations.py", on="self._leave_out_shorter(journey, server)", off="pass",
              tests=FAILOVER, only="refused_once"),
    Mechanism(name="B a tunnel's header before the status", file="faults.py", on="if ngrok is not None:", off="if False:",
              tests=FAULTS, only="tunnel or agent or interstitial"),
    Mechanism(name="B a page is never model output", file="faults.py", on="if page and 200 <= status < 300:", off="if False:",
              tests=FAULTS, only="interstitial"),
    Mechanism(name="B the connect limit", file="adapters/vllm.py", on='{"connect": self._connect}', off='{"connect": 30}',
              tests=FAULTS, only="connect_limit"),
    Mechanism(name="B Cloudflare's statuses", file="faults.py", on="    521:", off="    9521:", tests=FAULTS, only="Cloudflare"),
    Mechanism(name="B live streams end where they began", file="fleet.py", on="await server.idle()", off="pass", tests=SETTINGS,
              only="fifty"),
    Mechanism(name="B certificates are checked", file="adapters/transport.py", on="ssl.create_default_context()",
              off="ssl._create_unverified_context()", tests=FAULTS, only="certificate"),
    Mechanism(name="B a name that nobody has", file="conditions.py", on="State.OFFLINE if signal is Signal.AWAY else",
              off="State.MISCONFIGURED if signal is Signal.AWAY else", tests=FAULTS, only="nobody_has"),
    Mechanism(name="C tokens are timed, not bytes", file="chunks.py", on="        self.heard = False\n        try:",
              off="        self.heard = True\n        try:", tests=FAULTS, only="comments"),
    Mechanism(name="C an error in the stream", file="chunks.py", on='if chunk.get("error"):', off="if False:", tests=FAULTS,
              only="error or 503"),
    Mechanism(name="C abort is no end", file="chunks.py", on="if finish not in _WHOLE:", off="if False:", tests=FAULTS, only="abort"),
    Mechanism(name="C the model that answered is the one asked", file="chunks.py",
              on="if named != self._asked and (named or self._must_name):", off="if False:", tests=FAULTS, only="another"),
    Mechanism(name="C an adapter that is gone is not asked for", file="verdicts.py",
              on='"UNKNOWN_MODEL": Verdict(elsewhere=True, signal=Signal.REFUSED)', off='"UNKNOWN_MODEL": Verdict(elsewhere=True)',
              tests=GENERATION, only="adapter_that_is_gone"),
    Mechanism(name="C the schema is checked", file="attempts.py", on="if schema is not None and not schema.accepts(whole):",
              off="if False:",
              tests=GUIDED),
    Mechanism(name="C what does not fit is made once more", file="verdicts.py",
              on='"STRUCTURED_OUTPUT_INVALID": Verdict(elsewhere=True, here=Again.ONCE)',
              off='"STRUCTURED_OUTPUT_INVALID": Verdict(elsewhere=False)', tests=GUIDED),
    Mechanism(name="C the schema is sent as vLLM obeys it", file="adapters/vllm.py", on='body["response_format"] =',
              off='body["guided_json"] =', tests=GUIDED, only="obeys"),
    Mechanism(name="C CRLF", file="sse.py", on='if b"\\r" in received:', off="if False:", tests=FAULTS, only="odd_but_whole"),
    Mechanism(name="C an event over many reads", file="sse.py", on="            lines[0] = self._rest + lines[0]\n", off="", tests=FAULTS,
              only="one_byte"),
    Mechanism(name="C what breaks after the end breaks nothing", file="adapters/vllm.py",
              on="if not (reading.whole or reading.done):\n                raise _lost", off="if True:\n                raise _lost",
              tests=FAULTS, only="after_the_finish"),
    Mechanism(name="D a caller who leaves ends it", file="servicer.py", on="rpc.add_done_callback(lambda _: running.cancel())",
              off="rpc.add_done_callback(lambda _: None)", tests=CANCEL, only="within_50 or patient or reads_nothing or leave"),
    Mechanism(name="D a stream that is left is closed", file="adapters/http1.py", on="if self._pieces or not self.usable:", off="if False:",
              tests=CANCEL, only="within_50 or leave"),
    Mechanism(name="D a server waits for who reads slowly", file="adapters/http1.py", on="self._transport.pause_reading()", off="pass",
              tests=TRANSPORT, only="slow"),
    Mechanism(name="D room is given back", file="generations.py", on="                finally:\n                    slot.release()",
              off="                finally:\n                    pass", tests=CANCEL, only="rounds or waits_for_room"),
    Mechanism(name="D who waits for room leaves the line", file="waiting.py",
              on="            self._line.leave(waiter)\n            # It may",
              off="            # It may", tests=CANCEL, only="waits_for_room"),
    Mechanism(name="D a cancelled generation is one task's work", file="generations.py",
              on="        self._cancelled = True\n        began", off="        return\n        began", tests=CANCEL,
              only="500 or within_50"),
    Mechanism(name="E the limit follows refusals", file="limits.py", on="self.value = max(LEAST, int(self.value * DECREASE))", off="pass",
              tests=LOAD, only="spared or twice"),
    Mechanism(name="E the limit grows for those who wait", file="attempts.py", on="            self._slot.more_room()",
              off="            pass", tests=LOAD, only="turns_out"),
    Mechanism(name="E what waits too long is told", file="waiting.py", on="async with asyncio.timeout(limit):",
              off="async with asyncio.timeout(60):", tests=LOAD, only="no_room_in_time"),
    Mechanism(name="E the least urgent goes first", file="waiting.py", on="shed = below[-1].pop()", off="return False, None", tests=LOAD,
              only="nobody_waits_for"),
    Mechanism(name="E extra attempts have a budget", file="generations.py", on="if extra or self._budget.take(now, len(self._tasks)):",
              off="if True:", tests=LOAD, only="spared"),
    Mechanism(name="E 503 opens no breaker", file="verdicts.py", on="here=Again.WHEN_ALONE, signal=Signal.BUSY",
              off="here=Again.WHEN_ALONE, signal=Signal.FAULT", tests=LOAD, only="burst"),
    Mechanism(name="E 400 opens no breaker", file="verdicts.py", on="_REQUEST = Verdict(elsewhere=False)",
              off="_REQUEST = Verdict(elsewhere=False, signal=Signal.FAULT)", tests=LOAD, only="burst"),
    Mechanism(name="E five faults open the breaker", file="conditions.py", on="FAULTS_IN_A_ROW = 5", off="FAULTS_IN_A_ROW = 5000",
              tests=LOAD, only="open_breaker"),
    Mechanism(name="E one a second in panic", file="generations.py", on=">= PANIC_SECONDS:", off=">= 1e9:", tests=LOAD,
              only="open_breaker"),
    Mechanism(name="E open breakers half-open", file="conditions.py", on="elif self.state in {State.SUSPECT, State.OPEN}:",
              off="elif False:", tests=CONDITIONS, only="way_back or two_successes"),
    Mechanism(name="E after silence another server", file="verdicts.py", on="_SILENT = Verdict(elsewhere=True, signal=Signal.SILENT)",
              off="_SILENT = Verdict(elsewhere=True)", tests=LOAD, only="hung"),
    Mechanism(name="E visitors have half", file="routing.py", on="return not for_visitor or self.visitors < max(1, self.limit // 2)",
              off="return True", tests=LOAD, only="visitors"),
    Mechanism(name="E who fell stays", file="generations.py", on="fallen=fallen,", off="fallen=False,", tests=LOAD, only="conversation"),
    Mechanism(name="settings on every replica", file="settings.py", on="            await self.look()\n            await asyncio.sleep",
              off="            await asyncio.sleep", tests=SETTINGS, only="every_replica"),
    Mechanism(name="settings yield to the environment", file="settings.py",
              on="one.revision > self._seen_first or one.environment == shown(self._environment[one.role])", off="True", tests=SETTINGS,
              only="yields"),
    Mechanism(name="settings outlive persistence", file="settings.py", on="            self._reached = False\n            return\n",
              off="            found = []\n", tests=SETTINGS, only="away"),
)  # fmt: skip


def missed(mechanism: Mechanism) -> str:
    """How the tests took its absence: "failed", or what else became of them."""
    with tempfile.TemporaryDirectory(prefix="maratang-off-") as name:
        copy = Path(name)
        for part in ("services", "protos", "tests", "scenarios"):
            shutil.copytree(PROJECT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(PROJECT / "pyproject.toml", copy)
        file = copy / ROOM / mechanism.file
        text = file.read_text(encoding="utf-8")
        if mechanism.on not in text:
            return f"{mechanism.file} has no {mechanism.on!r} any more"
        file.write_text(text.replace(mechanism.on, mechanism.off), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "--show-capture=no",
            "--timeout=60",
            mechanism.tests,
        ]
        path = {"PYTHONPATH": f"{copy}{os.pathsep}{copy / 'protos/gen'}"}
        ran = subprocess.run(
            [*command, *(["-k", mechanism.only] if mechanism.only else [])],
            cwd=copy, capture_output=True, text=True, check=False, env={**os.environ, **path},  # noqa: TID251  children inherit it
        )  # fmt: skip
    if ran.returncode == 1:
        return "failed"
    return f"exit {ran.returncode}: {ran.stdout.strip().splitlines()[-1] if ran.stdout.strip() else ran.stderr[-200:]}"


def main() -> int:
    """Prints a line a mechanism; how many were not missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("named", nargs="*", help="only mechanisms whose names hold one of these")
    said = parser.parse_args()
    chosen = [one for one in MECHANISMS if not said.named or any(word in one.name for word in said.named)]
    unmissed = 0
    for one in chosen:
        became = missed(one)
        unmissed += became != "failed"
        print(f"{one.name}: {'missed' if became == 'failed' else f'NOT MISSED ({became})'}", flush=True)  # noqa: T201  it reports
    print(f"{len(chosen) - unmissed} of {len(chosen)} mechanisms were missed")  # noqa: T201  it reports
    return min(unmissed, 1)


if __name__ == "__main__":
    sys.exit(main())

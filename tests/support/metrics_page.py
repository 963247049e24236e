"""docs/metrics.md, from what the code registers: `make observability` writes it, a test holds it to the code."""

from pathlib import Path

from tests.support.registries import Metric, metrics

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
_HEAD = """# Metrics

Each service serves Prometheus metrics at `LISTEN_METRICS` (`/metrics`): port 9100 of each container; with `make up`, `MARATANG_PORT` + 5
(gateway), 15 (game), 25 (llm_proxy), 35 (persistence). This table is made from the code's own registries by `make observability`; a test
fails where it is behind. Nothing is labelled by player or game. The `process_…` and `python_…` metrics of prometheus_client come with
every service.

What is alerted on stands in `deploy/observability/rules/`, what to do then in [the runbook](runbook.md).

| metric | kind | labels | of | what |
|---|---|---|---|---|
"""


def page(found: list[Metric]) -> str:
    """The page."""
    return _HEAD + "".join(_row(one) for one in found)


def _row(one: Metric) -> str:
    of = "every service" if len(one.services) == 4 else ", ".join(one.services)
    return f"| `{one.name}` | {one.kind} | {', '.join(f'`{label}`' for label in one.labels)} | {of} | {one.says} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(metrics()), encoding="utf-8")

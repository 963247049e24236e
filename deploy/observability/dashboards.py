"""Grafana's dashboards, as they are committed: `make observability` writes them, a test holds the files to this table."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
_WIDTH, _HEIGHT, _COLUMNS = 12, 8, 24
_RATE = "[$__rate_interval]"
_HANDLING = "grpc_server_handling_seconds_bucket"
_TOLD = "maratang_tellings_total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A graph: what it shows, in which unit, and each of its lines as (legend, query)."""

    title: str
    unit: str
    lines: tuple[tuple[str, str], ...]
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A page of graphs."""

    uid: str
    title: str
    panels: tuple[Panel, ...]


def _quantiles(metric: str, by: str = "", where: str = "") -> tuple[tuple[str, str], ...]:
    """The median, the 95th and the 99th percentile of a histogram."""
    grouped = f"le, {by}" if by else "le"
    legend = f"{{{{{by}}}}} " if by else ""
    return tuple(
        (f"{legend}p{percent}", f"histogram_quantile({percent / 100:g}, sum by ({grouped}) (rate({metric}_bucket{where}{_RATE})))")
        for percent in (50, 95, 99)
    )


SERVICES = Dashboard(
    uid="maratang-services",
    title="Maratang: services",
    panels=(
        Panel(
            title="Requests",
            unit="reqps",
            lines=(("{{status}}", f"sum by (status) (rate(http_requests_total{_RATE}))"),),
            says="HTTP requests answered by the gateways, by status.",
        ),
        Panel(
            title="Requests that fail (5xx)",
            unit="percentunit",
            lines=(
                ("5 minutes", "maratang:requests:failed_ratio_5m"),
                ("1 hour", "maratang:requests:failed_ratio_1h"),
                ("6 hours", "maratang:requests:failed_ratio_6h"),
            ),
            says="The budget is 0.1 % over 30 days.",
        ),
        Panel(
            title="Seconds of a request", unit="s", lines=_quantiles("http_request_seconds"), says="Streams last as long as their turns."
        ),
        Panel(
            title="Calls",
            unit="reqps",
            lines=(("{{grpc_service}}/{{grpc_method}}", f"sum by (grpc_service, grpc_method) (rate(grpc_server_started_total{_RATE}))"),),
        ),
        Panel(
            title="Calls that fail",
            unit="reqps",
            lines=(
                (
                    "{{grpc_method}} {{grpc_code}}",
                    f'sum by (grpc_method, grpc_code) (rate(grpc_server_handled_total{{grpc_code!~"OK|CANCELLED"}}{_RATE}))',
                ),
            ),
        ),
        Panel(
            title="Seconds of a call, p99",
            unit="s",
            lines=(
                (
                    "{{grpc_method}}",
                    f'histogram_quantile(0.99, sum by (le, grpc_method) (rate({_HANDLING}{{grpc_type="unary"}}{_RATE})))',
                ),
            ),
        ),
        Panel(title="Calls under way", unit="short", lines=(("{{service}}", "sum by (service) (grpc_server_in_flight)"),)),
        Panel(
            title="Messages a second",
            unit="short",
            lines=(
                ("in, {{service}}", f"sum by (service) (rate(grpc_server_msg_received_total{_RATE}))"),
                ("out, {{service}}", f"sum by (service) (rate(grpc_server_msg_sent_total{_RATE}))"),
            ),
        ),
        Panel(
            title="Takes work, reaches what it needs",
            unit="short",
            lines=(
                ("{{service}} {{instance}}", "maratang_serving"),
                ("{{service}} → {{dependency}}", "min by (service, dependency) (maratang_dependency_up)"),
            ),
        ),
        Panel(title="Event loop late by", unit="s", lines=_quantiles("maratang_event_loop_lag_seconds", "service")),
        Panel(title="Tasks", unit="short", lines=(("{{service}} {{instance}}", "maratang_tasks"),)),
        Panel(title="Memory", unit="bytes", lines=(("{{service}} {{instance}}", 'process_resident_memory_bytes{job="maratang"}'),)),
        Panel(
            title="Processor",
            unit="percentunit",
            lines=(("{{service}} {{instance}}", f'rate(process_cpu_seconds_total{{job="maratang"}}{_RATE})'),),
        ),
    ),
)

MODELS = Dashboard(
    uid="maratang-models",
    title="Maratang: models",
    panels=(
        Panel(
            title="Model servers by state",
            unit="short",
            lines=(("{{backend}} {{state}}", "sum by (backend, state) (llm_backend_state) > 0"),),
        ),
        Panel(
            title="Who tells",
            unit="percentunit",
            lines=(
                (
                    "{{told_by}}",
                    f"sum by (told_by) (rate({_TOLD}{_RATE})) / ignoring (told_by) group_left sum(rate({_TOLD}{_RATE}))",
                ),
            ),
        ),
        Panel(title="Seconds to the first token", unit="s", lines=_quantiles("llm_first_token_seconds", "backend")),
        Panel(title="Seconds from token to token", unit="s", lines=_quantiles("llm_inter_token_seconds", "backend")),
        Panel(
            title="Tokens a second",
            unit="short",
            lines=(("{{backend}} {{kind}}", f"sum by (backend, kind) (rate(llm_tokens_total{_RATE}))"),),
        ),
        Panel(
            title="Attempts, by outcome",
            unit="reqps",
            lines=(("{{backend}} {{outcome}}", f"sum by (backend, outcome) (rate(llm_attempts_total{_RATE}))"),),
        ),
        Panel(
            title="Fallbacks",
            unit="reqps",
            lines=(
                ("{{from}} → {{to}}: {{reason}}", f"sum by (from, to, reason) (rate(llm_fallbacks_total{_RATE}))"),
                ("adapter → base", f"sum(rate(llm_degraded_total{_RATE}))"),
                ("gone on with", f"sum(rate(llm_continued_total{_RATE}))"),
            ),
        ),
        Panel(
            title="Room",
            unit="short",
            lines=(
                ("under way", "sum(llm_generations_in_flight)"),
                ("waiting", "sum(llm_queue)"),
                ("limit, {{backend}}", "sum by (backend) (llm_concurrency_limit)"),
                ("streams open, {{backend}}", "sum by (backend) (llm_upstream_open_streams)"),
            ),
        ),
        Panel(title="Without room", unit="reqps", lines=(("{{why}}", f"sum by (why) (rate(llm_shed_total{_RATE}))"),)),
        Panel(
            title="What the proxy adds",
            unit="s",
            lines=(
                *_quantiles("llm_added_first_token_seconds"),
                *(("overhead " + name, query) for name, query in _quantiles("llm_proxy_overhead_seconds")),
            ),
        ),
        Panel(title="A caller left: seconds until the model server is told", unit="s", lines=_quantiles("llm_cancel_to_close_seconds")),
        Panel(
            title="Extra attempts left, records lost",
            unit="short",
            lines=(("attempts left", "min(llm_retry_budget)"), ("records lost", "sum(llm_usage_lost_total)")),
        ),
    ),
)

GAMES = Dashboard(
    uid="maratang-games",
    title="Maratang: games",
    panels=(
        Panel(title="A turn, to its outcome", unit="s", lines=_quantiles("maratang_turn_seconds", where='{until="resolved"}')),
        Panel(title="A turn, to its first words", unit="s", lines=_quantiles("maratang_turn_seconds", where='{until="text"}')),
        Panel(title="A turn, to its end", unit="s", lines=_quantiles("maratang_turn_seconds", where='{until="done"}')),
        Panel(
            title="Turns slower than 2.5 s",
            unit="percentunit",
            lines=(
                ("5 minutes", "maratang:turns:slow_ratio_5m"),
                ("1 hour", "maratang:turns:slow_ratio_1h"),
                ("6 hours", "maratang:turns:slow_ratio_6h"),
            ),
            says="The budget is 1 % over 30 days.",
        ),
        Panel(
            title="Turns a second",
            unit="reqps",
            lines=(
                ("asked for", f'sum(rate(grpc_server_started_total{{grpc_method=~"StreamTurn|TakeTurn"}}{_RATE}))'),
                ("told", f"sum(rate(maratang_tellings_total{_RATE}))"),
            ),
        ),
        Panel(
            title="Turns under way",
            unit="short",
            lines=(("{{instance}}", "maratang_turns_in_flight"), ("streams watched", "sum(http_requests_open)")),
        ),
        Panel(
            title="Tellings that failed",
            unit="reqps",
            lines=(("{{reason}}", f"sum by (reason) (rate(maratang_telling_failures_total{_RATE}))"),),
        ),
        Panel(
            title="Live games",
            unit="short",
            lines=(("in Redis", "max(maratang_live_games)"), ("let go, a second", f"sum(rate(maratang_evicted_games_total{_RATE}))")),
        ),
    ),
)

SYNC = Dashboard(
    uid="maratang-sync",
    title="Maratang: stores",
    panels=(
        Panel(title="PostgreSQL is behind by", unit="s", lines=(("at most", "max(maratang_sync_behind_seconds)"),)),
        Panel(
            title="Games that PostgreSQL lacks something of",
            unit="short",
            lines=(("dirty", "max(maratang_dirty_games)"), ("set aside", "max(maratang_sync_quarantined_games)")),
        ),
        Panel(
            title="Games written",
            unit="reqps",
            lines=(
                ("sent: {{outcome}}", f"sum by (outcome) (rate(maratang_sync_games_total{_RATE}))"),
                ("stored: {{outcome}}", f"sum by (outcome) (rate(maratang_saved_games_total{_RATE}))"),
            ),
        ),
        Panel(
            title="Batches not taken", unit="reqps", lines=(("{{reason}}", f"sum by (reason) (rate(maratang_sync_failures_total{_RATE}))"),)
        ),
        Panel(
            title="Redis' memory",
            unit="percent",
            lines=(("the fullest server", "max(maratang_store_fullness_percent)"),),
            says="60: no new games; 85: no new turns.",
        ),
        Panel(
            title="Deleted for their age",
            unit="reqps",
            lines=(("{{kind}}", f"sum by (kind) (rate(maratang_retention_deleted_total{_RATE}))"),),
        ),
    ),
)

DASHBOARDS = (SERVICES, MODELS, GAMES, SYNC)


def rendered(dashboard: Dashboard) -> str:
    """The dashboard as Grafana reads it."""
    panels = [_panel(panel, number) for number, panel in enumerate(dashboard.panels)]
    document: dict[str, Any] = {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["maratang"],
        "schemaVersion": 39,
        "version": 1,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
        "links": [{"type": "dashboards", "tags": ["maratang"], "title": "Maratang", "asDropdown": False, "includeVars": False}],
        "panels": panels,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _panel(panel: Panel, number: int) -> dict[str, Any]:
    per_row = _COLUMNS // _WIDTH
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.says,
        "datasource": {"type": "prometheus", "uid": "prometheus"},
        "gridPos": {"x": number % per_row * _WIDTH, "y": number // per_row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0, "custom": {"fillOpacity": 8, "showPoints": "never"}}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}},
        "targets": [{"refId": chr(ord("A") + at), "expr": query, "legendFormat": legend} for at, (legend, query) in enumerate(panel.lines)],
    }


if __name__ == "__main__":
    for one in DASHBOARDS:
        (FOLDER / f"{one.uid.removeprefix('maratang-')}.json").write_text(rendered(one), encoding="utf-8")

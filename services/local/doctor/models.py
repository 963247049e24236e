"""The model servers: reachable, of the right kind, and with the adapters that the scenarios ask for."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from services.chassis.config import Secret
from services.llm_proxy import urls
from services.llm_proxy.adapters import vllm
from services.llm_proxy.faults import Fault
from services.llm_proxy.routing import BASE, LORA, Models
from services.llm_proxy.timers import Timers
from services.local.doctor.findings import Finding, warning, well, wrong

_ADVICE = {
    "TUNNEL_OFFLINE": "start the tunnel again on the model's machine, then give its new address: deploy/scripts/set_models.sh, "
    "or maratang backends set {role} URL",
    "TUNNEL_INTERSTITIAL": "this address serves pages: give the model server's own, which ends in /v1 or in nothing",
    "TUNNEL_RATE_LIMITED": "the tunnel's plan is used up: wait, pay, or use another tunnel",
    "BACKEND_UNREACHABLE": "is the model server running, and its port open to this host?",
    "BACKEND_AUTH": "set VLLM_API_KEY or LORA_VLLM_API_KEY to the key that the server was started with",
    "BACKEND_PROTOCOL_ERROR": "this is no vLLM: GET /v1/models must answer with a list of models",
    "BACKEND_OVERLOADED": "it has no room now: look again",
}
_IN_CONTAINERS = "host.docker.internal"


async def look(
    base: Sequence[str],
    lora: Sequence[str],
    *,
    base_key: Secret | None = None,
    lora_key: Secret | None = None,
    adapters: Iterable[str] = (),
) -> list[Finding]:
    """Every model server of both roles, asked for its list of models; `adapters` are those that the scenarios name."""
    if not base and not lora:
        return [warning("models", "none is named", "set VLLM_BASE_URL; until then the scenarios' own texts tell")]
    found: list[Finding] = []
    served: set[str] = set()
    for role, given, key in ((BASE, base, base_key), (LORA, lora, lora_key)):
        for url in given:
            models, finding = await _asked(role, url, key)
            found.append(finding)
            served |= models.adapters if models is not None else set()
    wanted = sorted(set(adapters) - served)
    if wanted and lora:
        advice = "start the server with --enable-lora --lora-modules name=path; until then the base model speaks in their place"
        found.append(wrong("adapters", f"no server has {', '.join(wanted)}", advice))
    elif wanted:
        found.append(warning("adapters", f"nobody serves {', '.join(wanted)}", "set LORA_VLLM_BASE_URL; until then the base model speaks"))
    elif served:
        found.append(well("adapters", f"all that the scenarios ask for are there: {', '.join(sorted(adapters)) or 'they ask for none'}"))
    return found


async def _asked(role: str, url: str, key: Secret | None) -> tuple[Models | None, Finding]:
    about = f"llm.{role}"
    try:
        there = urls.normal(url).replace(_IN_CONTAINERS, "127.0.0.1", 1)
    except ValueError as error:
        return None, wrong(about, str(error), "write http://host:port, or https://… for a tunnel")
    shown = urls.shown(url)
    try:
        async with vllm.connect(there, key=key, timers=Timers()) as server:
            models = await server.models()
    except Fault as fault:
        advice = _ADVICE.get(fault.reason, "see the runbook").format(role=role)
        said = f"{fault.reason} ({fault.ngrok_error_code})" if fault.ngrok_error_code else fault.reason
        return None, wrong(about, f"{shown}: {said}: {fault.message}", advice)
    if not models.base:
        return models, wrong(about, f"{shown} lists no base model", "this is no vLLM with a model loaded")
    if role == LORA and not models.adapters:
        advice = "start it with --enable-lora --lora-modules name=path, or name it in VLLM_BASE_URL only"
        return models, wrong(about, f"{shown} serves {models.base} without any adapter", advice)
    more = f" with {', '.join(sorted(models.adapters))}" if models.adapters else ""
    return models, well(about, f"{shown} serves {models.base}{more}")


def adapters_of(scenarios: Path) -> frozenset[str]:
    """The adapters that the packs in a folder name for their people."""
    named: set[str] = set()
    for file in sorted(scenarios.glob("*/people.yaml")):
        try:
            named |= set(_adapters(YAML(typ="safe").load(file)))
        except YAMLError:
            continue  # init_db says what is wrong with it
    return frozenset(named)


def _adapters(node: object) -> Iterable[str]:
    if isinstance(node, dict):
        adapter = node.get("adapter")
        if isinstance(adapter, str):
            yield adapter
        for inner in node.values():
            yield from _adapters(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _adapters(inner)

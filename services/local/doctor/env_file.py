"""The settings of the deployment on one host, `.env.prod`: what is missing, unknown or misread in it."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path

from services.llm_proxy import urls
from services.local.doctor.findings import Finding, warning, well, wrong

NEEDED = ("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB")
MADE_AT_START = ("SERVICE_CREDENTIAL", "REDIS_PASSWORD", "DATABASE_APP_PASSWORD", "DATABASE_READ_PASSWORD")
MODEL_URLS = ("VLLM_BASE_URL", "LORA_VLLM_BASE_URL")
_ABOUT = "settings"
_LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)")
_MISREAD = re.compile(r"[\s'\"`$\\#]")
_HERE = {"127.0.0.1", "localhost", "::1"}


def read(path: Path) -> tuple[dict[str, str], list[Finding]]:
    """The settings in the file, and what is wrong with them; no settings where it can't be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        return {}, [wrong(_ABOUT, f"{path}: {what}", f"cp .env.prod.example {path}, and fill it in")]
    values: dict[str, str] = {}
    found: list[Finding] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        said = _LINE.fullmatch(line)
        if said is None:
            found.append(wrong(_ABOUT, f"line {number} is no NAME=value", "a line is a name, =, and a value, with no space around ="))
        elif _MISREAD.search(said[2]):
            advice = "a value has no space, quote, backslash, # or $ in it: shells and Compose read them differently"
            found.append(wrong(_ABOUT, f"{said[1]} holds a character that is misread", advice))
        else:
            values[said[1]] = said[2]
    return values, [*found, *_missing(values), *_unknown(values, path), *_readable(path, values), *_urls(values)] or [
        well(_ABOUT, f"{path}: {len(values)} settings")
    ]


def _missing(values: Mapping[str, str]) -> list[Finding]:
    found = [wrong(_ABOUT, f"{name} is not set", f"write {name}=… into it") for name in NEEDED if not values.get(name)]
    later = [name for name in MADE_AT_START if not values.get(name)]
    if later:
        found.append(warning(_ABOUT, f"not there yet: {', '.join(later)}", "nothing: start_prod.sh makes them"))
    return found


def _unknown(values: Mapping[str, str], path: Path) -> list[Finding]:
    example = path.parent / ".env.prod.example"
    if not example.exists():
        return []
    known = {said[1] for line in example.read_text(encoding="utf-8").splitlines() if (said := _LINE.fullmatch(line))}
    return [warning(_ABOUT, f"{name} is read by nobody", "look for its name in .env.prod.example") for name in values if name not in known]


def _readable(path: Path, values: Mapping[str, str]) -> list[Finding]:
    if not any(values.get(name) for name in (*MADE_AT_START, "POSTGRES_PASSWORD")):
        return []
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return [warning(_ABOUT, f"{path} can be read by others than its owner, and holds passwords", f"chmod 600 {path}")]
    return []


def _urls(values: Mapping[str, str]) -> list[Finding]:
    found: list[Finding] = []
    for name in MODEL_URLS:
        for url in model_urls(values, name):
            try:
                host = urls.normal(url).split("://", 1)[1].partition("/")[0].rpartition("@")[2]
            except ValueError as error:
                found.append(wrong(_ABOUT, f"{name}: {error}", "write http://host:port, or https://… for a tunnel"))
                continue
            if host.partition(":")[0] in _HERE or host.startswith("[::1]"):
                advice = "name this host as host.docker.internal: http://host.docker.internal:8000"
                found.append(wrong(_ABOUT, f"{name}: in a container, {host} is the container itself", advice))
    return found


def model_urls(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The URLs of a role."""
    return tuple(url for part in values.get(name, "").split(",") if (url := part.strip()))

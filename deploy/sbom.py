"""Writes what the image is made of as CycloneDX 1.6, from the locked requirements: `python deploy/sbom.py > sbom.json`."""

import json
import re
import sys
import tomllib
import uuid
from pathlib import Path

PROJECT = Path(__file__).parents[1]
LOCK = PROJECT / "requirements" / "run.txt"
_PIN = re.compile(r"^([a-z0-9-]+)==(\S+?)(?: ; .+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")


def components(lock: str) -> list[dict[str, object]]:
    """Each locked package: its name, version, package URL, and the hashes of the files that are accepted for it."""
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{version}",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "externalReferences": [
                {
                    "type": "distribution",
                    "url": f"pkg:pypi/{name}@{version}",
                    "hashes": [{"alg": "SHA-256", "content": one} for one in _HASH.findall(hashes)],
                }
            ],
        }
        for name, version, hashes in _PIN.findall(lock)
    ]


def images(dockerfile: str) -> list[dict[str, object]]:
    """The images that ours stands on."""
    found = re.findall(r"^ARG \w+_IMAGE=([^:\s]+):(\S+)$", dockerfile, re.MULTILINE)
    return [
        {"type": "container", "bom-ref": f"pkg:docker/{name}@{tag}", "name": name, "version": tag, "purl": f"pkg:docker/{name}@{tag}"}
        for name, tag in found
    ]


def document() -> dict[str, object]:
    """The whole. The same lock gives the same document."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = LOCK.read_text(encoding="utf-8")
    parts = [*images((PROJECT / "deploy" / "Dockerfile").read_text(encoding="utf-8")), *components(lock)]
    itself = {"type": "application", "bom-ref": "maratang", "name": project["name"], "version": project["version"]}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, lock)}",
        "version": 1,
        "metadata": {"component": {**itself, "licenses": [{"license": {"id": project["license"]}}]}},
        "components": parts,
        "dependencies": [{"ref": "maratang", "dependsOn": [part["bom-ref"] for part in parts]}],
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1)

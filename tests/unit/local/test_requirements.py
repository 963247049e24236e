"""The lock files name what pyproject asks for, and nothing of where it came from."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.servers import PROJECT

DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text())
LOCKS = ("run", "local", "model", "dev")


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", (PROJECT / "requirements" / f"{lock}.txt").read_text(), flags=re.MULTILINE))


def declared(lock: str) -> list[str]:
    project, groups = DECLARED["project"], DECLARED["dependency-groups"]
    extras = project["optional-dependencies"]
    wanted = {
        "run": project["dependencies"],
        "local": [*project["dependencies"], *extras["local"], *groups["build"]],
        "dev": [*project["dependencies"], *extras["local"], *groups["build"], *(one for one in groups["dev"] if isinstance(one, str))],
        "model": groups["model"],
    }
    return wanted[lock]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_to_a_version_that_fits(lock: str):
    pinned = pins(lock)
    for text in declared(lock):
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), f"{text}: make lock"


@pytest.mark.parametrize("lock", ["run", "local"])
def test_all_lock_files_name_the_same_versions(lock: str):
    assert pins(lock).items() <= pins("dev").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_place_it_came_from(lock: str):
    lines = (PROJECT / "requirements" / f"{lock}.txt").read_text().splitlines()
    pinned = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==\S+( ; .+)? \\")
    hashed = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not pinned.fullmatch(line) and not hashed.fullmatch(line)] == []

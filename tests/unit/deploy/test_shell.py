"""Every shell script of the project, by shellcheck."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers import PROJECT

SHELLCHECK = str(Path(sys.executable).parent / "shellcheck")
SCRIPTS = sorted(
    str(path.relative_to(PROJECT))
    for path in (
        PROJECT / "start_prod.sh",
        PROJECT / ".ci" / "run",
        *(PROJECT / "deploy").rglob("*.sh"),
        *(PROJECT / "tests" / "compose").rglob("*.sh"),
    )
)


def test_no_script_has_what_shellcheck_knows_to_go_wrong():
    checked = subprocess.run((SHELLCHECK, "--external-sources", *SCRIPTS), cwd=PROJECT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_posix(script: str):
    assert (PROJECT / script).read_text(encoding="utf-8").startswith(("#!/bin/sh\n", "# "))
    shell = shutil.which("dash") or "sh"
    assert subprocess.run((shell, "-n", script), cwd=PROJECT, check=False).returncode == 0

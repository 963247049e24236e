"""What is generated is what the protos say."""

import runpy
from pathlib import Path

from tests.support.servers import PROJECT


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_generating_again_changes_nothing(tmp_path: Path):
    generator = runpy.run_path(str(PROJECT / "protos" / "generate.py"))
    generator["copy_google_apis"]()
    generator["generate"](tmp_path)
    committed, fresh = files_below(PROJECT / "protos" / "gen"), files_below(tmp_path)
    assert committed.keys() == fresh.keys()
    assert [name for name in fresh if fresh[name] != committed[name]] == [], "make gen"

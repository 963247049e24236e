"""Generates protos/gen/ from the protos: `make gen`. A test runs it again and demands no difference."""

import shutil
import sys
from importlib import resources
from pathlib import Path

from grpc_tools import protoc

PROTOS = Path(__file__).parent
GOOGLE_APIS = PROTOS.parent / "build" / "googleapis"
"""Where buf finds google/api and google/rpc: copied from the installed package, never kept in git."""
IMPORTED = ("api/annotations", "api/http", "api/httpbody", "rpc/code", "rpc/error_details")


def copy_google_apis() -> None:
    """Copies the Google protos that ours import from googleapis-common-protos to where buf.yaml names them."""
    for name in IMPORTED:
        target = GOOGLE_APIS / "google" / f"{name}.proto"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((resources.files("google") / f"{name}.proto").read_bytes())


def generate(out: Path) -> None:
    """Writes the Python modules and stubs of every proto below `out`."""
    sources = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.glob("maratang/**/*.proto"))
    well_known = resources.files("grpc_tools") / "_proto"
    (out / "maratang").mkdir(parents=True, exist_ok=True)
    paths = [f"-I{PROTOS}", f"-I{GOOGLE_APIS}", f"-I{well_known}"]
    status = protoc.main(
        [
            "protoc",
            *paths,
            f"--python_out={out}",
            f"--grpc_python_out={out}",
            *(f"--plugin={plugin}={Path(sys.executable).parent / plugin}" for plugin in ("protoc-gen-mypy", "protoc-gen-mypy_grpc")),
            f"--mypy_out=quiet:{out}",
            f"--mypy_grpc_out=quiet:{out}",
            *sources,
        ]
    ) or protoc.main(
        [
            "protoc",
            *paths,
            # The gateway reads the comments from it for the OpenAPI document.
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={out / 'maratang' / 'contract.binpb'}",
            *sources,
            # No proto of ours imports it: a failure's details carry its messages, and Envoy tells only those that it knows.
            "google/rpc/error_details.proto",
        ]
    )
    if status:
        sys.exit("protoc failed: its messages stand above")


def main() -> None:
    """Copies Google's protos; with `gen` on the command line, writes protos/gen anew."""
    copy_google_apis()
    if sys.argv[1:] == ["gen"]:
        shutil.rmtree(PROTOS / "gen", ignore_errors=True)
        generate(PROTOS / "gen")


if __name__ == "__main__":
    main()

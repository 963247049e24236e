"""odd.proto, compiled when it is asked for: what the gateway must also be able to, and the contract has none of."""

import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message
from grpc_tools import protoc

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """The proto in a pool of its own."""

    files: descriptor_pb2.FileDescriptorSet
    everything: type[Message]
    service: ServiceDescriptor


@cache
def odd() -> Odd:
    """The compiled proto."""
    apis, well_known = resources.files("google") / "..", resources.files("grpc_tools") / "_proto"
    with tempfile.NamedTemporaryFile(suffix=".binpb") as out:
        arguments = [f"-I{FOLDER}", f"-I{apis}", f"-I{well_known}", "--include_imports", f"--descriptor_set_out={out.name}"]
        assert protoc.main(["protoc", *arguments, str(FOLDER / "odd.proto")]) == 0
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return Odd(
        files=files,
        everything=message_factory.GetMessageClass(pool.FindMessageTypeByName("tests.odd.Everything")),
        service=pool.FindServiceByName("tests.odd.Odd"),
    )

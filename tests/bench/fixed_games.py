"""A game service whose answers are made before they are asked for, as a process of its own: what is measured is not it."""

import argparse
from pathlib import Path

import grpc
import uvloop

VIEW = "/maratang.game.v1.GameService/GetView"


class Fixed(grpc.GenericRpcHandler):
    """Answers every unary call with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        async def answered(_request: bytes, _rpc: object) -> bytes:
            return answer

        self._handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(answered)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        return self._handler


def main() -> None:
    """Serves until it is killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--answer", type=Path, required=True, help="the file that has the answer, as protobuf writes it")
    said = parser.parse_args()

    async def serve() -> None:
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((Fixed(said.answer.read_bytes()),))
        server.add_insecure_port(f"127.0.0.1:{said.port}")
        await server.start()
        await server.wait_for_termination()

    uvloop.run(serve())


if __name__ == "__main__":
    main()

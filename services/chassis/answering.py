"""Asks the service of this container whether it takes work: `python -m services.chassis.answering`, for a health check."""

import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.chassis.config import configuration, load_or_exit, setting
from services.chassis.health import SERVING, TIMEOUT_SECONDS


@configuration
class Asked:
    """Whom to ask."""

    listen_internal: str = setting("LISTEN_INTERNAL")
    """Where the service serves its internal RPCs, as it was told itself."""


def main() -> int:
    """0 when it takes work; else 1, and why not on stderr."""
    port = load_or_exit(Asked).listen_internal.rpartition(":")[2]
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT_SECONDS)
    except grpc.RpcError as error:
        print(f"no answer: {error.code().name}: {error.details()}", file=sys.stderr)  # noqa: T201  the health check's log
        return 1
    if answer.status != SERVING:
        print(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status), file=sys.stderr)  # noqa: T201  as above
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

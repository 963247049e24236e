"""Starts the gateway: one process, or several that share the port."""

import os
import signal
import sys
import threading
from argparse import ArgumentParser, Namespace

from services.chassis import logs
from services.chassis.app import run
from services.chassis.config import load_or_exit
from services.gateway.config import GatewayConfig
from services.gateway.http_server import KEEP_ALIVE_SECONDS
from services.gateway.processes import PROCESS, TELL, run_processes
from services.gateway.wiring import bind


def main() -> None:
    """Runs the gateway as this process, or as those that it starts."""
    arguments = ArgumentParser(prog="services.gateway")
    arguments.add_argument(PROCESS, type=int, help="for a process that the gateway starts: its number")
    arguments.add_argument(TELL, type=int, help="for a process that the gateway starts: the file to say a byte to when it serves")
    asked = arguments.parse_args()
    config = load_or_exit(GatewayConfig)
    if asked.process is not None:
        _serve_shared(config.of_process(asked.process), asked)
    elif config.process_count > 1:
        logs.configure("gateway")
        sys.exit(run_processes(config.process_count))
    else:
        run("gateway", bind(config, linger=KEEP_ALIVE_SECONDS), config)


def _serve_shared(config: GatewayConfig, asked: Namespace) -> None:
    def serves(_port: int) -> None:
        os.write(asked.tell, b"1")
        os.close(asked.tell)

    threading.Thread(target=_end_with_parent, daemon=True).start()
    run("gateway", bind(config, linger=KEEP_ALIVE_SECONDS, listening=serves, shared=True), config, shared=True)


def _end_with_parent() -> None:
    """The parent holds the other end of this process's input, and says nothing: its end is all that can be read."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()

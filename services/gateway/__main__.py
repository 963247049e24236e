"""Starts the gateway."""

from services.chassis.app import run
from services.chassis.config import load_or_exit
from services.gateway.config import GatewayConfig
from services.gateway.wiring import bind


def main() -> None:
    """Runs the gateway as this process."""
    config = load_or_exit(GatewayConfig)
    run("gateway", bind(config), config)


if __name__ == "__main__":
    main()

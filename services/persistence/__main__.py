"""Starts the persistence service."""

from services.chassis.app import run
from services.chassis.config import load_or_exit
from services.persistence.config import PersistenceConfig
from services.persistence.wiring import bind


def main() -> None:
    """Runs the service until it is told to stop."""
    config = load_or_exit(PersistenceConfig)
    run("persistence", bind(config), config)


if __name__ == "__main__":
    main()

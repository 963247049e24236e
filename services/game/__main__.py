"""Runs the game service: `python -m services.game`."""

from services.chassis.app import run
from services.chassis.config import load_or_exit
from services.game.config import GameConfig
from services.game.wiring import bind

if __name__ == "__main__":
    config = load_or_exit(GameConfig)
    run("game", bind(config), config)

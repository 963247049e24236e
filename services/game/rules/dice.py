"""Chance without chance: rolls that are addressed by seed, depth and label."""

from hashlib import blake2b
from typing import NamedTuple

_DOMAIN = b"maratang.dice.1"


class Dice(NamedTuple):
    """The dice of one turn. `depth` is how many turns were taken before it on this path, so that undoing changes no fate."""

    seed: bytes
    depth: int

    def roll(self, sides: int, label: str) -> int:
        """A number from 1 to `sides`: the same for ever for the same seed, depth, label and sides. ValueError: `sides` < 1."""
        if sides < 1:
            raise ValueError(f"a die has at least one side, not {sides}")
        roller = blake2b(digest_size=16, person=_DOMAIN)
        roller.update(len(self.seed).to_bytes(4, "big") + self.seed)
        roller.update(f"{self.depth}/{label}".encode())
        return int.from_bytes(roller.digest(), "big") % sides + 1

"""What a player asks for."""

from dataclasses import dataclass

import orjson

from services.game.rules import codec
from services.game.rules.commands import Command
from services.game.stored import Plain

DERIVED_KEY = "auto:"
"""What the idempotency keys begin with that are derived from the action, where its sender gave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An action as it was asked for: words or a command, one of the two."""

    text: str = ""
    command: Command | None = None

    @property
    def hash(self) -> str:
        """What makes it the same action again; hexadecimal."""
        return codec.action_hash(self.text, self.command).hex()

    def to_bytes(self) -> bytes:
        """The action as it is stored until it is decided."""
        return orjson.dumps({"text": self.text, "command": codec.command_to_plain(self.command) if self.command else None})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Asked":
        """The reverse of `to_bytes`."""
        plain: Plain = orjson.loads(data)
        return cls(text=plain["text"], command=codec.command_from_plain(plain["command"]) if plain["command"] else None)

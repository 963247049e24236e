"""The stored forms: a live game, a row of its log, and the bytes they are in Redis."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import zstandard

Plain = dict[str, Any]  # Any: JSON, whose shape the rooms that write it know

RESOLVED = 1
TOLD = 2
OPENING_PARENT = -1
MAIN_BRANCH = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveGame:
    """A game as Redis holds it. `state` is the canonical state, compressed; times are milliseconds since the epoch."""

    game_id: str
    owner: str
    scenario_id: str
    pack_hash: str
    locale: str
    seed: str
    epoch: int
    number: int
    persisted: int
    branch_id: str
    depth: int
    status: str
    ending: str
    state: bytes
    state_hash: bytes
    asked: str
    """The hash of what the game was asked for with, so that one key can't make two different games."""
    created_ms: int
    updated_ms: int
    unseen: bool = False
    """Whether this copy is still to be compared with PostgreSQL: the server that holds it may have been given an old one."""
    doubt: bool = False
    """Whether it is played on although it could not be compared, PostgreSQL being away."""
    halted: str = ""
    """Why its log is not written any more: DIVERGED, GAP or POISON; empty: it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a game's log.

    `record` is all that the rules decided, as plain JSON: command, events, lines, view, ending, template. `rule_hash` covers everything
    but the telling and the trace, so that both revisions of a row agree in it.
    """

    game_id: str
    number: int
    parent: int
    branch_id: str
    depth: int
    revision: int
    key: str
    action_hash: str
    text: str
    record: Plain
    state_hash: bytes
    telling: Plain | None
    created_ms: int
    trace: Plain = field(default_factory=dict)
    """How it came about (`traces.Tracing`); rows that come from PostgreSQL have none."""

    def told(self, telling: Plain) -> "Row":
        """The row's second revision."""
        return replace(self, revision=TOLD, telling=telling)

    @property
    def rule_hash(self) -> bytes:
        """BLAKE2b-256 of everything but the telling and the trace; 32 bytes."""
        return hashlib.blake2b(
            canonical(
                [
                    self.game_id, self.number, self.parent, self.branch_id, self.depth, self.key, self.action_hash, self.text,
                    self.record, self.state_hash.hex(), self.created_ms,
                ]
            ),
            digest_size=32,
        ).digest()  # fmt: skip


Backlog = tuple[LiveGame, Sequence[Row]]
"""A game and its rows that are to be written, by number, of one moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of a turn's stream as it is kept: its place, its name and its JSON."""

    k: int
    event: str
    data: bytes
    row: Row | None = field(default=None, compare=False)
    """The row that the event ends the telling of, where it is at hand."""

    @property
    def told_row(self) -> Row:
        """The row in a `told` event."""
        return self.row or row_from_bytes(TOLD, self.data)


def canonical(plain: object) -> bytes:
    """The one way to write JSON that is hashed or stored: keys sorted, no spaces."""
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


class _Zstandard(threading.local):
    """What compresses, at the level that costs a turn the least: one for each thread, for to make one costs more than to use it."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=1).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_ZSTANDARD = _Zstandard()


def compress(data: bytes) -> bytes:
    """In Zstandard."""
    return _ZSTANDARD.compress(data)


def decompress(data: bytes) -> bytes:
    """The reverse of `compress`."""
    return _ZSTANDARD.decompress(data)


def row_bytes(row: Row) -> bytes:
    """A row as it lies in Redis, its revision aside (the scripts keep that in front)."""
    return compress(
        orjson.dumps(
            {
                "game": row.game_id, "number": row.number, "parent": row.parent, "branch": row.branch_id, "depth": row.depth,
                "key": row.key, "action": row.action_hash, "text": row.text, "record": row.record,
                "state": row.state_hash.hex(), "telling": row.telling, "created": row.created_ms,
                **({"trace": row.trace} if row.trace else {}),
            }
        )
    )  # fmt: skip


def row_from_bytes(revision: int, data: bytes) -> Row:
    """The reverse of `row_bytes`."""
    plain: Plain = orjson.loads(decompress(data))
    return Row(
        game_id=plain["game"],
        number=plain["number"],
        parent=plain["parent"],
        branch_id=plain["branch"],
        depth=plain["depth"],
        revision=revision,
        key=plain["key"],
        action_hash=plain["action"],
        text=plain["text"],
        record=plain["record"],
        state_hash=bytes.fromhex(plain["state"]),
        telling=plain["telling"],
        created_ms=plain["created"],
        trace=plain.get("trace", {}),
    )


def row_as_kept(data: bytes) -> Row:
    """A row as the scripts keep it: its revision, and its bytes."""
    return row_from_bytes(data[0] - ord("0"), data[1:])


def game_fields(game: LiveGame) -> dict[str, bytes | str]:
    """A live game as the fields of its hash, but those that the scripts own."""
    return {
        "owner": game.owner,
        "scenario": game.scenario_id,
        "pack": game.pack_hash,
        "locale": game.locale,
        "seed": game.seed,
        "epoch": str(game.epoch),
        "number": str(game.number),
        "persisted": str(game.persisted),
        "branch": game.branch_id,
        "depth": str(game.depth),
        "status": game.status,
        "ending": game.ending,
        "state": game.state,
        "hash": game.state_hash,
        "asked": game.asked,
        "created": str(game.created_ms),
        "updated": str(game.updated_ms),
    }


def game_as_kept(game_id: str, server: bytes, flat: Sequence[bytes]) -> LiveGame:
    """A live game as a script gives it: how the server calls itself that holds it, and fields and values in turn."""
    fields = dict(zip(flat[0::2], flat[1::2], strict=True))
    return LiveGame(
        game_id=game_id,
        owner=fields[b"owner"].decode(),
        scenario_id=fields[b"scenario"].decode(),
        pack_hash=fields[b"pack"].decode(),
        locale=fields[b"locale"].decode(),
        seed=fields[b"seed"].decode(),
        epoch=int(fields[b"epoch"]),
        number=int(fields[b"number"]),
        persisted=int(fields[b"persisted"]),
        branch_id=fields[b"branch"].decode(),
        depth=int(fields[b"depth"]),
        status=fields[b"status"].decode(),
        ending=fields[b"ending"].decode(),
        state=fields[b"state"],
        state_hash=fields[b"hash"],
        asked=fields[b"asked"].decode(),
        created_ms=int(fields[b"created"]),
        updated_ms=int(fields[b"updated"]),
        unseen=fields.get(b"seen") != server,
        doubt=fields.get(b"doubt") == b"1",
        halted=fields.get(b"halted", b"").decode(),
    )

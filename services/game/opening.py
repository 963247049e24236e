"""A game's row 0: how the story opens. It follows from the pack and the seed, so it can be read while PostgreSQL is away."""

import hashlib

from services.game import shown
from services.game.rules import codec
from services.game.rules.begin import begin
from services.game.rules.events import Event
from services.game.rules.pack import Pack
from services.game.rules.state import State
from services.game.stored import MAIN_BRANCH, OPENING_PARENT, TOLD, LiveGame, Row
from services.game.telling.answers import Telling, ToldBy
from services.game.telling.lines import opening_lines, visible_events
from services.game.telling.plain import to_plain
from services.game.telling.view import view_of


def opened(pack: Pack, seed: str) -> tuple[State, tuple[Event, ...]]:
    """The state that a game of that seed begins in, and the events of its opening."""
    # Any seed of a player's, in 32 bytes: what the dice are keyed with.
    return begin(pack, hashlib.blake2b(seed.encode(), digest_size=32).digest())


def opening_row(game: LiveGame, pack: Pack) -> Row:
    """The row."""
    state, events = opened(pack, game.seed)
    lines = [to_plain(line) for line in opening_lines(pack, state, game.locale)]
    telling = Telling(text="\n".join(line["text"] for line in lines), lines=(), told_by=ToldBy.TEMPLATE, model="", checks=())
    resolved = shown.resolved(visible_events(events), (), view_of(pack, state, game.locale, 0))
    return Row(
        game_id=game.game_id,
        number=0,
        parent=OPENING_PARENT,
        branch_id=MAIN_BRANCH,
        depth=0,
        revision=TOLD,
        key="",
        action_hash="",
        text="",
        record={
            "command": None,
            "events": [codec.event_to_plain(event) for event in events],
            "shown": resolved["events"],
            "lines": lines,
            "view": resolved["view"],
            "ending": None,
            "template": lines,
        },
        state_hash=codec.state_hash(state),
        telling={**to_plain(telling), "lines": lines},
        created_ms=game.created_ms,
    )

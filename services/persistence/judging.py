"""Whether a game may be written over what is stored of it: a pure judgement."""

from services.persistence.games import Outcome, SavedGame, Standing, Verdict


def judge(saved: SavedGame, standing: Standing | None) -> Outcome:
    """What must become of `saved`, given what is stored; None: nothing is. Only SAVED may be written.

    An older epoch is STALE whatever it says: another process plays the game. Within an epoch a contradiction is DIVERGED before
    anything else, for somebody must look.
    """
    verdict, detail = _judge(saved, standing)
    return Outcome(game_id=str(saved.game.game_id), verdict=verdict, detail=detail)


def _judge(saved: SavedGame, standing: Standing | None) -> tuple[Verdict, str]:
    game = saved.game
    stored_number = -1
    if standing is not None:
        if game.epoch < standing.epoch:
            return Verdict.STALE, f"epoch {game.epoch} was sent, epoch {standing.epoch} is stored: the game was loaded elsewhere"
        if (game.player_id, game.scenario_id, game.seed) != (standing.player_id, standing.scenario_id, standing.seed):
            return Verdict.DIVERGED, "another player, scenario or seed is stored"
        for row in saved.rows:
            if standing.rule_hashes.get(row.number, row.rule_hash) != row.rule_hash:
                return Verdict.DIVERGED, f"row {row.number} is stored with another rule hash"
        if game.number < standing.number:
            return Verdict.STALE, f"number {game.number} was sent, number {standing.number} is stored in the same epoch"
        stored_number = standing.number
    return _joined(saved, stored_number)


def _joined(saved: SavedGame, stored_number: int) -> tuple[Verdict, str]:
    reached = stored_number
    for row in saved.rows:
        if row.number <= stored_number:
            continue
        if row.number != reached + 1:
            return Verdict.GAP, f"row {row.number} was sent where row {reached + 1} is next"
        reached = row.number
    if reached != saved.game.number:
        return Verdict.GAP, f"the game stands at {saved.game.number} and its rows reach {reached}"
    return Verdict.SAVED, ""

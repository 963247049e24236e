"""Statistics of the games that were stored before statistics were kept."""

from alembic import op

revision = "0004"
down_revision = "0003"

_COUNTED = (
    """
    UPDATE turns SET ending_id = games.ending_id FROM games
    WHERE turns.game_id = games.game_id AND turns.number = games.number AND games.status = 'ENDED' AND turns.ending_id IS NULL
    """,
    """
    INSERT INTO ended_games (game_id, end_time) SELECT game_id, update_time FROM games WHERE status = 'ENDED'
    ON CONFLICT (game_id) DO NOTHING
    """,
    """
    INSERT INTO player_statistics (player_id, games, turns)
    SELECT player_id, count(*) FILTER (WHERE number = 0), count(*) FILTER (WHERE number > 0)
    FROM (SELECT games.player_id, turns.number FROM games JOIN turns USING (game_id)) AS stored GROUP BY player_id
    ON CONFLICT (player_id) DO UPDATE SET games = excluded.games, turns = excluded.turns
    """,
    """
    INSERT INTO player_endings (player_id, scenario_id, ending_id, count)
    SELECT games.player_id, games.scenario_id, turns.ending_id, count(*) FROM games JOIN turns USING (game_id)
    WHERE turns.ending_id IS NOT NULL GROUP BY 1, 2, 3
    ON CONFLICT (player_id, scenario_id, ending_id) DO UPDATE SET count = excluded.count
    """,
    """
    INSERT INTO scenario_statistics (scenario_id, games, turns)
    SELECT games.scenario_id, count(*) FILTER (WHERE turns.number = 0), count(*) FILTER (WHERE turns.number > 0)
    FROM games JOIN turns USING (game_id) GROUP BY 1
    ON CONFLICT (scenario_id) DO UPDATE SET games = excluded.games, turns = excluded.turns
    """,
    """
    INSERT INTO scenario_endings (scenario_id, ending_id, turns, count)
    SELECT games.scenario_id, turns.ending_id, turns.depth, count(*) FROM games JOIN turns USING (game_id)
    WHERE turns.ending_id IS NOT NULL GROUP BY 1, 2, 3
    ON CONFLICT (scenario_id, ending_id, turns) DO UPDATE SET count = excluded.count
    """,
)


def upgrade() -> None:
    """Counts what is stored. Turns that the code before this one stores afterwards are not counted."""
    for counted in _COUNTED:
        op.execute(counted)


def downgrade() -> None:
    """Leaves the counts: they go with their tables."""

"""What the code of each revision says to PostgreSQL, kept as it was: migrations must not break the code that runs during a roll-out.

By revision: the statements of the code that was released with it, in an order in which they succeed on a database that holds
`PACK`. A later revision's code adds its own; none is ever changed.
"""

PLAYER, GAME = "7d0c0c7e-3f0a-4b6e-9d5e-0a4c8f1a2b3c", "0f2d7d0e-9c1b-4e0a-8f55-3b1f6d0c9a77"
PACK = """
INSERT INTO packs (pack_hash, scenario_id, version, files, entry) VALUES ('ab', 'tutorial', '1.0.0', '{}', '{}');
INSERT INTO scenarios (scenario_id, pack_hash) VALUES ('tutorial', 'ab');
"""

_SHA = "decode(repeat('ab', 32), 'hex')"

STATEMENTS: dict[str, tuple[str, ...]] = {
    "0001": (
        f"""INSERT INTO players (player_id, display_name, locale, guest, create_time) VALUES ('{PLAYER}', '미나', 'ko', true, now())
            ON CONFLICT (player_id) DO NOTHING""",
        f"""INSERT INTO sessions (token_hash, player_id, expire_time) VALUES ({_SHA}, '{PLAYER}', now() + interval '1 day')
            ON CONFLICT (token_hash) DO NOTHING""",
        f"""SELECT players.player_id, players.display_name, players.locale, players.guest, players.create_time, sessions.expire_time
            FROM sessions JOIN players ON players.player_id = sessions.player_id
            WHERE sessions.token_hash = {_SHA} AND sessions.expire_time > now()""",
        f"""UPDATE sessions SET expire_time = now() + interval '30 days'
            WHERE token_hash = {_SHA} AND expire_time < now() + interval '30 days'""",
        f"""UPDATE players SET display_name = 'Mina', locale = 'en' WHERE player_id = '{PLAYER}'
            RETURNING player_id, display_name, locale, guest, create_time""",
        f"""INSERT INTO games (game_id, player_id, scenario_id, pack_hash, locale, seed, asked, epoch, number, branch_id, depth, status,
                ending_id, state, state_hash, create_time, update_time)
            SELECT '{GAME}', '{PLAYER}', 'tutorial', 'ab', 'ko', 's', 'a', 0, 1, 'main', 1, 'ACTIVE', NULL, ''::bytea, {_SHA}, now(), now()
            ON CONFLICT (game_id) DO NOTHING RETURNING games.game_id""",
        f"""SELECT games.game_id, games.player_id, games.scenario_id, games.seed, games.epoch, games.number FROM games
            WHERE games.game_id IN ('{GAME}') ORDER BY games.game_id FOR NO KEY UPDATE""",
        f"""INSERT INTO turns (game_id, number, parent, branch_id, depth, revision, request_id, action_hash, text, record, rule_hash,
                state_hash, telling, create_time)
            SELECT '{GAME}'::uuid, sent.number, nullif(sent.number - 1, -1), 'main', sent.number, sent.revision, 'key ' || sent.number,
                ''::bytea, '문을 연다', '{{}}'::json, {_SHA}, {_SHA}, sent.telling::json, now()
            FROM unnest(ARRAY[0, 1], ARRAY[2, 1], ARRAY['{{}}', NULL]) AS sent (number, revision, telling)
            ON CONFLICT (game_id, number) DO UPDATE SET revision = excluded.revision, telling = excluded.telling
            WHERE turns.revision < excluded.revision AND turns.rule_hash = excluded.rule_hash""",
        f"""UPDATE games SET pack_hash = 'ab', locale = 'ko', epoch = 0, number = 1, branch_id = 'main', depth = 1, status = 'ENDED',
                ending_id = 'dawn', state = ''::bytea, state_hash = {_SHA}, update_time = now()
            WHERE games.game_id = '{GAME}' AND (games.epoch, games.number) <= (0, 1)""",
        f"UPDATE games SET epoch = games.epoch + 1 WHERE games.game_id = '{GAME}' RETURNING games.game_id, games.player_id, games.state",
        f"""SELECT game_id, number, parent, branch_id, depth, revision, request_id, action_hash, text, CAST(record AS TEXT) AS record,
                rule_hash, state_hash, CAST(telling AS TEXT) AS telling, create_time
            FROM turns WHERE game_id = '{GAME}' AND number > -1 ORDER BY number LIMIT 200""",
        f"SELECT game_id FROM games WHERE player_id = '{PLAYER}' AND status = 'ENDED' ORDER BY update_time DESC, game_id DESC LIMIT 21",
        """SELECT packs.scenario_id, packs.pack_hash, packs.version, packs.entry FROM scenarios JOIN packs
            ON scenarios.pack_hash = packs.pack_hash WHERE scenarios.scenario_id > '' ORDER BY scenarios.scenario_id LIMIT 21""",
        "SELECT packs.pack_hash, packs.scenario_id, packs.version, packs.files, packs.entry FROM packs WHERE packs.pack_hash = 'ab'",
        f"DELETE FROM sessions WHERE token_hash = {_SHA}",
    ),
}  # fmt: skip

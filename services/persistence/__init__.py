"""PostgreSQL and nobody else's: owns the schema and its migrations, players, sessions, packs, games and their logs.

It never decides a turn, never talks to Redis or a model, and no turn waits for it before its `done`.
"""

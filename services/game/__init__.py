"""Live games: owns games and sign-in sessions in Redis, the rules, the packs, the turn and its telling.

It calls llm_proxy and persistence; it never talks SQL, nor to a model itself.
"""

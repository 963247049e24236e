"""The terminal client: one player at one terminal, over REST alone. Knows no service, no store and no rule of a game."""

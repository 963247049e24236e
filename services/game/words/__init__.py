"""The words: owns how a player's text becomes a command, by tables first; it never changes a game and never asks a model itself."""

"""Protobuf ⇄ the game's own forms: `requests` on the way in, `answers` on the way out. Protobuf stops here."""

"""What runs once before the services start: owns the order of migrations and packs, and what is told of it.

It decides nothing about either: `services.persistence` owns the schema, `services.game.packs` what a pack is.
"""

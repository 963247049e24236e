"""The rules: a pure kernel that owns what can happen and what has; it never sees a clock, chance, the network, text or a model."""

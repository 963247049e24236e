"""Proves packs: what can be reached and by which commands, what never can and why, where a player would be stuck.

It sees compiled packs and the rules, never files. What it calls reachable has a witness that the rules themselves replay; what it calls
unreachable is so even in a world where nothing is ever undone; all else it calls undecided.
"""

"""What authors work with at a terminal, without any server: check, test, play, new, graph, schema, fmt.

It reads and writes files and the screen. It knows packs, words and rules, and nothing of a running system.
"""

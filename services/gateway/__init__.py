"""The REST face of the system: routes, JSON and OpenAPI out of the contract's descriptors, problem documents, event streams.

It holds no state, decides nothing about callers and knows no rule of the game: what it does not find in a descriptor it does not do.
"""

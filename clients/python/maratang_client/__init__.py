"""Plays Maratang, a server for story games, over its REST interface.

`Client` blocks, `AsyncClient` is for asyncio; both have a method for each call of the interface. `shapes` are what calls give and take,
`problems` the failures that the server names.
"""

from maratang_client import problems, shapes
from maratang_client.async_client import AsyncClient
from maratang_client.client import Client
from maratang_client.contract import Document
from maratang_client.failures import Foreign, MaratangError, Problem, Unreachable

__all__ = ["AsyncClient", "Client", "Document", "Foreign", "MaratangError", "Problem", "Unreachable", "problems", "shapes"]

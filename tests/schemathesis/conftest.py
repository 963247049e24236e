"""The document is of the whole system."""

from tests.support.system import system

__all__ = ["system"]

"""Journeys need the whole system."""

from tests.support.system import models_as_they_were, system

__all__ = ["models_as_they_were", "system"]

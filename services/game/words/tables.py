"""What the tables of each language do."""

from typing import Protocol

from services.game.rules.commands import Verb
from services.game.words.clauses import Clause, Lexicon


class Tables(Protocol):
    """The module of a language."""

    def clauses(self, text: str, lexicon: Lexicon) -> tuple[Clause, ...] | None:
        """The clauses of a sentence; None where it says what is not to be done."""

    def words(self, text: str, lexicon: Lexicon) -> Clause:
        """The names in a text that asks for nothing, and what else it says that is no small talk; no verb."""

    def vocative(self, text: str, lexicon: Lexicon) -> tuple[str, str] | None:
        """The name that a text calls without a mark after it, and the rest of the text; None where it calls none."""

    def free_verb(self, text: str) -> Verb | None:
        """The free verb that the whole text asks for; None where it asks for none."""

"""What is wrong with a pack, all of it at once, each fault with its place."""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process


@dataclass(frozen=True, slots=True, order=True)
class PackError:
    """One fault of a pack: the file within the pack, line and column from 1, and what to do about it."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class PackErrors(Exception):  # noqa: N818 (it is all the errors, hence the plural)
    """A pack that can't be compiled, with every fault that was found, in the order of files and lines."""

    def __init__(self, errors: Iterable[PackError]) -> None:
        self.errors = tuple(sorted(errors))
        super().__init__("\n".join(str(error) for error in self.errors))


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """` (did you mean …?)` where one of the known words is like the wrong one, else nothing."""
    match = process.extractOne(wrong, sorted(str(word) for word in known), scorer=fuzz.ratio, score_cutoff=65)
    return f" (did you mean {match[0]!r}?)" if match else ""

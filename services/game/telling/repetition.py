"""Sentences that were told already: small models repeat themselves."""

import re

# A sentence, or what has no end yet.
_RUN = re.compile(r"[^.!?…\n]++(?:(?P<end>[.!?…]++[\"'\u201d\u2019」』)]*+)|\n|\Z)")


class Repetition:
    """Looks for the first repeated sentence in a text that grows, and at each sentence that is whole only once."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._seen = 0

    def look(self, text: str, fixed: int) -> tuple[int | None, bool]:
        """Where a sentence begins that was told already, and whether it is whole; a last one that may yet become one counts as not whole.

        `fixed`: how much of the text will be the same the next time.
        """
        last, end = set[str](), 0
        for run in _RUN.finditer(text, self._seen):
            # Only what follows shows that a sentence has ended.
            is_over = run.end() < fixed
            if run["end"]:
                sentence, end = run[0].strip(), run.end()
                if sentence in self._told or sentence in last:
                    return run.start(), True
                (self._told if is_over else last).add(sentence)
            if is_over:
                self._seen = run.end()
        end = max(end, self._seen, text.rfind("\n", self._seen) + 1)
        rest = text[end:].strip()
        begun = bool(rest) and any(sentence.startswith(rest) for told in (self._told, last) for sentence in told)
        return (end, False) if begun else (None, False)

"""A whole game as something to read."""

from collections.abc import Iterable, Iterator

from services.game.stored import Plain, Row


def as_text(rows: Iterable[Row]) -> str:
    """The game as plain text: what the player wrote after ">", and what was told."""
    return "\n\n".join(part for row in rows for part in _parts(row, said="> {}", told="{}")) + "\n"


def as_markdown(rows: Iterable[Row]) -> str:
    """The game as Markdown: a heading a turn, the player's words as a quotation."""
    return "\n\n".join(part for row in rows for part in (f"## {row.number}", *_parts(row, said="> {}", told="{}"))) + "\n"


def _parts(row: Row, *, said: str, told: str) -> Iterator[str]:
    if row.text:
        yield said.format(row.text)
    elif row.record["command"]:
        yield said.format(" ".join(str(part) for part in row.record["command"].values() if part))
    lines: list[Plain] = row.record["lines"]
    if row.number and lines:
        yield "\n".join(f"*{line['text']}*" if told != "{}" else line["text"] for line in lines)
    if row.telling is not None and row.telling["text"]:
        yield told.format(row.telling["text"])

"""Writing files that an author asked for."""

from pathlib import Path

from rich.console import Console


def is_written(target: Path, text: str, console: Console) -> bool:
    """Write the file, and the folders it lies in, and tell of it; where it can't be, say why."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        console.print(f"{target} can't be written: {error.strerror or error}", style="red", markup=False)
        return False
    console.print(str(target), markup=False)
    return True

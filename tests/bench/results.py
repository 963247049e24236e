"""Where measurements are kept: build/bench/<name>.json, from the project's root."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "build" / "bench"


def keep(name: str, figures: dict[str, Any]) -> str:
    """Write the figures down, with when and on how many cores they were measured. Returns what to tell of it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    target = FOLDER / f"{name}.json"
    measured = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count()}
    target.write_text(json.dumps(measured | figures, indent=2) + "\n", encoding="utf-8")
    return f"written to {target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target}"

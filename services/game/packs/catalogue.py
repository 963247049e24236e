"""What the catalogue says of a pack to those who choose a game."""

from typing import Any

from services.game.rules.pack import Pack
from services.game.rules.story import EndingKind


def catalogue_entry(pack: Pack) -> dict[str, Any]:  # Any: a JSON object
    """The pack's entry as a JSON object: `scenario_id`, `version`, `pack_hash`, `rating`, `days`, `slots_per_day`, `endings`, `words`.

    `endings` counts those that are no secret; `words` has `title` and `summary` by locale.
    """
    return {
        "scenario_id": pack.scenario_id,
        "version": pack.version,
        "pack_hash": pack.pack_hash,
        "rating": pack.rating,
        "days": pack.days,
        "slots_per_day": pack.slots_per_day,
        "endings": sum(ending.kind is not EndingKind.SECRET for ending in pack.endings.values()),
        "words": {
            locale: {"title": pack.text("pack.title", locale), "summary": pack.text("pack.summary", locale)} for locale in pack.texts
        },
    }

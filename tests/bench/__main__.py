"""`python -m tests.bench <measure>`, each with `--help`; the table below has them; those of ALL, where none is named."""

import sys
from collections.abc import Callable, Mapping

from tests.bench import away, bans, bots, flight, growth, prover, proxy, rules, scripts, streams, sync, turns, views, watchers

MEASURES: Mapping[str, Callable[[list[str]], int]] = {
    "turns": turns.main,
    "proxy": proxy.main,
    "rules": rules.main,
    "prover": prover.main,
    "away": away.main,
    "bans": bans.main,
    "bots": bots.main,
    "scripts": scripts.main,
    "flight": flight.main,
    "growth": growth.main,
    "streams": streams.main,
    "sync": sync.main,
    "views": views.main,
    "watchers": watchers.main,
}

ALL = ("turns", "views", "streams", "flight", "watchers")
"""What `make bench` measures: turns and the edge, some ten minutes."""


def main(arguments: list[str]) -> int:
    """The measure that is named, with its own arguments; or all."""
    if not arguments:
        return max(MEASURES[name]([]) for name in ALL)
    named, *rest = arguments if arguments[0] in MEASURES else ["turns", *arguments]
    return MEASURES[named](rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

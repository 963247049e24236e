"""`python -m tests.bench <measure>`, each with `--help`; the table below has them; turns, where none is named."""

import sys

from tests.bench import bots, flight, growth, prover, proxy, rules, scripts, streams, sync, turns, views, watchers

MEASURES = {
    "turns": turns.main,
    "proxy": proxy.main,
    "rules": rules.main,
    "prover": prover.main,
    "bots": bots.main,
    "scripts": scripts.main,
    "flight": flight.main,
    "growth": growth.main,
    "streams": streams.main,
    "sync": sync.main,
    "views": views.main,
    "watchers": watchers.main,
}

if __name__ == "__main__":
    named, *rest = sys.argv[1:] if sys.argv[1:2] and sys.argv[1] in MEASURES else ["turns", *sys.argv[1:]]
    sys.exit(MEASURES[named](rest))

"""The verbs that the rules know, by name."""

from services.game.rules.commands import Verb
from services.game.rules.verbs import locks, people, places, speech, stealth, things
from services.game.rules.verbs.deed import Deed

DEEDS: dict[Verb, Deed] = {
    Verb.MOVE: places.MOVE,
    Verb.SEARCH: places.SEARCH,
    Verb.EXAMINE: things.EXAMINE,
    Verb.TAKE: things.TAKE,
    Verb.DROP: things.DROP,
    Verb.GIVE: people.GIVE,
    Verb.SHOW: people.SHOW,
    Verb.USE: things.USE,
    Verb.COMBINE: things.COMBINE,
    Verb.OPEN: locks.OPEN,
    Verb.CLOSE: locks.CLOSE,
    Verb.UNLOCK: locks.UNLOCK,
    Verb.READ: things.READ,
    Verb.TALK: people.TALK,
    Verb.PERSUADE: speech.PERSUADE,
    Verb.LIE: speech.LIE,
    Verb.ACCUSE: speech.ACCUSE,
    Verb.HIDE: stealth.HIDE,
    Verb.LISTEN: stealth.LISTEN,
    Verb.FOLLOW: stealth.FOLLOW,
    Verb.WAIT: places.WAIT,
    Verb.SLEEP: places.SLEEP,
}
"""Every verb that is not free."""

"""English, as tables: verb phrases, prepositions, and words that say nothing."""

import re
from collections.abc import Mapping

from services.game.rules.commands import Verb
from services.game.words.clauses import Role


def _words(listed: str) -> list[str]:
    return listed.split()


VERBS: Mapping[Verb, str] = {
    Verb.MOVE: (
        "go|go to|go into|go in|go out|go out to|go through|go back|go back to|walk|walk to|walk into|move|move to|head|head to"
        "|head for|enter|leave|"
        "leave for|return|return to|step into|run to|exit|get out|come back to|visit"
    ),
    Verb.SEARCH: "search|search through|search in|search under|rummage|rummage in|rummage through|look for|look in|look inside|look "
    "under|look behind|go through the pockets of|check inside|ransack|frisk",
    Verb.EXAMINE: "examine|look at|inspect|look closely at|study|check|check out|x|observe|watch|view|see|look over",
    Verb.TAKE: "take|pick up|grab|get|pocket|collect|lift|take out|remove|pick",
    Verb.DROP: "drop|put down|discard|throw away|leave behind|set down|lay down",
    Verb.GIVE: "give|hand|hand over|offer|pass|give back",
    Verb.SHOW: "show|present|hold out",
    Verb.USE: "use|insert|put|put in|turn on|switch on|play|apply|repair|fix|mend|install|plug|plug in|push|press play on|operate|replace",
    Verb.COMBINE: "combine|put together|join|connect|attach|merge|mix",
    Verb.OPEN: "open|open up|pull|pull open",
    Verb.CLOSE: "close|shut",
    Verb.UNLOCK: "unlock|unscrew|undo|enter code|type|type in|dial|press|punch in|key in|try|input|enter the code|try code|try the code",
    Verb.READ: "read|read through",
    Verb.TALK: "talk|talk to|talk with|speak|speak to|speak with|ask|tell|say|greet|chat with|question|say to|call|discuss",
    Verb.PERSUADE: "persuade|convince|plead with|beg",
    Verb.LIE: "lie to|lie|deceive|bluff",
    Verb.ACCUSE: "accuse|blame|confront",
    Verb.HIDE: "hide|hide in|hide under|hide behind",
    Verb.LISTEN: "listen|listen at|listen to|eavesdrop|eavesdrop on",
    Verb.FOLLOW: "follow|shadow|tail",
    Verb.WAIT: "wait|wait a while|wait for a while|rest|pass time|do nothing|wait a bit|wait a moment",
    Verb.SLEEP: "sleep|go to sleep|fall asleep|nap|take a nap|get some sleep",
}
"""What the text begins with; the longest phrase that fits is the one that is meant."""

FREE: Mapping[Verb, str] = {
    Verb.LOOK: r"look|l|look around(?: here| again| the room| this place)?|look about|where am i|what(?: do| can) i see|describe(?: "
    r"the)? room",
    Verb.INVENTORY: r"inventory|inv|i|(?:check|see|show|view|open)(?: my| the)? (?:inventory|things|items|belongings)|what(?: do i "
    r"have| am i carrying| i carry)|see what you carry",
    Verb.STATUS: r"status|stats|(?:check|see|show|view)(?: my| the)? (?:status|stats|condition)|how am i(?: doing)?|what time is it"
    r"|time|see how you are",
    Verb.MAP: r"map|(?:check|see|show|view|open)(?: my| the)? map|where can i go|exits|see the map",
    Verb.NOTES: r"notes|clues|journal|(?:check|see|show|view|read|open)(?: my| the)? (?:notes|clues|journal)|what(?: do i know| "
    r"have i learn(?:t|ed))|see what you have learnt",
    Verb.HELP: r"help|\?|commands|what can i do(?: here| now)?|what should i do|see what you can do|actions",
}
"""Whole texts that ask for something free."""

PREPOSITIONS: Mapping[str, Role] = {
    **dict.fromkeys(
        ("to", "on", "onto", "at", "in", "into", "inside", "from", "under", "toward", "towards", "through", "for", "behind"), Role.TO
    ),
    **dict.fromkeys(("with", "using", "by"), Role.BY),
    "and": Role.AND,
    **dict.fromkeys(("about", "regarding", "concerning", "of"), Role.ABOUT),
}

BEGINNINGS = re.compile(
    r"^(?:(?:please|ok|okay|now|then|so|well|and|i|we|let me|let's|lets|let us|can i|can you|could you|could i|would you|may i|i "
    r"want to|i'd like to|i would like to|"
    r"i'll|i will|i am going to|i'm going to|want to|try to|try and|go and|just|carefully|quickly|quietly|slowly|will|should|must"
    r"|shall)\s+)+"
)
FILLERS = frozenset(
    _words(
        "the a an some my your her his its this that please now then again carefully quickly quietly slowly gently up down over "
        "there here out back just it hello hi"
    )
)
NEGATION = re.compile(r"\b(?:don't|do not|dont|never|not|won't|without|avoid|stop)\b")
CODE_WORDS = re.compile(
    r"\b(?:enter|type|press|dial|punch|key|code|number|digits?|figures?|combination|pin|unlock|open|try|input|keypad|password)\b"
)
CODE_FILLERS = frozenset(_words("code number numbers digits figures combination pin password keypad numeric as"))

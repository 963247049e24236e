"""What asks for something free in English, as a table of whole texts."""

from collections.abc import Mapping

from services.game.rules.commands import Verb

FREE: Mapping[Verb, str] = {
    Verb.LOOK: r"look|l|(?:take|have) a(?:nother| good| quick)? look(?: around)?(?: here| me| the room| this place)?|"
    r"look around(?: here| again| me| the room| this (?:place|room))?"
    r"|look about|look again|where(?: on earth| the hell| exactly| in the world)? am i(?: now| exactly)?|what(?: do| can) i see(?: here|"
    r" now)?|describe(?: the| this)?(?: room| place|"
    r" surroundings)?"
    r"|what(?:'s| is)(?: in)? (?:here|around(?: me| here)?|in (?:here|this room|the room))|survey(?: the| this)? room|examine (?:the |"
    r"this |my )?(?:room|surroundings)"
    r"|look at (?:the |this |my )?(?:room|surroundings)|who(?:'s| is) here|what is this place",
    Verb.INVENTORY: r"inventory|inv|i|(?:check|see|show|view|open|look at|list|show me)(?: my| the)? (?:inventory|things|items|"
    r"belongings|stuff|pockets|bag contents|gear)"
    r"|(?:what|wat|wut)(?: do i have| have i got| am i carrying| am i holding| i carry| i have| do i carry| do i own)(?: on me| with me|"
    r" now)?|see what you carry|my (?:items|stuff|things)",
    Verb.STATUS: r"status|stats|(?:check|see|show|view)(?: me)?(?: my| the)? (?:status|stats|condition|health|state)|how am i(?: doing|"
    r" feeling)?(?: now)?|how do i feel"
    r"|what time is it(?: now)?|what(?:'s| is) the time|time|what day is it|what slot is it|how much time (?:is left|"
    r"do i have(?: left)?)|(?:check|see|tell me) (?:the |what )?time(?: is it| it is)?"
    r"|see how you are",
    Verb.MAP: r"map|(?:check|see|show|view|open|look at)(?: me)?(?: my| the)? map|where can i go(?: from here| now| next)?|exits|"
    r"(?:show|list|what are)(?: me)?(?: the)? exits"
    r"|see the map|which way can i go|what exits are there",
    Verb.NOTES: r"notes|clues|journal|notebook|(?:check|see|show|view|read|open|review|look at|go over)(?: me)?(?: my| the|"
    r" all)? (?:notes|clues|journal|notebook|evidence)"
    r"|what(?: do i know| have i (?:learn(?:t|ed)|found(?: out)?|discovered|got))(?: so far| now| already)?|see what you have learnt|"
    r"what clues do i have|recap",
    Verb.HELP: r"help(?: me)?|\?|commands|what can i do(?: here| now)?|what (?:should|do|must|am i supposed to|shall) i (?:do|"
    r"to do)(?: now| next| here)?|see what you can do|actions|options"
    r"|(?:i'm|i am) (?:stuck|lost)(?: help(?: me)?)?|how do i play(?: this)?(?: game)?|what now|(?:give me )?a hint|hint|"
    r"how does this work|instructions",
}
"""Whole texts that ask for something free."""


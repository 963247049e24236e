"""What asks for something free in English, as a table of whole texts."""

from collections.abc import Mapping

from services.game.rules.commands import Verb

FREE: Mapping[Verb, str] = {
    Verb.LOOK: r"(?:so )?what(?:\'s| have we got| do we have| is there)(?: all)?(?: in)? (?:here|around here|this place|"
    r"there)|describe (?:where i am|my surroundings|everything)|(?:have|take) (?:a |another )?(?:good |quick |long )?look "
    r"(?:round|about)|look (?:all )?(?:round|about)(?: here| the room)?|what(?:\'s| is) around(?: me| here)?|(?:tell me "
    r")?where (?:i am|am i)(?: right now)?|what (?:kind of |sort of )?(?:room|place) is this|scan (?:the )?(?:room|area|"
    r"surroundings)|survey (?:the |my )?(?:area|surroundings)|who else is here|is (?:anyone|anybody|someone) (?:else )?here|"
    r"what can (?:i|you) see|get my bearings|"
    r"look|l|(?:take|have) a(?:nother| good| quick)? look(?: around)?(?: here| me| the room| this place)?|"
    r"look around(?: here| again| me| the room| this (?:place|room))?"
    r"|look about|look again|where(?: on earth| the hell| exactly| in the world)? am i(?: now| exactly)?|what(?: do| can) i see(?: here|"
    r" now)?|describe(?: the| this)?(?: room| place|"
    r" surroundings)?"
    r"|what(?:'s| is)(?: in)? (?:here|around(?: me| here)?|in (?:here|this room|the room))|survey(?: the| this)? room|examine (?:the |"
    r"this |my )?(?:room|surroundings)"
    r"|look at (?:the |this |my )?(?:room|surroundings)|who(?:'s| is) here|what is this place",
    Verb.INVENTORY: r"(?:see |check |show |list |show me |tell me )?what(?:\'ve| have)? i(?:\'ve)? got(?: on me| so far| with "
    r"me)?|(?:see |check |show |list |show me |tell me )?what i(?:\'m| am)? ?(?:have|carry|carrying|holding|hold|own)(?: on "
    r"me)?|(?:is there )?anything (?:on me|in my (?:pockets?|hands|bag))|what(?:\'s| is) (?:in|on) (?:my (?:pockets?|hands?|"
    r"bag|person|inventory)|me)|(?:check|empty|search|go through) my (?:pockets?|bag)|what items do i have|do i have anything(?: on me)?|"
    r"inventory|inv|i|(?:check|see|show|view|open|look at|list|show me)(?: my| the)? (?:inventory|things|items|"
    r"belongings|stuff|pockets|bag contents|gear)"
    r"|(?:what|wat|wut)(?: do i have| have i got| am i carrying| am i holding| i carry| i have| do i carry| do i own)(?: on me| with me|"
    r" now)?|see what you carry|my (?:items|stuff|things)",
    Verb.STATUS: r"(?:am i|are we) (?:ok|okay|alright|doing (?:ok|okay|alright|well)|hurt|injured)|how(?:\'s| is) my "
    r"(?:health|condition|status)|how much time(?: is| do (?:i|we) have)?(?: left| remaining)?|how late is it|what(?:\'s| is) "
    r"(?:the date|today)|which day is it|how many (?:turns|days|hours) (?:are )?(?:left|remaining|do i have(?: left)?)|check "
    r"the time|my (?:stats|status|condition)|"
    r"status|stats|(?:check|see|show|view)(?: me)?(?: my| the)? (?:status|stats|condition|health|state)|how am i(?: doing|"
    r" feeling)?(?: now)?|how do i feel"
    r"|what time is it(?: now)?|what(?:'s| is) the time|time|what day is it|what slot is it|how much time (?:is left|"
    r"do i have(?: left)?)|(?:check|see|tell me) (?:the |what )?time(?: is it| it is)?"
    r"|see how you are",
    Verb.MAP: r"exits\?|where (?:do|does|can|could|should) (?:i|we) go(?: to)?(?: from here| now| next)?|which (?:rooms|"
    r"places|exits|ways)(?: \w+){0,5}|what are (?:my|the) exits|where are the exits|(?:any|list|show) exits|where(?: else)? "
    r"can (?:i|we) go|where does (?:this|that|it) lead|(?:is there|are there) (?:a way out|any exits|any doors)|ways out|"
    r"(?:check|consult|open|look at|see|show|bring up|pull up) (?:me )?(?:a |the |my )?map|"
    r"map|(?:check|see|show|view|open|look at)(?: me)?(?: my| the)? map|where can i go(?: from here| now| next)?|exits|"
    r"(?:show|list|what are)(?: me)?(?: the)? exits"
    r"|see the map|which way can i go|what exits are there",
    Verb.NOTES: r"(?:remind me |tell me |show me |go over |recap |review )?(?:of )?what(?: have)? i(?:\'ve| have)? "
    r"(?:learn(?:t|ed)|found(?: out)?|discovered|gathered|know|figured out|worked out|seen)(?: so far| until now| up to now)?|"
    r"(?:check|show|review|list|go over|look over|consult|read|see)(?: me)?(?: over)? (?:my|the|all my|all the) (?:notes|"
    r"clues|journal|notebook|evidence|findings)(?: so far)?|what(?:\'s| is) in my (?:notes|notebook|journal)|any clues so far|"
    r"clues so far|what do i know(?: about (?:this|all this))?|what are my clues|list (?:of )?clues|summari[sz]e(?: what i know)?|"
    r"notes|clues|journal|notebook|(?:check|see|show|view|read|open|review|look at|go over)(?: me)?(?: my| the|"
    r" all)? (?:notes|clues|journal|notebook|evidence)"
    r"|what(?: do i know| have i (?:learn(?:t|ed)|found(?: out)?|discovered|got))(?: so far| now| already)?|see what you have learnt|"
    r"what clues do i have|recap",
    Verb.HELP: r"(?:i have )?no (?:clue|idea) what (?:to do|i\'m doing)(?: here| now| next)?|(?:any|some|got any|have you "
    r"any) (?:hints?|tips?|advice|help|suggestions?)(?: please)?|(?:give me|i need|i want|i\'d like|can i have|can i get|"
    r"could i get|show me) (?:a |an |some |any )?(?:hints?|tips?|help|advice)|what commands(?: \w+){0,4}|(?:list|show)(?: "
    r"me)?(?: of)?(?: the| all)? commands|i (?:don\'t|do not) know what to do(?: \w+){0,2}|what am i (?:meant|supposed) to "
    r"do(?: \w+){0,2}|how do (?:i|you) (?:play|do this|control this)(?: this| the)?(?: game)?|how does this game work|what "
    r"can i type|what are my options|what next|now what|"
    r"help(?: me)?|\?|commands|what can i do(?: here| now)?|what (?:should|do|must|am i supposed to|shall) i (?:do|"
    r"to do)(?: now| next| here)?|see what you can do|actions|options"
    r"|(?:i'm|i am) (?:stuck|lost)(?: help(?: me)?)?|how do i play(?: this)?(?: game)?|what now|(?:give me )?a hint|hint|"
    r"how does this work|instructions",
}
"""Whole texts that ask for something free."""

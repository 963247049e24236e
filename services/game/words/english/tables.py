"""English, as tables: verb phrases, prepositions, and words that say nothing."""

import re
from collections.abc import Mapping

from services.game.rules.commands import Verb
from services.game.words.clauses import Role


def _words(listed: str) -> list[str]:
    return listed.split()


_GOING = "go walk move head run rush hurry sneak climb proceed step stroll wander crawl creep tiptoe march come travel slip return retreat"
_WHITHER = (
    "|to|into|in|in to|inside|out|out to|outside|through|back|back to|back into|over to|up to|down to|up|down|towards|toward|for|on to|onto"
)
_GOES = "|".join(f"{going} {whither}".strip() for going in _words(_GOING) for whither in _WHITHER.split("|"))

VERBS: Mapping[Verb, str] = {
    Verb.MOVE: f"{_GOES}|get into|get in|get on|board|climb aboard|enter|leave|leave for|exit|get out|visit|use the stairs to|"
    "make my way to|make for|cross to|escape|escape to|"
    "flee to",
    Verb.SEARCH: (
        "search|search for|search through|search in|search inside|search under|search behind|rummage|rummage in|rummage through|"
        "rummage around in"
        "|look for|look inside|look under|look underneath|look beneath|look behind|look through|peek under|peek underneath"
        "|peek behind|peek inside|peek into|peer under|peer behind|feel under|feel inside|reach into|reach under|dig through|dig into"
        "|go through the pockets of|go through|check inside|check under|check behind|ransack|frisk|pat down|rifle through|turn out|"
        "scour|hunt for|feel around|poke around|nose around|snoop around|root around|root through|turn over everything"
        "|explore|comb through|empty"
    ),
    Verb.EXAMINE: (
        "examine|look at|look in|look into|look on|look to|look closely at|look closer at|look|inspect|study|check|check out|check on|"
        "check up on|"
        "x|l|observe|watch"
        "|view|see|look over|peek at|peer at|peer in|peer into|peer through|glance at|gaze at|stare at|scan|regard|eye|investigate|"
        "analyze|analyse|scrutinize"
        "|take a look at|take a closer look at|take a close look at|take a good look at|take another look at|take a look in|"
        "take a peek at|sneak a look at|sneak a peek at|get a look at|sneak a look in|sneak a look into|peep at|peep into"
        "|have a look at|have a look in|have a look inside|have a look on|have a closer look at|have another look at|have a peek at|"
        "get a closer look at"
        "|get a better look at|flip|flip over|turn over"
    ),
    Verb.TAKE: (
        "take|nab|help myself to|pick up|grab|get|pocket|collect|lift|take out|remove|pick|snatch|steal|nick|swipe|seize|obtain|acquire|"
        "fetch|retrieve|"
        "gather|keep|take hold of"
        "|get hold of|scoop up|snag|put in my pocket|bag|loot|carry|pull out"
    ),
    Verb.DROP: "drop|put down|discard|throw away|leave behind|set down|lay down|put back|place down|get rid of|throw|toss|dump",
    Verb.GIVE: "give|hand|hand over|offer|pass|give back|return|deliver|hand back|bring",
    Verb.SHOW: "show|present|hold out|hold up|display|flash",
    Verb.USE: (
        "use|insert|put|put in|turn on|switch on|play|apply|repair|fix|mend|install|plug|plug in|push|press play on|hit play on|operate|"
        "replace|stick|slot"
        "|start|activate|press play|hit play|turn|ring|swing|drink|eat|light|burn|wear|put on|power on|power up|fit|pour|toll|wave|"
        "place|slide|jam|pop|load|feed|hook up|wind|crank|restart|rewind|hit|tap|shine|sound|send|transmit|sip|gulp|swallow|strike|"
        "shake|screw in"
    ),
    Verb.COMBINE: "combine|put together|join|connect|attach|merge|mix|assemble",
    Verb.OPEN: (
        "open|open up|pull|pull open|push open|slide open|pry open|prise open|force open|yank|yank open|tug|tug open|tear open|"
        "crack open|swing open|lift open"
        "|throw open|flip open|pop open|pry"
    ),
    Verb.CLOSE: "close|shut|close up|slam|push shut|pull shut|slam shut",
    Verb.UNLOCK: (
        "unlock|unscrew|undo|enter code|type|type in|dial|press|punch in|punch|key in|try|input|enter the code|try code|try the code|"
        "unbolt|unlatch|put in the code"
        "|set the code to|set the dial to|set|turn the dial to|turn the dials to"
    ),
    Verb.READ: "read|read through|reread|re read|leaf through|flick through|read out",
    Verb.TALK: (
        "talk|talk to|talk with|speak|speak to|speak with|ask|tell|say|greet|chat|chat to|chat with|question|say to|call|call out to|"
        "discuss|chat up|hi|hello|hey"
        "|say hi to|say hello to|thank|apologize to|apologise to|inform|interrogate|whisper to|shout at|shout to|answer|reply to|mention"
        "|strike up a conversation with|start a conversation with|have a conversation with|have a chat with|have a word with|"
        "make small talk with|inquire about|inquire"
        "|approach|bring up|warn|address|consult"
    ),
    Verb.PERSUADE: "persuade|convince|plead with|beg|urge|coax|talk into|win over|reason with|implore|appeal to|calm|calm down|reassure|"
    "comfort",
    Verb.LIE: "lie to|lie|deceive|bluff|trick|mislead|fool|tell a lie to|pretend to",
    Verb.ACCUSE: "accuse|blame|confront|point the finger at|charge|denounce",
    Verb.HIDE: (
        "hide|hide in|hide inside|hide under|hide underneath|hide behind|hide beneath|hide beside|crawl under|get under|duck behind|"
        "duck down behind|duck down|crouch down behind|"
        "duck under|crouch behind|conceal myself"
        "|conceal myself in|conceal myself behind|take cover|take cover behind|squeeze behind|get behind|slip behind|duck"
    ),
    Verb.LISTEN: (
        "listen|listen at|listen to|listen through|listen in on|eavesdrop|eavesdrop on|eavesdrop at|press my ear to|"
        "press my ear against|put my ear to|put my ear against|overhear"
        "|listen for|listen in"
    ),
    Verb.FOLLOW: "follow|shadow|tail|go after|walk after|trail|chase|go along with|accompany|go with|stalk",
    Verb.WAIT: (
        "wait|wait a while|wait for a while|rest|pass time|pass the time|do nothing|wait a bit|wait for a bit|wait a moment|"
        "wait a little|wait here|stay put|stay here|stay|stay still"
        "|chill|chill out|chill for a while|hang around|hang on|stand still|kill time|kill some time|idle|linger|pause|sit and wait|"
        "sit tight|wait it out|bide my time|let time pass|z"
        "|wait up|wait around|stay awake"
    ),
    Verb.SLEEP: (
        "sleep|go to sleep|go back to sleep|fall asleep|nap|take a nap|get some sleep|catch some sleep|get some rest|go to bed|"
        "go back to bed|turn in|turn in for the night|bed down|sleep till|sleep until|hit the sack|call it a night"
        "|call it a day|doze|doze off|lie down and sleep|lie down to sleep|have a nap|retire for the night|get some shut eye"
    ),
}
"""What the text begins with; the longest phrase that fits is the one that is meant."""

NO_VERBS = re.compile(
    r"^(?:lie (?:down|on|in|back|low|there|here)|look forward|see if|see whether|take off|take (?:my|the) time|give up|get ready|"
    r"call (?:for )?help)\b"
)
"""What begins like a verb and is another, that the game doesn't have."""
PARTED = frozenset(_words("open shut closed on off over up down out back away inside"))
"""What may stand at the end, away from its verb: pull the drawer open."""
LEAVING = frozenset([*_words("leave exit escape"), "get out"])
"""Verbs whose name is where one leaves from."""

IRREGULAR: Mapping[str, str] = {
    "went": "go",
    "took": "take",
    "taken": "take",
    "gave": "give",
    "said": "say",
    "told": "tell",
    "put": "put",
    "got": "get",
    "saw": "see",
    "spoke": "speak",
    "slept": "sleep",
    "hid": "hide",
    "lied": "lie",
    "lying": "lie",
    "left": "leave",
    "held": "hold",
    "threw": "throw",
    "shut": "shut",
    "opend": "open",
    "ran": "run",
    "came": "come",
    "hiding": "hide",
}

REWRITTEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^let (?!me\b|us\b)(.+?) (?:see|look at|have a look at) (.+)$"), r"show \2 to \1"),
    (
        re.compile(r"^(?:use|take|grab) (.+?) (?:and|to) (open|unlock|unscrew|undo|pry open|force open|pry|repair|fix|start) (.+)$"),
        r"\2 \3 with \1",
    ),
    (re.compile(r"^using (?:the |my )?(.+?),? (open|unlock|unscrew|undo|fix|repair) (.+)$"), r"\2 \3 with \1"),
    (re.compile(r"^(?:put|press|hold|place) (?:an|my|your) ear (?:to|against|on) (.+)$"), r"listen at \1"),
    (re.compile(r"^(?:ask|beg|urge) (.+?) for help$"), r"persuade \1"),
    (re.compile(r"^(?:go|look|dig|rifle) through (.+?)(?:'s)? (?:pockets?|drawers|contents)$"), r"search \1"),
    (re.compile(r"^talk (.+?) into (?:helping|it)\b.*$"), r"persuade \1"),
)
"""Turns of phrase, and what they are the same as."""

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

PREPOSITIONS: Mapping[str, Role] = {
    **dict.fromkeys(
        _words("to on onto at in into inside under underneath beneath toward towards through for behind against beside near over upon"),
        Role.TO,
    ),
    **dict.fromkeys(("from", "off"), Role.FROM),
    **dict.fromkeys(("with", "using", "by"), Role.BY),
    **dict.fromkeys(("and", "then"), Role.AND),
    **dict.fromkeys(("about", "regarding", "concerning", "of"), Role.ABOUT),
}

TELLING_APART = frozenset(
    _words(
        "red blue green yellow black white grey gray brown pink purple golden silver other another second third last left right big "
        "small large wrong"
    )
)
"""What tells one thing from another of its kind: who says it may mean another than is here."""
WHERE = frozenset(_words("on in under off from near by beside behind at inside against around over above below underneath beneath"))
"""Prepositions that say where a thing is."""
TAILS = re.compile(
    r"\s(?:(?:that |which )?(?:i|we) (?:found|have|had|took|saw|picked up|got|just \w+|was|am|were|woke up|read|brought|carry|hold)|"
    r"because|since|so that|so i can|so we can|while|until|till|in case|just in case|hoping|wherever|whatever|however|whenever|"
    r"as quietly as|as fast as|as soon as|before (?:he|she|they|anyone|someone)"
    r"|to see (?:if|what|whether|who|how)|to check|to find out|to make sure|to warm|in order to|for (?:a while|a bit|a moment|now|"
    r"good measure))\b.*$"
)
"""Why, how long and what for: it does not change the deed."""
_FIRST = (
    "ah|alright|and|attempt to|begin by|begin to|better|can i|can you|continue to|could i|could you|decide to|"
    "decided to|first|go ahead and|go and|going to|gonna|gotta|had better|have to|how about|i|i am|i am going to|"
    "i got to|i guess|i have to|i need to|i suppose|i think|i want to|i will|i would like to|i'd|i'd like to|i'll|"
    "i'm|i'm going to|i'm gonna|i've got to|just|keep|kindly|lemme|let me|let us|let's|lets|may i|maybe|must|"
    "need to|next|now|oh|ok|okay|perhaps|please|pls|plz|proceed to|quick|quietly|right|should|silently|so|"
    "start by|start to|then|time to|try and|try to|wanna|want to|we|well|why don't i|why not|will|will you|"
    "would you|would you mind"
)
BEGINNINGS = re.compile(
    r"^(?:(?:"
    + "|".join(sorted(_FIRST.split("|"), key=len, reverse=True))
    + r"|hmm+|uh+|um+|hey(?= i\b)|(?!apply|reply|supply|rely|fly|family|only)[a-z]{3,}ly"
    r")\s+)+"
)
"""What an order may begin with before its verb; the longest goes first."""
ASKING = re.compile(
    r"^(?:(?:and|so|but|ok|well|hmm)\s+)*(?:if|what if|what happens|what would|when|whenever|why(?! not| don't i)|who|whose|where|"
    r"how(?! about)|which|should (?:i|we)|shall (?:i|we)|is|are|was|were|do|does|did|am|has"
    r"|had|have (?:i|we)|would it|would i|could it|can it|i wonder|i wish|unless|before|after|once|while|imagine|suppose|it|he|she|they|"
    r"someone|somebody|everyone)\b"
)
"""What begins no order: questions, conditions, what somebody else does."""
FILLERS = frozenset(
    _words(
        "the a an some any my your her his its their this that these those please pls plz now then again up down over "
        "there here out back just it hello hi around all both them everything everywhere each teh hte th entire whole "
        "quick thing things anything something useful interesting clues evidence hints carefully first instead too also very more "
        "closer closely "
        "what's what is are written says say who which inside maybe bit little while moment so really one other "
        "around me myself look hand hands hard tight loudly softly alone quietly"
    )
)
PARTS = frozenset(
    _words(
        "drawer drawers door lid pocket pockets cover handle knob back front top bottom edge side inside pages page writing surface "
        "contents mechanism"
    )
)
"""Parts of things: after a name, nothing by themselves."""
PART_OF = re.compile(rf"\b({'|'.join(sorted(PARTS))})\s+(?:of|in|on|from|under)\s+")
NEGATION = re.compile(
    r"\b(?:don't|do not|dont|never|not|won't|wont|without|avoid|stop|refuse to|refrain|leave (?:it|him|her|them|\w+(?: \w+)?) alone|"
    r"no longer|cannot bring|later|(?<!till )(?<!until )tomorrow|some other time)\b"
)
DIGITS: Mapping[str, str] = {
    "zero": "0",
    "oh": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
SPOKEN_CODE = re.compile(rf"\b(?:(?:{'|'.join(DIGITS)})\b[\s,-]*){{3,}}")
CODE_WORDS = re.compile(
    r"\b(?:enter|type|press|dial|punch|key|code|number|digits?|figures?|combination|pin|unlock|open|try|input|keypad|password|set|use|"
    r"put)\b"
)
CODE_FILLERS = frozenset(_words("code number numbers digits figures combination pin password keypad numeric as dials dial lock buttons"))

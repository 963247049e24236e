"""English words that are no deeds, as tables: prepositions, parts of things, words that say nothing, figures."""

import re
from collections.abc import Mapping

from services.game.words.clauses import Role


def _words(listed: str) -> list[str]:
    return listed.split()


PREPOSITIONS: Mapping[str, Role] = {
    **dict.fromkeys(
        _words(
            "to on onto at in into inside under underneath beneath toward towards through for behind against beside near over upon within "
            "across along around above below between among by"
        ),
        Role.TO,
    ),
    **dict.fromkeys(("from", "off"), Role.FROM),
    **dict.fromkeys(("with", "using"), Role.BY),
    **dict.fromkeys(("and", "then", "plus", "&"), Role.AND),
    **dict.fromkeys(("about", "regarding", "concerning", "of", "re", "over"), Role.ABOUT),
}
WHERE = frozenset(
    _words("on in under off from near by beside behind at inside against around over above below underneath beneath between within next")
)
"""Prepositions that say where a thing is."""
TELLING_APART = frozenset(
    _words(
        "red blue green yellow black white grey gray brown pink purple golden gold silver orange other another second third fourth last "
        "left right leftmost rightmost wrong different next previous every any no neither either nobody's someone's"
    )
)
"""What tells one thing from another of its kind: who says it may mean another than is here."""
DESCRIBING = re.compile(
    r"\w{2,}(?:ish|ful|ous|less|ive|some|like)|(?!(?:table|cable|stable|vegetable)$)\w{2,}(?:able|ible)|\w{2,}(?:ical|onal|tial|ual|ural)|"
    r"(?!(?:jelly|family|belly)$)\w{2,}(?:[bdfklmnpsvwxz]|[^i]t|gg|lth)y|(?!(?:bed|shed|seed|weed)$)\w{2,}ed|"
    r"(?!(?:dining|sewing|fishing|building|wedding|painting|ceiling|landing|drawing|reading|writing|living|"
    r"sitting|dressing|evening)$)\w{3,}ing|"
    r"scary|dreary|ordinary|dry|hairy|weary|metallic|rustic|mystic|magnetic|electric|gothic|historic|"
    r"cryptic|automatic|broken|frozen|sunken|"
    r"rotten|hidden|forgotten|stolen|fallen|open|swollen|old|new|big|small|large|huge|tiny|little|long|short|tall|high|low|deep|wide|thick|"
    r"thin|flat|round|square|light|soft|hard|cold|hot|warm|cool|wet|dark|bright|pale|dim|clean|strange|odd|weird|eerie|nice|fine|good|bad|"
    r"poor|same|whole|entire|only|own|dear|damn|stupid|dumb|plain|simple|strong|weak|loose|tight|sharp|blunt|rough|smooth|bare|full|shut|"
    r"ajar|ancient|antique|modern|ornate|grand|famous|fresh|stale|grandpa|granny|grandma|grandfather|"
    r"grandmother|uncle|aunt|auntie|captain|doctor|professor|officer|brother|sister|mister|mr|mrs|ms|"
    r"miss|madam|sir|lady|young|quiet|torn|stuck|lit|worn"
)
"""What describes a thing, and tells it from no other."""
FILLERS = frozenset(
    _words(
        "the a an some any my your her his its their our this that these those please pls plz now then again up down over "
        "there here out back just it hello hi around all both them everything everywhere each teh hte th entire whole "
        "quick thing things anything something useful interesting clues evidence hints carefully first instead too also very more "
        "closer closely what's what is are written says say who which inside maybe bit little while moment so really one other "
        "around me myself look hand hands hard tight loudly softly alone quietly hey there's um uh well yeah yes oh "
        "together once twice slow fast away forward along straight right aloud loud he's she's whoever whatever "
        "mister mr mrs ms miss sir madam ma'am please! kindly thoroughly properly good morning evening afternoon night "
        "still ahead upright close nearby secretly time "
        "handy valuable worthwhile relevant suspicious damn damned bloody fucking goddamn somewhere anywhere "
        "somehow someplace tomorrow noon midnight dawn daylight sunrise"
    )
)
POINTING = frozenset(_words("it this that them these those"))
"""Words for what was named just before."""
PARTS = frozenset(
    _words(
        "drawer drawers door lid pocket pockets cover handle handles knob back front top bottom edge side sides inside insides pages page "
        "writing surface contents mechanism corner corners interior lining sleeve label inscription screws screw hinge hinges lock keyhole "
        "dial dials buttons button keypad keys underside outside base frame leg legs seat cushion cushions "
        "mattress pillow pillows sheets blanket blankets duvet quilt rug hem seams seam zip zipper clasp "
        "straps strap footer heading "
        "face needle hands text title cover covers spine trace needle reading rim"
    )
)
"""Parts of things: after a name, nothing by themselves."""
PART_OF = re.compile(rf"\b({'|'.join(sorted(PARTS))})\s+(?:of|in|on|from|under)\s+")
PHATIC = frozenset(
    _words(
        "howdy ahoy yo greetings salutations i i'm i've am be you you're your are is was do does did can "
        "could will would how what who why when where how's what's who's "
        "that this it and for so much very hello hi hey there good morning evening afternoon day thanks thank sorry please excuse me my "
        "name nice to meet meeting see again help kind kindness understand alright okay ok well fine feeling feel doing today here name's "
        "pleased pleasure bye goodbye greetings yes no sir madam miss ma'am truth everything anything something more know tell talk speak "
        "going on about up with happened say said love trust believe friend hear see look stay with at all of in if ever "
        "never not don't let's let get go leave come have got need want minute second moment time busy"
    )
)
"""What people say to each other that is about nothing in particular."""
DIGITS: Mapping[str, str] = {
    "zero": "0",
    "oh": "0",
    "o": "0",
    "nought": "0",
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
TIMES: Mapping[str, int] = {"double": 2, "triple": 3}
_FIGURE = rf"(?:(?:double|triple)\s+)?(?:{'|'.join(DIGITS)}|[0-9](?![0-9]))\b"
SPOKEN_CODE = re.compile(rf"(?<![\w.])(?:{_FIGURE}[\s,.\-]*){{3,}}|\b(?:triple|double)\s+(?:{'|'.join(DIGITS)}|[0-9])\b[\s,\-]*")
CODE_WORDS = re.compile(
    r"\b(?:enter|type|press|dial|punch|key|code|number|digits?|figures?|combination|pin|unlock|open|try|input|keypad|password|set|use|"
    r"attempt|how about|what about|here goes|put|tap|spin|turn|jab|go with|give)(?:ing|ed|s)?\b|^\s*(?:on|"
    r"into|for|in|at)\s|\bso\s+(?:on|into|at|in)\b|\bso\s*$"
)
CODE_FILLERS = frozenset(
    _words("code number numbers digits figures combination pin password keypad numeric as dials dial lock buttons give try go sequence")
)

"""English turns of phrase, as a table: what they are the same as, in the words of the other tables."""

import re

_HOW = (
    r"(?:(?:very |really )?(?:quick|good|close|closer|careful|proper|thorough|little|long|hard|discreet|sneaky|brief|"
    r"second|quiet|fast|better) )?"
)
_ONE = rf"(?:a|an|another|one more|the) {_HOW}"
_OPENED = "open|unlock|unscrew|undo|pry open|force open|pry|repair|fix|start|light|jimmy|loosen|unfasten|operate"
_GIVEN = {
    "once over|look|look over|going over|inspection|check|glance|eye|examination|study": "examine",
    "search|rummage|going through|frisk|pat down|rifle": "search",
    "push|pull|tug|yank|heave|shove": "open",
    "ring|play|swing|shake|crank|spin|wave|tap|whirl|turn|toll": "use",
    "read|skim|read through": "read",
    "try|go|shot": "try",
    "listen": "listen to",
}
_HAD = {
    "look|peek|glance|gander|peep|squint|butcher's|looksie|nosey": "look",
    "search|rummage|dig|root|feel|hunt|poke|snoop": "search",
    "listen": "listen",
    "chat|talk|word|conversation|natter": "talk",
    "read|skim|browse": "read",
    "walk|stroll|wander": "walk",
}
_PLACES = "on|in|into|at|to|inside|under|underneath|behind|beneath|through|around|over|with|of"

_LIMB = r"(?:my|a|one|an|both)(?: own)? (?:\w+ )?(?:hands?|arms?|fingers?)"
PREPARING = re.compile(
    r"^(?:where|who|what|how|why|step|walk|go|come|move|head|lean|bend|crouch|kneel|stand|sit|lie|curl|"
    r"stoop|squat|reach|stretch|turn|roll|fold|unroll|spread|unfold|flip|hold|"
    r"take (?:down|out)|lift down|get (?:out|up|down)|pull out|fish out|dig out|unhook|coil|brush|dust|wipe|clean|blow (?:the )?dust|"
    r"(?:open|rub|close) my eyes|take a (?:deep )?breath|hold my breath|clear my throat|see (?:where|what|who|how|why|if|"
    r"whether)|strike (?:a|the) match|"
    r"light (?:a|the) match|draw (?:closer|near)|approach|wander|stroll|tiptoe|creep|sneak|shuffle|hurry|run|climb|pick (?:it|them) up|hop|"
    r"lower myself|grip|steady|brave|gather my|pluck up|take heart|steel myself|screw up my|act (?:natural|"
    r"casual|normal)|stay calm|compose myself|keep calm|square my|grit my)\b"
)
"""What one does to do another thing: that is the deed."""

TURNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"^(?:line|set|turn|spin|roll|rotate|adjust|move|change) (?:the )?(.+?)(?:'s)? (?:dials?|wheels?|tumblers?|numbers?|digits?|"
            r"combination|lock|code)(?: up)?(?: to)?$"
        ),
        r"unlock \1",
    ),
    (
        re.compile(
            r"^(?:(?:look|stare) (.+?) in the (?:eyes?|face) and (?:say|tell (?:her|him|them))|tell (.+?)|say) (?:that )?"
            r"(?:she|he|they|it|you)(?:'s|'re| is| are| was| were) (?:the )?(?:culprit|killer|murderer|thief|guilty|"
            r"responsible|criminal)\b.*$"
        ),
        r"accuse \1\2",
    ),
    (re.compile(r"^go (?:and )?(?:have|take) (?:a|another) look (?:upstairs |downstairs |around |over )?(?:in|around) (.+)$"), r"go to \1"),
    (re.compile(r"^(?:push )?open (?:the|a|that) door,? (?:and |to )?((?:go|step|walk|head|run|slip|sneak|move|enter|exit) .+)$"), r"\1"),
    (
        re.compile(
            r"^(?:check|see|look|find out) whether (?:there's|there is|anything's|anything is|something is)(?: anything| something)?"
            r"(?: hidden| written| there| lying| stuck)? (behind|in|inside|under|underneath|beneath|on) (.+)$"
        ),
        r"look \1 \2",
    ),
    (
        re.compile(
            r"^(?:tuck|stuff|stash|slip|put|stow|shove|cram|stick|drop) (.+?) (?:away )?(?:in|into|inside|under|beneath) (?:my|the) "
            r"(?:coat|jacket|shirt|belt|pocket|pockets|bag|sleeve|arm|backpack|pack|cloak|sweater)$"
        ),
        r"take \1",
    ),
    (re.compile(r"^(?:try|have a (?:go|try|crack|stab|shot) at) (\w+ing\b.*)$"), r"\1"),
    (re.compile(r"^(?:creep|sneak|walk|run|hurry|head|go|tiptoe|slip|trot|dash|set off|move|follow)(?: \w+)? after (.+)$"), r"follow \1"),
    (re.compile(r"^hear (?:more |something |anything )?about (.+) from (.+)$"), r"ask \2 about \1"),
    (
        re.compile(r"^(?:demand|want|ask|need) to know from (.+?) (what|why|who|where|when|how|whether|if|about) (.+)$"),
        r"ask \1 \2 \3",
    ),
    (re.compile(r"^(?:make|place) (?:a|the) (?:phone )?call (?:on|with|using|from) (.+)$"), r"use \1"),
    (
        re.compile(
            rf"^(?:put|stick|plunge|thrust|shove|slip|slide|dip|reach|push|stuff|jam|sink|run|dig) {_LIMB} (?:\w+ )?"
            r"(?:in|into|inside|under|behind|through)(?: to)? (.+)$"
        ),
        r"search \1",
    ),
    (
        re.compile(
            r"^(?:wedge|squeeze|squash|tuck|fold|hide|conceal|flatten|press|stuff|throw|fling|wriggle|slip|cram|lower) myself "
            r"(?:in |down |away |up |flat )?(behind|under|inside|into|in|between|beneath|beside|against)\b(.*)$"
        ),
        r"hide \1\2",
    ),
    (
        re.compile(
            r"^(?:see|find out|read|check|look at) what (?:somebody|someone|they|he|she) (?:wrote|scribbled|has "
            r"written) (?:in|on) (.+)$"
        ),
        r"read \1",
    ),
    (re.compile(r"^let (?!me\b|us\b)(.+?) (?:see|look at|have a look at|have a read of|read) (.+)$"), r"show \2 to \1"),
    (re.compile(r"^let (?!me\b|us\b)(.+?) (?:have|keep|hold|hang on to) (?!a look|a read)(.+)$"), r"give \2 to \1"),
    (re.compile(rf"^(?:use|take|grab) (.+?) (?:and|to) ({_OPENED}) (.+)$"), r"\2 \3 with \1"),
    (re.compile(rf"^(?:using|with) (?:the |my |a )?(.+?),? ({_OPENED}) (.+)$"), r"\2 \3 with \1"),
    (re.compile(r"^take (?:the |my )?(.+?) to (?:the )?(.+?)(?:'s)? (?:screws?|lock|bolts?)$"), r"unlock \2 with \1"),
    (
        re.compile(r"^(?:put|press|hold|place|lay|stick|lean) (?:an|my|your|the|one) ear (?:up )?(?:to|against|on|at) (.+)$"),
        r"listen at \1",
    ),
    (re.compile(r"^(?:ask|beg|urge|plead with) (.+?) (?:for help|to help(?: me)?(?: out)?)$"), r"persuade \1"),
    (re.compile(r"^(?:go|look|dig|rifle|search) through (.+?)(?:'s)? (?:pockets?|drawers|contents)$"), r"search \1"),
    (re.compile(r"^talk (.+?) into (?:helping|it)\b.*$"), r"persuade \1"),
    (re.compile(r"^talk (.+?) into (?:talking|telling (?:me )?|speaking|opening up|saying (?:more )?)\s*(about .+)?$"), r"persuade \1 \2"),
    (re.compile(r"^(?:get|make|have) (.+?) (?:to talk|talking|to speak|speak|talk|to open up|to tell me)\s+(about .+)$"), r"ask \1 \2"),
    (re.compile(r"^(?:keep |stay |be )?(?:on|at|to|hot on) (.+?)(?:'s)? (?:heels|tail|trail)$"), r"follow \1"),
    (
        re.compile(r"^tell (.+?) (?:a|some|another|the biggest) (?:lies?|fibs?|white lie|pack of lies)(?: about (.+))?$"),
        r"lie to \1 about \2",
    ),
    (
        re.compile(r"^(?:spin|feed|sell|tell) (.+?) (?:a|some) (?:yarn|tale|made up story|tall tale|false story)(?: about (.+))?$"),
        r"lie to \1 about \2",
    ),
    (re.compile(r"^(?:get|go|run|walk|come|sneak|move) up and (.+)$"), r"\1"),
    (re.compile(r"^(?:go|walk|come|get|step|head|wander|stroll|run) (?:over|up|across|over there|here)(?: there)? and (.+)$"), r"\1"),
    (
        re.compile(
            r"^(?:stand|sit|kneel|bend|crouch|lean|squat|stop|turn|reach|stretch)(?: up| down| over| forward| in| out| around|"
            r" back| still)*(?: and|,) (?!hide|sleep)(.+)$"
        ),
        r"\1",
    ),
    (re.compile(r"^(?:hold my breath|keep quiet|stay quiet|be quiet|take a deep breath|stay silent|hush)(?:,? and|,| to)? (.+)$"), r"\1"),
    (re.compile(r"^(?:be careful|take care) (?:and|to) (.+)$"), r"\1"),
    (re.compile(r"^wave (.+?) (?:in front of|at|before|under the nose of|in the face of) (.+)$"), r"show \1 to \2"),
    (
        re.compile(
            r"^(?:shove|push|thrust|stick|hold|put|wave|dangle) (.+?) (?:in|in front of|under|up to|before|right in front of) "
            r"(.+?)(?:'s)? (?:face|nose|eyes)$"
        ),
        r"show \1 to \2",
    ),
    (re.compile(r"^(?:hold|put) (.+?) (?:out |up )?in front of (.+)$"), r"show \1 to \2"),
    (
        re.compile(r"^put (.+?) (?:away )?(?:in|into|inside) (?:my|the|a) (?:pocket|pockets|bag|coat pocket|backpack|jacket pocket)$"),
        r"take \1",
    ),
    (re.compile(r"^slip (.+?) (?:in|into|inside) (?:my|the|a) (?:pocket|pockets|bag|sleeve)$"), r"take \1"),
    (
        re.compile(
            r"^(?:put|place|set|lay|leave|rest|drop) (.+?) (?:back )?(?:down )?(?:on|onto|upon) (?:the )?(?:floor|ground|carpet|rug)$"
        ),
        r"drop \1",
    ),
    (re.compile(r"^(?:leave|put|set|drop|place) (.+?) (?:down )?(?:here|right here|over here|down here)$"), r"drop \1"),
    (re.compile(r"^slide (.+?) (?:open)$"), r"open \1"),
    (
        re.compile(
            r"^(?:pop|slip|slide|drop|stick|jam|slot|poke) (?!around\b|about\b|in\b|into|to\b|out|over|back|down|"
            r"up\b|inside|through|off|on\b|"
            r"across|under|behind|by\b|away)(.+?) (?:back )?(?:in|into|inside|onto|on) (.+)$"
        ),
        r"put \1 in \2",
    ),
    (re.compile(r"^give a (?:try|go|shot|whirl)$"), r"try"),
    (re.compile(r"^bring (?!back\b)(.+?) (?:over )?to (.+)$"), r"give \1 to \2"),
    (re.compile(r"^(?:have|take|get) (?:a|an|another|one more) (?:\w+ )?(?:look|peek|glance|gander)$"), r"examine"),
    (re.compile(r"^(?:bring up|raise|mention) (.+?) (?:with|to) (.+)$"), r"ask \2 about \1"),
    (re.compile(r"^pull out (?=.*\bdrawers?\b)(.+)$"), r"open \1"),
    (re.compile(r"^(?:put|drop|place|press|push|thrust|slip) (.+?) into (.+?)(?:'s)? (?:hands?|palm|lap)$"), r"give \1 to \2"),
    (
        re.compile(
            r"^(?:see|check|find out|look at|look) (?:what|which|how much|how many|where|whether|if)(?: the)? time (.+?) "
            r"(?:shows?|says?|tells?|reads?|stopped at)$"
        ),
        r"examine \1",
    ),
    (
        re.compile(
            r"^(?:see|find out|check|look at|look|make out) what(?:'s| is| has been)? (?:\w+ )?(?:written|scribbled|scrawled|"
            r"engraved|carved|printed|pencilled|penciled|inscribed|marked|noted)(?: in| down)? (?:on|in|inside|over) (.+)$"
        ),
        r"read \1",
    ),
    (re.compile(r"^read what(?:'s| is)?(?: \w+)? (?:on|in|written on|written in) (.+)$"), r"read \1"),
    (re.compile(r"^(?:see|find out|check|look at|look) what (.+?) (?:says|reads|say)$"), r"examine \1"),
    (re.compile(r"^(?:hear|listen to|find out|check) what(?:'s| is) (?:recorded )?on (.+)$"), r"use \1"),
    (re.compile(r"^hear (?!what\b)(.+)$"), r"listen to \1"),
    (re.compile(r"^off to bed i go$"), r"sleep"),
    (re.compile(r"^(?:look|check|see) myself out? in (.+)$"), r"examine \1"),
    (re.compile(r"^check myself out in (.+)$"), r"examine \1"),
    (re.compile(r"^find (?:a place|somewhere|a spot|some place|a good spot)(?: to hide)?(?: here)? (in .+?) to hide$"), r"hide \1"),
    (re.compile(r"^(?:find|look for) (?:a place|somewhere|a spot|some place|a good spot) to hide\b(.*)$"), r"hide\1"),
    (re.compile(r"^let myself (?:in to|into|in|out to|out into) (.+?) (?:with|using) (.+)$"), r"unlock \1 with \2"),
    (re.compile(r"^turn (.+?) in (?:the )?(.+)$"), r"unlock \2 with \1"),
    (re.compile(r"^put (.+?) in (.+?) and turn (?:it|the key)$"), r"unlock \2 with \1"),
    (re.compile(r"^(?:let's |let us )?take (?:the )?lid off (.+)$"), r"open \1"),
    (re.compile(r"^(?:look|pry|dig|check|go|see) into what happened (.+)$"), r"look into what happened \1"),
    *((re.compile(rf"^give (.+?) {_ONE}(?:{nouns})$"), rf"{verb} \1") for nouns, verb in _GIVEN.items()),
    *(
        (re.compile(rf"^(?:have|take|get|grab|sneak|steal|do) {_ONE}(?:{nouns}) ({_PLACES}) (.+)$"), rf"{verb} \1 \2")
        for nouns, verb in _HAD.items()
    ),
    (re.compile(rf"^(?:have|take|get|do) {_ONE}(?:listen)$"), r"listen"),
)
"""In this order: what a turn makes of a text may be the next one's."""

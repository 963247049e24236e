"""English idioms, as a table: what they are the same as, in the words of the turns of phrase."""

import re

IDIOMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"^(?:using|with) (?:the |my |a )?(.+?),? (?=(?:loosen|undo|remove|unscrew|take out|back out|turn) "
            r"(?:the |all |every |each |those |its )*screws?\b)(.+)$"
        ),
        r"\2 with \1",
    ),
    (
        re.compile(
            r"^(?:loosen|undo|remove|unscrew|take out|back out|turn|twist out|work loose) (?:the |all the |every "
            r"|each |all |those |its |all of the )*screws? (?:on|of|in|from|holding|that hold) (.+?)((?: with "
            r".+)?)$"
        ),
        r"unlock \1\2",
    ),
    (re.compile(r"^(?:go over|go through|comb|search|check|comb through) (.+) with a fine tooth(?:ed)? comb$"), r"search \1"),
    (
        re.compile(
            r"^(?:push|press|hit|click|tap|punch|jab) (?:the |its |a )?(?:(?:play|power|red|green|start|record|"
            r"big|little|on) )?(?:button|switch|key|lever)s? (?:on|of) (.+)$"
        ),
        r"press \1",
    ),
    (re.compile(r"^(?:press|hit|push) play (?:on|for) (.+)$"), r"use \1"),
    (
        re.compile(
            r"^(?:get|hear|ask for|seek|want|find out|learn) (.+?)'s? (?:take|opinion|thoughts?|views?|side|version|"
            r"account|story|explanation|advice|feelings|perspective) (?:on|about|of|regarding) (.+)$"
        ),
        r"ask \1 about \2",
    ),
    (
        re.compile(
            r"^(?:hear|find out|learn|listen to|see|ask) what (.+?) (?:has to say|thinks?|knows?|says|said|remembers?|"
            r"can tell me|makes?)(?: to me)? (?:about|of|on|regarding) (.+)$"
        ),
        r"ask \1 about \2",
    ),
    (
        re.compile(
            r"^(?:get|have|make|ask|want) (?!me\b|us\b|it\b)(.+?) (?:to )?(?:explain|clarify|reveal|recount|spell "
            r"out|elaborate|shed light)(?: to me)?(?: more)?(?: about| on)? (.+)$"
        ),
        r"ask \1 about \2",
    ),
    (
        re.compile(
            r"^(?:press|grill|quiz|pump|probe|sound|tackle|draw|pin|question|quizz) (.+?)(?: out| down)? (?:on|"
            r"regarding|as to|concerning|for (?:details|news|information) (?:on|of|about)) (?:the (?:subject|"
            r"matter|topic|question|issue) of )?(.+)$"
        ),
        r"ask \1 about \2",
    ),
    (re.compile(r"^(.+) (?:on|to) the (?:subject|matter|topic|question|issue) of (.+)$"), r"\1 about \2"),
    (
        re.compile(r"^(?:wish|bid) (.+?) (?:a )?(?:very )?(?:good|happy|pleasant|nice|fine) (?:morning|day|evening|night|afternoon|luck)$"),
        r"greet \1",
    ),
    (
        re.compile(
            r"^say (?:something|anything|a few words|a word|some words|things?)(?: (?!false|untrue|misleading|made)\w+){0,2}? to (.+)$"
        ),
        r"talk to \1",
    ),
    (
        re.compile(
            r"^(?:feed|spin|sell|tell|give) (.+?) (?:a|an|some|another) (?:\w+ )?(?:lie|lies|fib|fibs|falsehood|"
            r"untruth|whopper)(?: (?:about|regarding) (.+))?$"
        ),
        r"lie to \1 about \2",
    ),
    (
        re.compile(
            r"^(?:dog|trace|follow|follow in|shadow|track|match) (.+?)'s? (?:footsteps|steps|every move|every "
            r"step|movements|tracks|footprints)$"
        ),
        r"follow \1",
    ),
    (re.compile(r"^win (.+?) (?:over|round|around)(?: (?:with|about|by mentioning|using|on) (.+))?$"), r"persuade \1 about \2"),
    (re.compile(r"^(?:measure|gauge) (.+?) (?:against|by|on|with|using) (.+)$"), r"examine \2"),
    (
        re.compile(
            r"^(?:look up|check|find|read off|note|see) (?:today's|the|tomorrow's) (?:date|time|day|month|hour|"
            r"temperature|pressure|weather|numbers?|reading) (?:on|in|from|off|by) (.+)$"
        ),
        r"examine \1",
    ),
    (
        re.compile(
            r"^(?:climb|scramble|crawl|slide|go|walk|run|head|clamber|shin|creep|sneak|squeeze|hurry|wriggle|"
            r"slip) (?:back )?(?:up|down|along|through|via|over|across|past|by)(?! with\b| to\b| into\b| onto\b) "
            r"(?:the |a |that )?[\w ]+? (?:to|into|onto) (?:the )?(\w+(?: \w+)?)$"
        ),
        r"go to \1",
    ),
    (re.compile(r"^lift (?:up )?(?:the |its )?lid (?:of|off|on|from) (.+)$"), r"open \1"),
    (
        re.compile(r"^(?:put|drop|place|press|push|thrust|slip|lay) (.+?) (?:in|into) (?:her|the woman's) (?:hands?|palm|lap|arms)$"),
        r"give \1 to her",
    ),
    (re.compile(r"^(?:put|drop|place|press|push|thrust|slip|lay) (.+?) (?:in|into) his (?:hands?|palm|lap|arms)$"), r"give \1 to him"),
    (
        re.compile(
            r"^(?:put|drop|place|press|push|thrust|slip|lay) (.+?) (?:in|into) (?!my\b|her\b|his\b)(.+?)'s? (?:hands?|palm|lap|arms)$"
        ),
        r"give \1 to \2",
    ),
    (re.compile(r"^(?:lay|set|spread|present) (?:out )?(.+?) before (?!i\b|it\b|we\b|the \w+ (?:comes|leaves))(.+)$"), r"show \1 to \2"),
    (re.compile(r"^key (?:in )?(?:the )?(?:digits|numbers|code|figures|combination)\b"), r"enter the code"),
    (re.compile(r"^have (.+?) (?:tell me|talk) (about .+)$"), r"ask \1 \2"),
)
"""In this order: what an idiom makes of a text may be the next one's, and then a turn's."""

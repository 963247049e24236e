"""What whole English sentences are the same as, as a table, before anything is left out of them."""

import re

_WITH_THEM = (
    r"(?:with|on|by) (?:these|those|all|this|that)(?: (?:two|three|four|five|facts?|proofs?|clues?|things|evidence|of these|of this))*"
)
_SO = r"^((?:(?:so|ok|okay|well|now|then|hmm|i'll|i will|i|let's|let me|please),? )*)"

PARAPHRASES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(_SO + r"(see|check|look|find out|feel)(?: around| inside)? if (?=there|any|some)"), r"\1\2 whether "),
    (
        re.compile(_SO + r"(?:go|walk|head|move) (?:wherever|where|anywhere) (.+?) (?:goes|is going|walks|leads|heads|went)[.!]*$"),
        r"\1follow \2",
    ),
    (re.compile(r"^how does (.+?) look(?:,? (?:up close|close up|from here|now))?[?.!]*$"), r"examine \1"),
    (re.compile(r"^what does (.+?) look like(?:,? (?:up close|close up|from here))?[?.!]*$"), r"examine \1"),
    (re.compile(r"^(?!i\b|let)(.+?),? here (?:i|we) come[.!]*$"), r"go to \1"),
    (
        re.compile(
            r"^(?:the |that |this )?([\w' -]+?),? (?:is |are |now )?(?:mine now|all mine|mine|comes with me|goes "
            r"with me|coming with me)[.!]*$"
        ),
        r"take \1",
    ),
    (re.compile(rf"^(.+?)[:;,.] {_WITH_THEM},? (?:i|we) (?:\w+ and )?(?:accuse|denounce|charge) (.+)$"), r"accuse \2 with \1"),
    (
        re.compile(
            r"^(?:on the (?:strength|basis|grounds|evidence) of|because of|based on|citing|going by|armed with) (.+?),? "
            r"(?:i|we) (?:\w+ and )?(?:accuse|denounce|charge|confront|blame) (.+)$"
        ),
        r"accuse \2 with \1",
    ),
    (re.compile(_SO + r"put (?:it|this|the question) to (.+?)[:,] (.+)$"), r"\1ask \2 \3"),
    (
        re.compile(
            _SO + r"(?:hold|held) (?:up |out )?(.+?) (?:up |out )?(?:so that|so|for) (?!i\b|we\b)(.+?) (?:can|could|"
            r"to) (?:see|look at|read|have a look)(?: it| at it)?[.!]*$"
        ),
        r"\1show \2 to \3",
    ),
    (
        re.compile(
            _SO + r"(?:lay|put|set|place|spread|hold|present)(?: out| up| down)? (.+?) (?:before|in front of) (.+?),? (?:and|then|to) "
            r"(?:show|let) (?:it|them|her|him)(?: to)?(?: (?:her|him|them|see)(?: it)?)?[.!]*$"
        ),
        r"\1show \2 to \3",
    ),
    (re.compile(r"^(?:action|command|input|move|my move|my action|turn)\s*[:>]\s*(?=[a-z])"), ""),
    (re.compile(_SO + r"(?:start|begin) with (.+?)\s*[:,] (?=\w)"), r"\2: "),
    (re.compile(r"^>+\s*"), ""),
)
"""In this order: what a paraphrase makes of a text may be the next one's."""
NAME_FIRST = re.compile(r"^(?:the )?([\w' ]+?)\s*(?:[:>]|->|,)\s*([a-z]+)(?: (?:it|them|now|please))*[.!]*$")
"""What it is done to, then the verb: "drawer: open"."""


def paraphrased(text: str) -> str:
    """The text, in small letters, in words that the other tables know."""
    for pattern, same in PARAPHRASES:
        text = pattern.sub(same, text)
    return text

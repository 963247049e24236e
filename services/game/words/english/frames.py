"""What stands about an English deed, as tables: how orders begin, what comes after them, what makes them none."""

import re

_WHO = "i|we|you|us|let me|let us|let's|lets|lemme|the player|my character|player"
_WANT = (
    "am|'m|are|'re|be|will|'ll|shall|would|'d|should|must|might|may|can|could|need to|needs to|have to|has to|'ve got to|got to|gotta|"
    "want to|wants to|wanna|would like to|'d like to|would love to|'d love to|would rather|'d rather|would prefer to|'d prefer to|like to|"
    "love to|prefer to|had better|'d better|better|best|am going to|'m going to|going to|gonna|imma|ima|i'ma|am about to|'m about to|"
    "about to|plan to|intend to|mean to|aim to|decide to|decided to|choose to|chose to|try to|tried to|trying to|"
    "attempt to|attempting to|try and|proceed to|begin to|begin by|start to|start by|start(?= \\w+ing\\b)|"
    "start with|begin|continue to|continue|keep(?= \\w+ing\\b)|go ahead and|"
    "go on and|go and|come and|as well|might as well|may as well|ought to|think|guess|suppose|"
    "figure|reckon|believe|feel like|fancy|want|finish by|finally|end up|manage to|"
    "make sure to|make an effort to|do my best to|set about|get on with"
)
_POLITE = (
    "please|pls|plz|kindly|could you|would you|can you|will you|would you mind|mind|do me a favour and|do me a favor and|how about|"
    "what about|why don't i|why don't we|why not|perhaps|maybe|probably|possibly|i think it's time to|it's time to|it is time to|time to|"
    "time i|it's best to|it might be best to|best to|it would be wise to|i have decided to|i've decided to|i'd be happy to|if possible|"
    "if i may|if you please|the plan is to|my plan is to|next step is to|the next step is to|next step|my next move is to|"
    "what if i just|i want you to|i'd like you to|i would like you to|make me|have me|help me"
)
_LIKE_SO = (
    "o k|here goes nothing|okey dokey|righto|right o|alrighty|afterwards|after that|totally|ah|aha|alright|"
    "all right|and|also|but|er|erm|first|first of all|first off|for now|guess|here goes|in that case|"
    "indeed|just|let's see|"
    "maybe|meanwhile|next|no wait|now|now then|oh|oh well|ok|okay|k|okie|of course|on second thought|once again|once more|one more time|"
    "again|quick|quickly|quietly|really|right|right then|silently|simply|so|straight away|sure|then|to begin with|to start with|ugh|"
    "wait no|well|well then|yeah|yep|yes|instead|anyway|anyhow|after that|at once|still|together|fine|great|good|hmm|uh|um|sigh|"
    "without hesitation|without a word|without a sound|without further ado|with care|with caution|with both hands|"
    "with a sigh|with a deep breath|with trembling hands|with shaking hands|at last|finally|as quietly as possible|as quietly as i can"
)
_FIRST = "|".join(sorted(f"{_WHO}|{_WANT}|{_POLITE}|{_LIKE_SO}".split("|"), key=len, reverse=True))
BEGINNINGS = re.compile(
    rf"^(?:(?:{_FIRST}|h+m+|u+h+|u+m+|hey(?= i\b)|(?!(?:apply|reply|supply|rely|fly|family|only)\b)[a-z]{{3,}}ly)(?:\s+|(?=')))+"
)
"""What an order may begin with before its verb, in whatever order and number; the longest goes first."""
MAY = re.compile(r"^(?:\w+ )?(?:can|may|could|might) (?:i|we)\b|^(?:is it|would it be|am i) (?:ok|okay|alright|allowed|possible|fine)\b")
"""Asks whether something may be done: it is asked back."""
ASKING = re.compile(
    r"^(?:(?:and|so|but|ok|well|hmm|now|oh|wait)\s+)*(?:what if|what happens|what would|what(?:'s|'re|'ve|'d)?(?! about)|"
    r"why(?:'s|'d)?(?! not| don't (?:i|we))|"
    r"who(?:'s|'d|'ve)?|whose|whom|where(?:'s|'d)?|how(?:'s|'d|s)?(?! about)|which|when(?:'s|'d)?|should (?:i|we)|shall (?:i|"
    r"we)|is|are|was|were|do(?: you| i| we| they| the)|does|"
    r"did|am i|has|had|have (?:i|we|you|they)|would (?:it|i|he|she|they|that|this)|could (?:it|he|she|they|there|that|this)|"
    r"can (?:it|he|she|they|the|that)|"
    r"will (?:it|he|she|they|the|that)|i wonder|i'm wondering|wonder|isn't|aren't|wasn't|doesn't|didn't|hasn't|won't (?:it|he|"
    r"she|they)|is there|"
    r"anyone|anybody)\b"
)
"""What begins a question, or what is wondered: no order."""
TOLD = re.compile(
    r"^(?:(?:i )?(?:nearly|almost|barely|hardly)|i wish|i hope|imagine|suppose|assuming|it|he|she|they|someone|somebody|"
    r"everyone|everybody|nobody|there|this|that|these|those|"
    r"i'm (?:afraid|sure|not sure|certain|glad|sorry)|i (?:remember|recall|know|knew|hate|like|love|dream|dreamt|dreamed|"
    r"doubt|regret|forgot|"
    r"enjoy|miss)|i was (?!about|going)|i've (?:already|just)|i have (?:already|just|no)|i already|i just (?:opened|took|read)|"
    r"had i|yesterday|earlier|last night|apparently|supposedly|rumou?r has it|before|after|watch (?!out)\w+ (?:open|take|read|"
    r"close|leave|go)|"
    r"wait (?:for|until|till) \w+(?: \w+)? to|pretend to(?! be)(?! like)(?! \w+ that)|make sure (?:that )?(?:no|nobody|"
    r"everyone|she|he|they)|"
    r"keep \w+(?: \w+)? from|prevent|help (?!myself\b)\w+(?: \w+)? to|see \w+ (?:open|take|read))\b"
)
"""What begins no order: what is told, wished, or done by somebody else."""
CONDITION = re.compile(
    r"\b(?:if|when|unless|once(?! again| more| over)|whenever|as soon as|until|till|provided|in case|assuming|as long as|the moment|"
    r"the minute|the next time|next time|after(?= (?:she|he|they|rose|i|we|the \w+ (?:leaves|goes)))|by the time)\b"
)
"""Says when something would be done: not now."""
OPENING = re.compile(
    r"^(?:(?:ok|okay|well|alright|right|and|hmm|um|oh|so)[, ]+(?=so\b|why\b|it's\b|i'm\b))*(?:so[, ]+)?"
    r"(?:why (?:don't|do not) (?:i|we|you)|why not|(?:it's|it is) (?:about |high |now )?time (?:to|that i|i|we)|i'm (?:all "
    r")?(?:ready|set|going) to)?\b\s*(?=\w)"
)
"""What a sentence may open with that would look like a question, a refusal or a telling."""
WHILE = re.compile(
    r"^(?:now that|seeing that|given that|seeing as|since|because|as) [^,]+,\s*(?=\w)|^while (?:she|he|they|no "
    r"one|nobody)(?:'s|'re|'| is| are)?[^,]*,\s*(?=\w)"
)
"""In what circumstances it is done now."""
TAILS = re.compile(
    r"[\s,]+(?:(?:that |which )?(?:i|we) (?:found|have|had|took|saw|picked up|got|just \w+|was|am|were|woke up|read|brought|carry|hold|"
    r"noticed|spotted|mentioned|grabbed|stole)|"
    r"because|since|so (?:that |as to |as not to )?(?:i|we|he|she|it|they|nobody|no one|no-one|there|to)|in case|just in case|"
    r"hoping|wherever|whatever|however|"
    r"as (?:quietly|fast|carefully|softly|gently|slowly|best|well) as|as soon as (?:possible|i can)|before (?:he|she|they|"
    r"anyone|someone|somebody|it's|it gets|going|doing|leaving)|"
    r"to see (?:if|what|whether|who|how|where|why)|and see (?:if|what|whether|who|how|where|why)|to check|to find out|to "
    r"figure out|to learn|to look for|to be safe|"
    r"to make sure|to warm|in order to|(?<!look)(?<!search)(?<!hunt) for (?:a while|a bit|a moment|now|later|good measure|"
    r"clues|answers|anything|something|myself|"
    r"safekeeping|any \w+|some \w+)|(?<!'m )(?<!am )trying (?:not )?to|careful (?:not )?to|being careful|making sure|taking "
    r"care|looking for|"
    r"searching for|hoping for|without|"
    r"while (?:no one|nobody|i'm|i am|i can|i have|i still)|thank you|thanks|if (?:i|we|you) (?:can|may|could|"
    r"please|don't mind)|if possible|"
    r"before (?:i |we )?(?:touch(?:ing)?|decid(?:e|ing)|mov(?:e|ing)|do(?:ing)?) (?:anything|something|anything else|what|whether)|"
    r"with (?:my|the) (?:own |bare |left |right |other )?(?:hip|foot|elbow|knee|shoulder|toe|heel|hands?|"
    r"fist|fingers?|fingertips?|thumb|teeth|nails|fingernails|sleeve)|"
    r"for (?:a|some|a bit of|a quick|my) (?:snack|bite|bite to eat|drink|breather|cuppa|coffee|smoke|"
    r"stretch|food|air|fresh air|breath of (?:fresh )?air|warmth|shelter|breakfast|lunch|dinner|supper|"
    r"company)|"
    r"with my own eyes|from where i (?:am|stand)|"
    r"(?:did|didn't|isn't|aren't|wasn't|don't|doesn't|haven't|hasn't) (?:you|she|he|it|they|we|i))\b.*$"
)
"""Why, how, how long and what for: it does not change the deed."""
LAST = re.compile(
    r"(?:[\s,]+(?:shall we|will you|would you|won't you|right|ok|okay|eh|huh|too|as well|already|again|then|now|please|pls|"
    r"plz|mate|lol|haha|once more|"
    r"one more time|right now|right away|at once|and nothing else|with me|on the way out|like a \w+|from top to bottom|inside out|"
    r"from a distance|one by one|page by page|line by line|word by word|in silence|for a change|real quick|real quickly|for "
    r"real|a bit|a little|first|next|instead|quickly))+$"
)
"""What stands at the very end and does not change the deed."""
ASIDE = re.compile(
    r"^(?:here goes|i'm|i am|i feel|it's|it is|it was|that's|this is|there's|there is|nothing|no\b|such|what a|well|my \w+ (?:is|are|"
    r"hurts?)|careful|gently|gentle|slowly|quietly|easy|"
    r"(?:\w+ing)\b(?! to the)|\w+(?: \w+)?$|thank|thanks|sorry|excuse|without|as \w+ as|(?:\w+ )?habit|full \w+|long \w+|time to|"
    r"five more|one last|to be \w+|with (?:a|my|great|both|the utmost) )"
)
"""What only says how one feels or how things are; where it names nothing, it does not matter."""
REASON = re.compile(
    r"^(?:.*\b(?:is|are|was|were|'s|'m|am|says?|said|stopped|shows?|has|have|had|feel|looks?|seems?|needs?|"
    r"wants?|hate|love)\b.*?)[\s,]+so,?\s+(?!that|as|it|he|she|they|there|much)(.+)$"
)
"""Why, before what: it was cold so I took the coat."""
NEGATION = re.compile(
    r"\b(?:don't|do not|dont|never|not|won't|wont|can't|cannot|cant|couldn't|wouldn't|shouldn't|mustn't|needn't|isn't|ain't|"
    r"avoid|stop (?:\w+ing|that|it|him|her|them|being)|refuse|"
    r"refrain|decline|resist|leave (?:it|him|her|them|the \w+|\w+(?: \w+)?|the \w+ \w+) (?:alone|be|shut|closed|where it is|"
    r"untouched|in peace)|"
    r"no longer|no way|no chance|no need|no intention|no reason|no desire|no plans?|not a chance|there's no|under no "
    r"circumstances|by no means|"
    r"cannot bring|later|(?<!till )(?<!until )tomorrow|some other time|another time|forget (?:about )?(?:the|it|that|him|her|"
    r"open|tak|go)|hands off|steer clear|"
    r"stay away|keep away|keep (?:my|your) (?:hands|distance)|hold off|skip|without (?:open|tak|touch|read|go|us)\w*|"
    r"rather than|instead of|too (?:scared|afraid|tired) to|reluctant|hesitate|hesitant|abstain|hate to|"
    r"bad idea|no good|wouldn't dream)\b"
)
"""Says that something is not to be done, or not now, or another thing instead."""

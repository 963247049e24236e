"""English deeds, as a table: the phrases that a text begins with; the longest that fits is the one that is meant."""

import re
from collections.abc import Mapping

from services.game.rules.commands import Verb


def _words(listed: str) -> list[str]:
    return listed.split()


_GOING = (
    "go walk move head run rush hurry sneak climb proceed step stroll wander crawl creep tiptoe march come travel slip return retreat "
    "mosey nip pop trudge dash dart sprint jog shuffle amble saunter trot stride stumble hike continue venture sidle scramble scurry "
    "scuttle bolt stagger limp pad ramble trek journey zip hop scoot skulk prowl plod hasten hurtle navigate wade squeeze "
    "descend ascend"
)
_WHITHER = (
    "|to|into|in|in to|inside|out|out to|out into|outside|through|through to|through into|back|back to|back into|back in|back inside|"
    "back inside to|back out|back out to|back out into|back through|back over to|back up|back up to|back down|back down to|over|over to|"
    "on over to|up to|down to|up|up into|up onto|up the stairs to|down|down into|down the stairs to|towards|toward|for|on to|onto|across|"
    "across to|along|along to|off to|on|on through|on into|ahead to|straight to|straight into|straight for|forward|forward to|away|"
    "upstairs to|downstairs to|inside to|out of here to|on out to"
)
_GOES = "|".join(f"{going} {whither}".strip() for going in _words(_GOING) for whither in _WHITHER.split("|"))
_GLANCES = "look peek peep glance gander squint gawk"
_GLANCED = "|".join(f"{glance} {where}" for glance in _words(_GLANCES) for where in ("at", "over at", "across at", "up at", "down at"))
_RUMMAGES = "rummage root poke nose snoop feel dig rifle sift fish ferret scrabble grope riffle comb forage delve hunt search sweep"
_AMONG = (
    "about|about for|around for|in|into|inside|through|around|around in|around inside|about in|about "
    "inside|under|underneath|beneath|behind|for"
)
_RUMMAGED = "|".join(f"{each} {where}" for each in _words(_RUMMAGES) for where in _AMONG.split("|"))
_GLIMPSED = "|".join(
    f"{glance} {where}" for glance in ("peek", "peep", "peer", "reach", "check") for where in ("inside", "under", "underneath", "behind")
)

VERBS: Mapping[Verb, str] = {
    Verb.MOVE: (
        f"scale|mount|clamber up|retrace my steps to|retrace my steps|double back to|double back|go wherever|"
        f"be in|be at|relocate to|transfer to|withdraw to|repair to|adjourn to|brave|"
        f"{_GOES}|get into|get in|get on|board|climb aboard|enter|leave|leave for|exit|exit to|exit into|get out|visit|"
        "use the stairs to|make my way to|make my way into|make my way back to|make my way over to|make my way|make for|make a beeline for|"
        "make tracks for|cross to|cross into|escape|escape to|flee to|flee into|flee|take the stairs to|find my way to|find my way back to|"
        "get to|get back to|get over to|get myself to|get going to|set off for|set out for|make off to|be off to|barge into|burst into|"
        "show myself into|take myself to|re enter|reenter"
    ),
    Verb.SEARCH: (
        f"poke about|poke about for|poke around for|root about|root about for|rummage about|ferret about|"
        f"hunt about|scout around|cast about for|tip out|shake out|go over every inch of|turn out the contents "
        f"of|look all over|look all through|look all around for|"
        f"search|{_RUMMAGED}|{_GLIMPSED}|rummage|look for|look inside|look under|look underneath|look beneath|look behind|"
        f"look through|look around for|"
        "peek into|reach into|"
        "go through the pockets of|go through|ransack|frisk|pat down|turn out|turn inside out|turn upside down|"
        "scour|feel about|poke around|nose around|snoop around|root around|turn over everything"
        "|explore|comb|empty|empty out|raid|upend|dig around|look around in|look around inside|check the pockets of|"
        "put my hand in|put my hand into|put my hand inside|stick my hand in|stick my hand into|stick my hand inside|run my hands through|"
        "stick my arm in|stick my arm into|plunge my arm into|plunge my hand into|put my arm in|put my arm into|shove my hand into|"
        "slip my hand into|slide my hand into|dip my hand into|reach my hand into|run my hand under"
    ),
    Verb.EXAMINE: (
        f"describe|gaze into|stare into|gaze upon|look upon|stare through|gaze through|assess|take stock "
        f"of|look hard at|interpret the look of|run an eye over|get up close to|have eyes on|"
        f"examine|make sense of|look at|{_GLANCED}|look in|look into|look on|look to|look closely at|look closer at|look more "
        f"closely at|look|inspect|"
        "study|check|check out|check on|check up on|check over|x|l|observe|watch|view|see|look over|look up at|peer at|peer in|peer into|"
        "peer through|peer up at|peer down at|gaze at|gaze up at|stare at|stare up at|scan|regard|eye|eye up|eyeball|investigate|analyze|"
        "analyse|scrutinize|scrutinise|survey|size up|get a look at|get a closer look at|get a better look at|get a good look at|"
        "sneak a look at|sneak a peek at|sneak a look in|sneak a look into|flip over|focus on|admire|contemplate|consider|appraise|"
        "pore over|count|take note of|take in|turn my attention to|go look at|go and look at|cast an eye over|run my eyes over|"
        "keep an eye on|lean in to look at|bend down to look at|assess|flip"
    ),
    Verb.TAKE: (
        "help myself to|extract|lift out|lift|keep|fetch|retrieve|pluck|prise out|gather up|scoop up|nab|"
        "pinch|filch|purloin|make off with|lay hands on|get a hold of|get my hands on|confiscate|salvage|"
        "reclaim|secure|"
        "take|have the|have that|have this|nab|bring|help myself to|pick up|grab|grab hold of|get|pocket|collect|lift|take "
        "out|remove|pick|snatch|snatch "
        "up|steal|nick|swipe|"
        "seize|obtain|acquire|fetch|retrieve|gather|gather up|keep|take hold of|get hold of|scoop up|snag|put in my pocket|bag|loot|carry|"
        "carry off|pull out of|fish out|pinch|pilfer|filch|yoink|claim|take away|take possession of|take along|bring along|bring with me|"
        "secure|grasp|clutch|pluck|get my hands on|palm|stash|tuck away|dig out|haul out|lug|walk off with|make off with|run off with|"
        "hang on to|hold on to|hold onto|get back|lift up|reclaim|recover|grip|take up|shoplift|procure|salvage"
    ),
    Verb.DROP: "drop|put down|discard|throw away|leave behind|set down|lay down|put back|place down|get rid of|throw|toss|"
    "dump|ditch|let go "
    "of|chuck|chuck away|toss away|toss aside|throw aside|throw down|cast aside|release|shed|jettison|put aside|set aside|lay aside",
    Verb.GIVE: "give|hand|hand over|offer|pass|pass over|give back|return|deliver|hand back|slip|surrender|gift|donate|lend|"
    "hand off|entrust|tender",
    Verb.SHOW: "show|present|hold out|hold up|display|flash|brandish|produce|reveal|dangle|point out|point to",
    Verb.USE: (
        "start|start up|fire up|get going|hit play on|press play on|crank up|power on|power up|set going|set in motion|"
        "use|insert|put|put in|turn on|switch on|play|apply|repair|fix|mend|install|plug|plug in|press play on|hit play on|operate|"
        "replace|stick|slot|start|start up|activate|press play|hit play|turn|ring|swing|drink|eat|light|light up|burn|wear|put on|power on|"
        "power up|fit|fit in|pour|toll|wave|place|slide|jam|pop|load|feed|hook up|wind|wind up|crank|restart|rewind|hit|tap|shine|sound|"
        "send|transmit|sip|gulp|swallow|strike|shake|screw in|play back|fire up|boot up|kindle|ignite|turn over to play|blow|blow on|pump|"
        "sip from|drink from|have a drink of|taste|employ|utilise|utilize|put back in|slip in|slide in|set going|run|try out|"
        "ring out|clang|"
        "dial up|phone|call up on|hear what is on|hear what's on|thread|refit|wedge|bang|spin|flick on|click on|try on"
    ),
    Verb.COMBINE: "combine|put together|join|connect|attach|merge|mix|assemble|tie|fasten|stick together|piece together|link|glue|bind",
    Verb.OPEN: (
        "unzip|unclasp|unclip|unwrap|uncork|uncover|unlid|unbuckle|get open|"
        "open|open up|pull|push|pull open|push open|slide open|pry open|prise open|force open|yank|yank open|tug|tug open|tear open|"
        "crack open|swing open|lift open|throw open|flip open|pop open|pry|prise|prise up|pry up|lift the lid of|lift the lid on|"
        "lift the lid off|raise the lid of|take the lid off|unwrap|unseal|pull on|tug on|tug at|yank on|jimmy|ease open|unfold|"
        "pull the handle of|push the handle of|turn the handle of|fling open|wrench open|heave open"
    ),
    Verb.CLOSE: "do up|zip up|button up|zip|buckle|push to|pull to|push shut|fasten up|"
    "close|shut|close up|slam|push shut|pull shut|slam shut|shut up|push to|pull to|close off|seal",
    Verb.UNLOCK: (
        "attempt|"
        "unlock|unscrew|undo|enter code|type|type in|dial|dial in|press|punch in|punch|key in|try|input|enter the code|try "
        "code|try the code|"
        "unbolt|unlatch|put in the code|set the code to|set the dial to|set the dials to|set|turn the dial to|turn the dials to|unfasten|"
        "undo the lock on|pick the lock on|pick the lock of|crack|use the code|use code|unscrew the screws of|unscrew the screws on|"
        "loosen|undo the screws on|undo the screws of|take the screws out of|tap in|spin the dial to|spin the dials to|jab in"
    ),
    Verb.READ: "recite|recite from|interpret|decode|read off|translate|give a reading of|pronounce|sound out the words on|"
    "read|read through|reread|re read|leaf through|flick through|read out|skim|skim through|peruse|thumb through|page through|"
    "flip through|read over|decipher|browse|browse through|make out the writing on|study the text of|go over|read up on|read aloud",
    Verb.TALK: (
        "propose to|suggest to|howdy|ahoy|salute|pass the time of day with|touch base with|buttonhole|quizz|"
        "ring up|break the ice with|exchange words with|have words with|bend the ear of|"
        "talk|talk to|talk with|speak|speak to|speak with|ask|tell|say|greet|chat|chat to|chat with|question|say to|call|call out to|"
        "discuss|chat up|hi|hello|hey|say hi to|say hello to|thank|apologize to|apologise to|inform|interrogate|whisper to|shout at|"
        "shout to|answer|reply to|mention|strike up a conversation with|start a conversation with|have a conversation with|"
        "have a chat with|have a word with|have a talk with|make small talk with|make conversation with|inquire about|inquire|enquire|"
        "enquire about|approach|bring up|warn|address|consult|quiz|grill|talk things over with|introduce myself to|say sorry to|"
        "say thanks to|say goodbye to|bid good morning to|wish good morning to|pump|probe|sound out|raise|respond to|converse with|engage|"
        "strike up a chat with|whisper|remark to|gossip with|get talking to|catch up with|talk about|speak about|query|pester|nudge|"
        "wave to|wave at|nod to|nod at|find out from|hear from|chat about|pick the brain of|good morning|good evening|good day|hiya"
    ),
    Verb.PERSUADE: "persuade|convince|plead with|beg|urge|coax|talk into|win over|reason with|implore|appeal to|calm|calm down|reassure|"
    "comfort|cajole|entreat|sway|sweet talk|press|encourage|console|pressure|wheedle|negotiate with|bargain with|try to win "
    "over|argue with",
    Verb.LIE: "lie to|lie|deceive|bluff|trick|mislead|fool|tell a lie to|tell lies to|pretend to|fib to|fib|hoodwink|dupe|feed a lie to|"
    "make up a story for|spin a story to|spin a yarn to|spin a tale to|delude|bamboozle|string along|feed a story to",
    Verb.ACCUSE: "accuse|blame|confront|point the finger at|charge|denounce|call out|level an accusation at|pin it on|point a finger at",
    Verb.HIDE: (
        "slide under|slide beneath|slide underneath|slide behind|slip under|slip beneath|slip underneath|"
        "slip behind|crawl under|crawl beneath|crawl underneath|crawl behind|dive under|dive beneath|dive "
        "underneath|dive behind|squeeze under|squeeze beneath|squeeze underneath|squeeze behind|roll under|"
        "roll beneath|roll underneath|roll behind|get under|get beneath|get underneath|get behind|scoot "
        "under|scoot beneath|scoot underneath|scoot behind|creep under|creep beneath|creep underneath|creep "
        "behind|wriggle under|wriggle beneath|wriggle underneath|wriggle behind|duck under|duck beneath|"
        "duck underneath|duck behind|scramble under|scramble beneath|scramble underneath|scramble behind|"
        "climb under|climb beneath|climb underneath|climb behind|worm under|worm beneath|worm underneath|"
        "worm behind|huddle under|huddle beneath|huddle underneath|huddle behind|shelter under|shelter beneath|"
        "shelter underneath|shelter behind|make myself scarce|make myself scarce behind|keep my head down|"
        "go to ground|disappear behind|vanish behind|get out of sight|"
        "hide|hide in|hide inside|hide under|hide underneath|hide behind|hide beneath|hide beside|crawl under|get under|duck behind|"
        "duck down behind|duck down|crouch down behind|duck under|crouch behind|conceal myself|"
        "conceal myself in|conceal myself behind|take cover|take cover behind|squeeze behind|get behind|get down behind|slip behind|duck|"
        "roll under|slide under|dive under|dive behind|scramble under|scramble behind|crawl behind|squeeze under|wriggle "
        "under|wriggle behind|"
        "tuck myself away|tuck myself behind|tuck myself under|tuck myself into|stay hidden|stay out of sight|keep out of sight|lie low|"
        "go into hiding|stow away in|find somewhere to hide|find a place to hide|look for somewhere to hide|find a hiding place|"
        "find a hiding spot|hole up in|squeeze in behind|step behind|climb under|shelter behind|crouch under|cower behind|cower under|"
        "stand behind|press myself behind|slip under|crouch|huddle behind|hide out in|hide out|hide myself|hide myself in|"
        "hide myself behind|"
        "hide myself under|crouch in|crouch down"
    ),
    Verb.LISTEN: (
        "keep an ear out for|keep an ear out|pin my ears back|keep my ears open|lend an ear to|tune in to|catch what is said in|"
        "listen|listen at|listen to|listen through|listen in on|listen in at|eavesdrop|eavesdrop on|eavesdrop at|eavesdrop through|"
        "overhear|listen for|listen in|listen out|listen out for|strain my ears|prick up my ears|strain to hear|try to hear|"
        "listen carefully at|listen closely at|listen carefully to|listen closely to|spy on|cock an ear at"
    ),
    Verb.FOLLOW: (
        "stay close behind|stay close to|keep close to|keep close behind|stay right behind|stick close behind|"
        "stay behind|walk close behind|keep behind|keep pace with|trail along behind|tag along with|tag "
        "along behind|stay on the heels of|stay on the tail of|fall in behind|fall in with|"
        "follow|shadow|tail|go after|walk after|trail|chase|chase after|go along with|accompany|go with|stalk|track|"
        "slip out after|"
        "run after|creep after|sneak after|head after|hurry after|keep up with|keep after|pursue|walk behind|come with|trot after|"
        "follow after|follow along behind|set off after|slip after|keep on the heels of|stick close to|stick with"
    ),
    Verb.WAIT: (
        "let some time go by|let time go by|let the hours pass|let the hours go by|let the time pass|let "
        "the time go by|let a few minutes pass|let the minutes pass|pass a while|mark time|let the clock "
        "run|watch the hours pass|watch the clock|"
        "wait|give it a minute|give it a moment|give it a while|give it a second|give it some time|wait a while|wait for a "
        "while|rest|pass time|pass the time|do nothing|wait a bit|wait for a bit|wait a moment|"
        "wait a little|wait here|stay put|stay here|stay|stay still|hold still|sit still|sit down and wait|sit here|let some time pass|"
        "chill|chill out|chill for a while|hang around|hang on|hang on a minute|hang on a moment|hold on|hold on a minute|stand still|"
        "kill time|kill some time|idle|linger|pause|sit and wait|sit tight|wait it out|bide my time|let time pass|z|twiddle my thumbs|"
        "wait up|wait around|stay awake|take a break|take a rest|take five|loiter|relax|just wait|stand by|stay where i am|lie in wait|"
        "wait and see|wait in silence|have a rest|catch my breath|stand around|sit around|let a while pass|wait a minute|do "
        "nothing for now|"
        "while away the time"
    ),
    Verb.SLEEP: (
        "sleep|go to sleep|go back to sleep|fall asleep|nap|take a nap|get some sleep|catch some sleep|get some rest|go to bed|"
        "go back to bed|turn in|turn in for the night|bed down|sleep till|sleep until|hit the sack|hit the hay|call it a night|"
        "call it a day|doze|doze off|lie down and sleep|lie down to sleep|have a nap|have a sleep|retire for the night|retire|snooze|"
        "get some shut eye|get some shuteye|catch some z's|back to sleep|back to bed|time for bed|off to bed|off to sleep|nod off|"
        "get to sleep|crash for the night|settle down for the night|settle down to sleep|sleep through the night|try to sleep|"
        "curl up and sleep|bedtime|curl up and sleep|get some shut eye|drift off|have forty winks|catch forty winks|rest for "
        "the night|get a good night's sleep"
    ),
}

NO_VERBS = re.compile(
    r"^(?:lie (?:down|on|in(?! wait)|back|there|here)|look (?:forward|after|away|down on)|see (?:if|whether|you|off)|take "
    r"(?:off|care|turns|part|"
    r"place|notes|(?:my|the) time|(?:a )?seat)|give (?:up|in|birth)|get (?:ready|lost|dressed|angry|married|up(?! and))|call (?:for )?help|"
    r"call (?:the )?(?:police|cops)|turn off|switch off|put (?:off|out|up with)|shut down|run out of|set (?:fire|alight|on "
    r"fire)|play (?:with|dead)|"
    r"pass out|come on(?! in)|keep (?:\w+ )?from|throw up|(?:hit|push|pull|shake|strike|hold) (?:her|him|them)|burn down|"
    r"watch (?:out|for|over)|hold (?:hands|my breath)|hang (?:up|myself)|saw|drop (?:dead|by|in)|pick (?:a fight|on)|sleep "
    r"(?:on it|with)|ask \w+ out$|run away|"
    r"pocket money|charge at|strike (?:at|up a match)|return fire|press charges)\b"
)
"""What begins like a verb and is another, that the game doesn't have."""
PARTED = frozenset(_words("open shut closed on off over up down out back away inside in"))
"""What may stand at the end, away from its verb: pull the drawer open."""
RESULTS: Mapping[str, Verb] = {"open": Verb.OPEN, "shut": Verb.CLOSE, "closed": Verb.CLOSE}
"""What stands at the end and says what comes of it, whatever verb brings it about: ease the drawer open."""
LEAVING = frozenset([*_words("leave exit escape flee"), "get out"])
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
    "crept": "creep",
    "snuck": "sneak",
    "stole": "steal",
    "brought": "bring",
    "kept": "keep",
    "stuck": "stick",
    "swung": "swing",
    "rang": "ring",
    "drank": "drink",
    "ate": "eat",
    "lit": "light",
    "undid": "undo",
    "dug": "dig",
    "crouched": "crouch",
    "gimme": "take",
}

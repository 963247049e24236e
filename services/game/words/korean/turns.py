"""Korean turns of phrase, as a table: what they are the same as, in the words of the other tables."""

import re
from collections.abc import Callable

_ENDING = r"(?=[\s.!?~…]*$)"
_ASKED = r"(?:조르|조른|졸라|졸랐|보채|보챈|요구)[가-힣]*"
_KINDS = "사람|청년|분|남자|여자|놈|친구|녀석|자|이|아이|애|총각|양반|처녀|아가씨|노인|영감|관측원|것|거|곳|데|날|인물|물건|노래|이름"

TURNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"나사(?:를|들을)?\s*(?:\S+\s+)?(?:돌려서?|풀어서?|비틀어서?)\s*(?:빼|뺀|뺄|제거|뽑)[가-힣]*"), "나사를 푼다"),
    (re.compile(r"(?<![가-힣])([한두양])\s+(손|팔|눈|귀|발|다리|무릎)(?=[을를에로이가의도으]|\s)"), r"\1\2"),
    (
        re.compile(
            rf"(?<=[가-힣])(?:이라는|라는|이란|란|이라고\s*하는|이라던)\s+(?:그\s*)?(?:{_KINDS})(?=[은는이가을를에의과와도]|한테|께)"
        ),
        "",
    ),
    (
        re.compile(
            r"(\S+?)(?:이|가|께서)\s*(?:걸어\s*)?(?:가|움직이|이동하|향하)(?:시)?는\s*(?:데|대|곳|길|쪽)(?:로|"
            r"으로|을|를|마다)?\s+(?=\S*(?:따|쫓|좇|밟))"
        ),
        r"\1을 ",
    ),
    (
        re.compile(r"^(.+?)\s+(\S+는)\s*데(?:에|에다)?\s+(\S+?)(?:을|를)\s*(?:쓰|써|쓴|쓸|사용|이용|활용)[가-힣]*" + _ENDING),
        r"\3로 \1 \2다",
    ),
    (re.compile(r"(?<=[가-힣])\s*주십사(?:고|\s*하고)?(?=\s)"), " 달라고"),
    (re.compile(r"(얘기|이야기|설명|말)(?:을|를)?\s*(?:\S+\s+)?(?:좀\s*)?해\s*(?:달라고|주라고)\s*" + _ASKED), r"\1를 물어본다"),
    (re.compile(r"(?:증거|근거|이유|빌미|구실|핑계)\s*삼아"), "증거로"),
    (
        re.compile(
            r"(?<=[어아여해워려져켜쳐와봐겨내놔꿔])\s*(?:주시지|주지)\s*(?:않겠어요|않겠습니까|않으실래요?|않으시겠어요|"
            r"않을래요?|않겠니|않겠나)"
        ),
        " 줘",
    ),
    (re.compile(r"(?<=려)(?:고)?\s*(?:시도|노력|애를?\s*쓰|애쓰|안간힘)[가-힣]*" + _ENDING), "고"),
    (re.compile(r"(?<=[어아여해워려져켜쳐와봐겨내놔꿔]야)\s*쓰(?:겄|겠)(?!냐|나|니|는)[가-힣]*" + _ENDING), "지"),
    (re.compile(r"(?<=[가-힣])기\s*시작(?:한다|하다|했다|합니다|해|할게)" + _ENDING), "기"),
    (re.compile(r"(?:좀\s*)?들려\s*달라(?:고)?\s*(?:하|해|한)[가-힣]*(?:\s*[봐보][가-힣]*)?" + _ENDING), "물어본다"),
)
"""In this order: what a turn makes of a text may be the next one's."""

BESIDE_THE_DEED = re.compile(
    r"\S+에\s*대비(?:해|하여|해서|하려고|차)(?=\s)|만일을\s*(?:위해|생각해)|누가\s*(?:올라|볼라|들을라|"
    r"올세라|볼세라|올까\s*봐|볼까\s*봐)(?:서|\s*싶어)?(?=\s)|"
    r"(?:옆구리|겨드랑이|팔|품|가슴|어깨)에\s*(?:끼고|끼워|안고|품고|메고)(?=\s)|(?:아무렇지도?\s*않은|"
    r"아무\s*일\s*없는|아무것도\s*모르는|태연한|모르는|자연스러운|무심한)\s*(?:척|듯|체)(?:하며|하면서|"
    r"하고)?(?=\s)|"
    r"(?:왔던|온|들어온|들어왔던)\s*(?:길|곳|데|문|쪽)(?:로|으로|을|를)?(?=\s)|(?<![가-힣])문(?:을)?\s*(?:박차고|"
    r"걷어차고|밀치고|박차며)(?=\s)|"
    r"(?:바람|눈보라|폭풍|빗|비|파도|천둥|벌레|새|심장|발|발걸음|발자국|숨|밤|침묵|정적|고요|적막)\s*소리에(?=\s.*귀)|"
    r"(?<![가-힣])(?:엄마야?|어머니|세상에|맙소사|아이구|어이구|에라|에잇|옳지|그려|야호|허허|하하|이런|"
    r"젠장|제기랄|아따|오메|워메)(?=[\s,!]+(?:나|난|나는|내가|좀|일단|저|제가|우리)(?=\s))"
)
"""In what circumstances, for what or in what manner it is done: it does not change the deed."""
_GOING_ON = re.compile(r"(\S+)\s+(?:ㄱ+|고고)" + _ENDING)


def turned(text: str) -> str:
    """The text in the words of the other tables."""
    text = BESIDE_THE_DEED.sub(" ", text) if BESIDE_THE_DEED.sub("", text).strip(" .!?~,") else text
    for pattern, same in TURNS:
        text = pattern.sub(same, text)
    return text


def urged(text: str, is_deed: Callable[[str], bool]) -> str:
    """The text without the letters that urge to a deed that is named before them: 「탐색 ㄱ」."""
    found = _GOING_ON.search(text)
    return f"{text[: found.start()]}{found[1]}" if found is not None and is_deed(found[1]) else text

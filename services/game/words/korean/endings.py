"""The endings of Korean verbs, as tables: stems that change, what may follow a stem, how it is misspelt."""

import re
from collections.abc import Mapping


def _words(listed: str) -> list[str]:
    return listed.split()


IRREGULAR: Mapping[str, tuple[str, ...]] = {
    "묻": ("물",),
    "듣": ("들으", "들은", "들을"),  # 들어 is 들다's
    "엿듣": ("엿들",),
    "줍": ("주우", "주워", "주운", "주울", "주웠"),
    "맙": ("마우", "마워", "마운", "마웠"),  # 고맙다
    "갑": ("가우", "가워", "가운", "가웠"),  # 반갑다
    "쭙": ("쭈", "쭤", "쭸", "쭐", "쭌"),  # 여쭙다
    "놓": ("놔", "놨"),
    "낫": ("나", "나아"),
    "걷": ("걸어", "걸으", "걸었"),
    "붓": ("부어", "부으", "부었"),
    "눕": ("누워", "누우", "누웠", "누운", "누울"),
    "굽": ("구워", "구우"),
    "싣": ("실어", "실으", "실었"),
    "긋": ("그어", "그으", "그었"),
    "잇": ("이어", "이으", "이었"),
}
"""The ends of stems that change before a vowel, and what they become."""

# Endings and helping verbs that can follow a stem, in any sensible number: 열-어-보-ㄹ게-요.
_ENDINGS = _words(
    "고 고서 자 다 다가 는 는다 은 을 음 기 기로 지 게 라 래 래요 까 까요 까나 요 네 네요 죠 며 어 아 여 도록 렵 련 련다 렵니다 "
    "워 러 서 어서 아서 여서 으면서 면서 "
    "줘 줘요 주 준 준다 줄 줄게 줄래 줍 줬 주세 주시 세 세요 십 십시 시 시오 보 봐 본 볼 봅 봤 싶 싶어 싶다 싶은 싶네 해 한 할 하 "
    "합 했 겠 려고 으려 으려고 으러 야 야지 "
    "었 았 였 거라 아라 어라 놓 놔 놓는 둔 둬 두 둘 버려 버린 버리 버릴 내 낸 낼 냈 들 든 들어 든다 간 가 갈 갔 갑 와 온 올 왔 습니 "
    "니다 습니다 ㄹ게 게요 을게 을래 을까 "
    "만 좀 한번 드려 드린 드릴 드리 드립 거 건 걸 것 거야 거예 거임 예 구 대 대요 봐야 어야 아야 실 실래 실게 "
    "으실 볼게 볼래 볼까 임 중 "
    "구요 군 습 읍시 읍 ㅂ시 시죠 시다 "
    "려구 려고요 려구요 을려 을려고 자꾸나 꾸나 란다 을란다 으련다 파 고파 고픈 게나 마 으마 소 쇼 십쇼 셔 삼 셈 하삼 하셈 "
    "네용 는데 은데 데 데요 으니 겠다 겠어 겠네 봄 놓음 둠 함 됨 감 옴 줌 냄 버림 랬 랄 던데 든가 든지 볼라 볼라고 봐라 보거라 아두 어두 "
    "아둬 어둬 "
    "같 같아 같다 듯 싶음 싶군 졌 지네 져 진다 지요 거든 거든요 세용 아용 어용 용 염 "
    "구만 구먼 누 노"
)
TAIL = re.compile("(?:" + "|".join(sorted(set(_ENDINGS), key=len, reverse=True)) + "){0,9}")

QUOTED = re.compile(r"[가-힣]+(?:다고|라고|냐고|자고|달라고|느냐고|으라고|다며|라며|냐며|다면서|라면서|냐면서|다는|라는|냐는|자는)")
"""What is said, before the verb that says so."""
QUOTED_END = re.compile(r"(?:느냐고|으라고|시라고|달라고|다고|라고|냐고|자고|다며|라며|냐며|다면서|라면서|냐면서|다는|라는|냐는|자는)$")
MISSPELT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=[어아여해와워려져켜쳐겨])바(?=$|요|야|라)"), "봐"),
    (re.compile(r"(?<=봐)바(?=$|요)"), ""),
    (re.compile(r"(?<=[가-힣])께(?=$|요)"), "게"),
    (re.compile(r"(?<=[어아여해려져])죠$"), "줘"),
    (re.compile(r"여러(?=줘|봐|보|주|바)"), "열어"),
    (re.compile(r"되(?=요|$)"), "돼"),
    (re.compile(r"(?<=[가-힣])(?:용|욤|염|영|욥|여)$"), "요"),
    (re.compile(r"할레|할래욥"), "할래"),
    (re.compile(r"래(?:욤|용|염|욥)?$"), "래"),
    (re.compile(r"(?<=[가-힣])랭$"), "래"),
    (re.compile(r"(?<=[가-힣])겡$"), "게"),
    (re.compile(r"(?<=[가-힣])깡$"), "까"),
    (re.compile(r"됬"), "됐"),
    (re.compile(r"(?<=[가-힣])(?:당|댱|닷)$"), "다"),
    (re.compile(r"(?<=[가-힣])(?:쟝|쟈)$"), "자"),
    (re.compile(r"쥬(?=$|세|시|실)"), "주"),
    (re.compile(r"(?<=[가-힣])(?:라능|라긔|다능)$"), "다"),
    (re.compile(r"주서(?=요)|주새(?=요)|주셰(?=요)"), "주세"),
    (re.compile(r"보새(?=요)|보셰(?=요)|보서(?=요)"), "보세"),
)
"""How verbs' endings are written in haste, and what they are."""
SERIAL = re.compile(
    r"[가-힣]*[가까나다따라마바빠사싸아자짜차카타파하거꺼너더떠러머버뻐서써어저쩌처커터퍼허개깨내대래매배새재채캐해에게겨녀려며벼여져쳐켜펴혀와봐워줘둬놔춰눠]"
)
"""A verb that leads on to the next one, as it may look: 「펼쳐 읽는다」."""
MANNER = re.compile(
    r"(?:밀|당|잡아당|들|집|꺼|뽑|내|올|눌|돌|흔|펼|넘|뒤집|숙|굽|엎드|웅크|앉|누|서|일어|다가|가까이|조심|숨|꿇|기대|쪼그|기|걸|뛰|달|멈|붙|짚|벗|쥐|쥔|헤|더듬|빼|열심|작정|몰)[가-힣]{0,5}"
    r"(?:서|고|며|면서|채|채로|듯|듯이|아|어|여|려|겨|내|러|쳐|혀|워)"
)
"""What only says how the next deed is done: 「밀어서 닫는다」, 「꺼내서 읽는다」."""

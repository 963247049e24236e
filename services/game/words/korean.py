"""Korean, as tables: verbs as the dictionary has them, their endings, particles, and words that say nothing."""

import re
from collections.abc import Mapping

from services.game.rules.commands import Verb
from services.game.words.clauses import Role


def _words(listed: str) -> list[str]:
    return listed.split()


VERBS: Mapping[Verb, str] = {
    Verb.MOVE: "가다 이동하다 들어가다 나가다 돌아가다 향하다 건너가다 올라가다 내려가다 걸어가다 다가가다 들어서다 나서다 넘어가다 "
    "옮기다 가보다",
    Verb.SEARCH: "뒤지다 뒤져보다 뒤적이다 수색하다 찾다 찾아보다 탐색하다 더듬다 샅샅이뒤지다 수색을하다",
    Verb.EXAMINE: "보다 살펴보다 살피다 들여다보다 바라보다 쳐다보다 조사하다 관찰하다 확인하다 훑어보다 자세히보다 뜯어보다 뒤집어보다",
    Verb.TAKE: "챙기다 집다 집어들다 줍다 가지다 갖다 가져가다 가져오다 꺼내다 들다 획득하다 습득하다 얻다 빼다 주워담다 집어넣다",
    Verb.DROP: "내려놓다 버리다 놓다 내버리다 떨어뜨리다 내려두다 놔두다 던지다",
    Verb.GIVE: "주다 건네다 건네주다 드리다 넘기다 넘겨주다 돌려주다 전하다 전해주다 갖다주다 내주다",
    Verb.SHOW: "보여주다 보이다 보여드리다 내밀다 제시하다 들이밀다",
    Verb.USE: "쓰다 사용하다 이용하다 꽂다 끼우다 끼다 넣다 밀어넣다 켜다 틀다 재생하다 작동하다 고치다 수리하다 설치하다 "
    "갈아끼우다 꽂아넣다 끼워넣다 눌러보다 돌리다 사용을하다",
    Verb.COMBINE: "합치다 조합하다 결합하다 연결하다 섞다 붙이다 맞추다",
    Verb.OPEN: "열다 열어젖히다 당기다 잡아당기다 펼치다",
    Verb.CLOSE: "닫다 덮다",
    Verb.UNLOCK: "풀다 따다 해제하다 잠금을풀다 잠금풀다 잠금을해제하다 자물쇠를풀다 자물쇠를따다 나사를풀다 누르다 입력하다 치다 찍다",
    Verb.READ: "읽다 읽어보다 읽어내리다 판독하다",
    Verb.TALK: (
        "말하다 말걸다 말을걸다 이야기하다 얘기하다 대화하다 묻다 물어보다 질문하다 인사하다 부르다 상의하다 의논하다 제안하다 "
        "말을하다 이야기를하다 얘기를하다 대화를하다 이야기를나누다 대화를나누다 얘기를나누다 이야기나누다 이야기를꺼내다 "
        "얘기를꺼내다 하다 캐묻다 따지다"
    ),
    Verb.PERSUADE: "설득하다 달래다 부탁하다 애원하다",
    Verb.LIE: "거짓말하다 거짓말을하다 속이다 둘러대다",
    Verb.ACCUSE: "추궁하다 고발하다 몰아세우다 비난하다",
    Verb.HIDE: "숨다 몸을숨기다 숨어들다",
    Verb.LISTEN: "귀기울이다 귀를기울이다 듣다 엿듣다 귀를대다",
    Verb.FOLLOW: "따라가다 뒤따르다 쫓아가다 미행하다 따르다",
    Verb.WAIT: "기다리다 대기하다 시간을보내다 쉬다 가만히있다 버티다",
    Verb.SLEEP: "자다 잠자다 잠들다 잠을자다 눈을붙이다 눈붙이다 잠을청하다",
}
"""The verbs by their dictionary forms, without blanks; the longest that fits a text is the one that is meant."""

FREE: Mapping[Verb, str] = {
    Verb.LOOK: (
        r"(?:다시|한번|한번더)?(?:주위|주변|사방|여기|이곳|방안?|집안?|안)?[를을]?(?:천천히|다시|한번|좀)?(?:둘러|두리번)[가-힣]{0,8}"
        r"|(?:여기|이곳)[은는]?(?:어디|뭐가있)[가-힣]{0,5}|뭐가보[여이][가-힣]{0,3}|(?:주위|주변|사방)[를을]?(?:살펴|살핀|살피|본"
        r"|보|봐)[가-힣]{0,6}|둘러보기"
    ),
    Verb.INVENTORY: r"(?:내|나의)?(?:소지품|인벤토리|인벤|가진것|가진물건|가지고있는것|가지고있는물건|짐)[을를은이]?(?:보|봐|본|볼"
    r"|확인|뭐|무엇|열)?[가-힣]{0,6}"
    r"|(?:내가)?(?:뭘|뭐를|무엇을|뭐)(?:가지고|갖고|들고)있[가-힣]{0,4}",
    Verb.STATUS: r"(?:내|나의|내몸)?(?:상태|몸상태|컨디션|능력치|기분|시간|시각)[을를은는이가]?(?:보|봐|본|볼|확인|어때|어떤"
    r"|몇)?[가-힣]{0,5}|(?:지금)?몇시[가-힣]{0,4}",
    Verb.MAP: r"(?:지도|약도|지도좀)[를을]?(?:보|봐|본|볼|확인|펼)?[가-힣]{0,6}|어디로갈수있[가-힣]{0,4}|(?:나갈|갈수있는"
    r"|나가는)(?:곳|길|데)[은는이가]?(?:보|봐|어디)?[가-힣]{0,5}",
    Verb.NOTES: r"(?:수첩|노트|단서|알아낸것|알게된것|기록|단서들)[을를은는이가]?(?:보|봐|본|볼|확인|뭐|정리|읽|되짚)?[가-힣]{0,6}",
    Verb.HELP: r"도움말?|도와줘|도움말보기|명령어?|(?:지금)?(?:뭘|무엇을|뭐)(?:할수있|해야|하면|하지)[가-힣]{0,5}|할수있는(?:일"
    r"|것)[을를은이]?(?:보|봐|본|뭐)?[가-힣]{0,6}"
    r"|어떻게해야?[가-힣]{0,4}",
}
"""Whole texts, without blanks, that ask for something free."""

IRREGULAR: Mapping[str, tuple[str, ...]] = {
    "묻": ("물",),
    "듣": ("들으", "들은", "들을"),  # 들어 is 들다's
    "엿듣": ("엿들",),
    "줍": ("주우", "주워", "주운", "주울", "주웠"),
}
"""Stems that change before a vowel, and what they become."""

# Endings and helping verbs that can follow a stem, in any sensible number: 열-어-보-ㄹ게-요.
_ENDINGS = _words(
    "고 고서 자 자고 다 다가 는 는다 은 을 음 기 기로 지 게 라 라고 래 래요 까 까요 요 네 네요 죠 면 면서 며 니 니까 느라 어 아 여 "
    "워 러 서 어서 아서 여서 "
    "줘 줘요 주 준 준다 줄 줄게 줄래 줍 줬 주세 주시 세 세요 십 십시 시 시오 보 봐 본 볼 봅 봤 싶 싶어 싶다 싶은 싶네 해 한 할 하 "
    "합 했 겠 려 려고 으려 으려고 으러 도 야 야지 "
    "었 았 였 거라 아라 어라 놓 놔 놓는 둔 둬 두 둘 버려 버린 버리 버릴 내 낸 낼 냈 들 든 들어 든다 간 가 갈 갔 갑 와 온 올 왔 습니 "
    "니다 습니다 ㄹ게 게요 을게 을래 을까 "
    "된 되 돼 될 만 좀 한번 드려 드린 드릴 드리 드립 거 건 걸 것 거야 거예 예 던 달라 라구 구 나 나요 냐 대 대요 봐야 어야 아야 "
    "구요 군 습 읍시 읍 ㅂ시 시죠 시다"
)
TAIL = re.compile("(?:" + "|".join(sorted(_ENDINGS, key=len, reverse=True)) + "){0,7}")

NEGATION = re.compile(
    r"(?:^|\s)(?:안|못)\s+\S|(?:^|\s)안\s?(?:열|가|본|봐|쓴|써|챙|집|읽|묻|자|잔)|지\s*(?:않|마|말|못)|(?:하지|열지|가지|보지)\s*는"
)

PARTICLES: Mapping[str, Role] = {
    "": Role.THING,
    **dict.fromkeys(_words("이 가 이가"), Role.WHO),
    **dict.fromkeys(_words("을 를 은 는 도 만 의 이나 나 부터 좀 아 야 이라도 라도 이요 요 이라고 라고 고 라는"), Role.THING),
    **dict.fromkeys(_words("에 에게 한테 께 에서 에다 에다가 에게서 한테서 에게로 까지 더러 보고 에게만 한테만 에도"), Role.TO),
    **dict.fromkeys(_words("로 으로 로서 로써 으로써 로만 으로만 을향해 를향해 쪽으로"), Role.BY),
    **dict.fromkeys(_words("와 과 랑 이랑 하고 와함께 과함께 랑같이 이랑같이 하고같이"), Role.AND),
    **dict.fromkeys(_words("에대해 에대해서 에관해 에관해서 에대한 얘기를 이야기를 얘기 이야기 이야기로 얘기로"), Role.ABOUT),
}
"""What may follow a name, and what it makes the name to the verb."""

SUFFIXES = "(?:씨|님)?(?:안쪽|안|속|밑|아래|위|뒤|뒤쪽|뒷면|옆|쪽|근처|앞|들)?"
"""What may stand between a name and its particle."""

AFTERWORDS: Mapping[str, Role] = {
    **dict.fromkeys(("대해", "대해서", "관해", "관해서"), Role.ABOUT),
    **dict.fromkeys(("들고", "가지고", "갖고", "꺼내서", "집어서", "이용해", "이용해서", "사용해", "사용해서", "써서"), Role.BY),
}
"""Words that stand after a name and its particle, and say what the name is to the verb."""

FILLERS = frozenset(
    _words(
        "그 저 이 여기 이곳 여길 그곳 나사 그리고 그럼 그러면 이제 다시 한 번 한번 더 좀 빨리 얼른 어서 지금 바로 당장 일단 우선 "
        "먼저 나는 내가 나 난 제가 저는 제발 꼭 잘 같이 함께 직접 "
        "모두 다 자 음 아 혹시 그냥 잠깐 잠시 조금 또 방향으로 쪽으로 것 거 "
        "비밀번호 비밀번호를 비밀번호로 번호 번호를 번호로 암호 암호를 암호로 코드 코드를 숫자 숫자를 버튼 버튼을 단추를 잠금장치에 "
        "키패드에 번호판에 도어락에"
    )
)
"""Words without which the text means the same."""
ADVERB = re.compile(r"[가-힣]+(?:히|(?<!에)게|스레|껏)")
DIGITS = str.maketrans("공영일이삼사오육륙칠팔구", "001234566789")
SPOKEN_CODE = re.compile(r"[공영일이삼사오육륙칠팔구]{4,}")
CODE_WORDS = re.compile(r"비밀번호|번호|암호|코드|숫자|입력|누르|눌러|누른|눌|열|연|풀|해제|맞추|맞춰|찍|치|친|쳐")

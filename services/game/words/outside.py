"""Talk that is about the game as a program, not about its world."""

import re

from services.game.rules.pack import Pack

_PATTERNS = re.compile(
    r"(?:규칙|지시|명령|설정|프롬프트)\S{0,3}\s*(?:을|를)?\s*(?:다\s*|모두\s*|전부\s*)?(?:무시|잊어|바꿔|공개|출력|보여)|"
    r"프롬프트|로그\s*(?:아웃|인)|시스템\s*메시지|회원\s*탈퇴|언어\s*(?:설정|변경)|(?:영어|한국어|한글|"
    r"일본어|중국어)\S{0,2}\s*(?:모드|설정|바꿔|변경|전환|플레이)|개발자\s*모드|관리자\s*(?:모드|권한)|"
    r"치트"
    r"|(?:너는|넌|당신은)\s*(?:이제(?:부터)?|지금부터)|인공지능|언어\s*모델|챗봇|\bai\b|\bgpt\b|엔딩\S{0,2}\s*(?:보여|바로|로\s*가|알려|"
    r"공개)|정답\S{0,2}\s*(?:알려|보여)|스포일러"
    r"|(?:게임|처음)\S{0,2}\s*(?:저장|불러|종료|끝내|재시작|다시\s*시작)|(?:저장|세이브|로드|되돌리기|실행\s*취소)(?:해|하기|하자)?\s*$|"
    r"승리\S{0,2}\s*(?:처리|하게|시켜)|이겼다고"
    r"|(?:소지품|인벤토리|인벤)\S{0,2}\s*(?:\S{1,10}\s+){0,4}(?:추가|넣어|생성|만들어)"
    r"|(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+|previous\s+|prior\s+|these\s+)*(?:rules?|instructions?|"
    r"prompts?|directions?)"
    r"|system\s+prompt|developer\s+mode|jailbreak|god\s*mode|cheat|you\s+are\s+now\b|as\s+an\s+ai|language\s+model|chatbot|"
    r"pretend\s+(?:that\s+)?(?:you\b|to be an?\b)"
    r"|(?:win|skip|save|load|quit|restart|end|undo)\s+(?:the\s+|this\s+|my\s+)?(?:game|to\s+the\s+end\w*|turn)|(?:show|"
    r"tell)\s+me\s+the\s+(?:ending|answer|solution)"
    r"|(?:set|change|raise|increase|max)\s+my\s+\w+\s+(?:to|by)\s+(?:\d+|zero|max\w*|full)|add\s+.{1,40}\s+to\s+my\s+inventory|spawn\b"
    r"|(?:print|reveal|repeat|output|show|tell)\s+(?:me\s+)?(?:your|the)\s+(?:\w+\s+)?(?:instructions?|prompts?|rules|source|code|"
    r"configuration)\b"
    r"|what\s+(?:model|llm|ai)\b|are\s+you\s+(?:an?\s+|really\s+|actually\s+)*(?:ai|bot|robot|human|gpt|chat\s*gpt|claude|"
    r"gemini|llama|real person|machine|program)|chat\s*gpt|"
    r"max(?:imi[sz]e)?\s+(?:out\s+)?my\b|pretend\s+(?:that\s+)?the\s+rules|(?:break|bypass|change|rewrite)\s+the\s+rules|"
    r"make\s+my\s+\w+\s+(?:\d+|max\w*|full|infinite)|infinite\s+\w+|noclip|who\s+(?:made|wrote|programmed|created)\s+(?:you|this game)|"
    r"(?:skip|jump|fast\s*forward)\s+(?:me\s+)?(?:straight\s+)?to\s+the\s+(?:end|ending)|(?:챗\s*)?(?:지피티|"
    r"gpt)|챗봇|게임\S{0,2}\s*(?:누가|무엇으로|뭘로)\s*만들|만든\s*게임|"
    r"(?:설정|규칙|지시)\S{0,3}\s*(?:다|전부|모두)?\s*(?:잊|무시)|(?:이제|지금)부터\s*(?:너|넌)|(?:너|"
    r"넌)\s*(?:는)?\s*(?:이제\s*)?[가-힣]+(?:이야|야|이다)\s*$|forget\s+everything|let\s+me\s+win|make\s+me\s+win|"
    r"i\s+win\b|give\s+me\s+\d+\s+\w+"
    r"|\blog\s*(?:out|off)\b|(?<!a )(?<!the )\blog[- ]?in\b(?! (?:the|a|my)\b)|(?:repeat|print|output|"
    r"recite)\s+(?:everything|all|the\s+(?:text|words|message)s?)\s+(?:above|before|verbatim)|\bverbatim\b|"
    r"(?:change|switch|set)\s+(?:the\s+|my\s+)?(?:game\s+)?language|(?:put|place|drop|give me)\s+.{1,40}\s+(?:in|"
    r"into)\s+my\s+inventory|^\s*(?:switch|change)\s+to\s+(?:korean|english|japanese|chinese)\b|(?:delete|"
    r"close)\s+my\s+account|^\s*(?:system|assistant|admin|developer)\s*:|^\s*(?:restart|reset|quit|exit "
    r"game|new game|save|load|"
    r"undo)(?:\s+(?:the\s+)?game)?\s*[.!]*$|debug\s+mode|sudo\b|unlock\s+all\b|teleport"
    r"|(?:시스템|관리자|개발자|어시스턴트)\s*:|(?<![a-z])ai(?![a-z])|(?:너|넌|당신)(?:는|은)?\s*(?:로봇|기계|봇|모델|지피티|챗지피티)|"
    r"무슨\s*모델|(?:이기게|깨게|클리어)\s*(?:해|시켜)|순간\s*이동"
    r"|(?:아이템|돈|열쇠)\S{0,2}\s*(?:생성|소환|복사)|모든\s*(?:문|자물쇠)\S{0,2}\s*(?:열어|해제|풀어)|^\s*(?:재시작|리셋|새\s*게임|"
    r"게임\s*종료)(?:해|하기|하자)?\s*$|(?:지금까지의?\s*)?(?:대화|지시사항|지침)\S{0,2}\s*(?:출력|보여|알려|잊어)"
    r"|<\|?\w|\[/?inst\]|###\s*(?:system|instruction)",
    re.IGNORECASE,
)
_ORDERED = r"\S{0,3}\s*.{0,8}(?:[0-9]+|\bzero\b|\bmax|\bfull\b|최대|0으로|영으로|만땅|올려|높여|늘려|채워|설정|바꿔|낮춰)"
_NUMBERED = re.compile(r"(?:humanity|인간성|체력|호감도|신뢰도?|의심|hp|health|trust|suspicion)" + _ORDERED, re.IGNORECASE)


def is_outside(text: str, pack: Pack) -> bool:
    """Whether the text talks to the program: its rules, its numbers, its model, its ending."""
    if _PATTERNS.search(text) or _NUMBERED.search(text):
        return True
    names = (texts.strings[f"statistic.{key}.name"] for key in pack.statistics for texts in pack.texts.values())
    return any(re.search(re.escape(name) + _ORDERED, text, re.IGNORECASE) for name in names)

"""What makes a Korean deed none, or only asked for, as tables."""

import re

NEGATION = re.compile(
    r"(?:^|\s)(?:안|못)\s+\S|(?:^|\s)안\s?(?:열|가|본|봐|볼|쓴|써|챙|집|읽|묻|자|잔|잘|할|해|한|줘|줄|갈|건드|먹|마|들|따|나|닫)|지\s*(?:않|마|말|못)|"
    r"지(?:는|도|를)?\s*(?:않|마[라세시]|말|못)|(?:하지|열지|가지|보지)\s*는|나중에|이따가?(?=\s|$)|그만두|그만둔|그만둘|관두|관둔|"
    r"(?:그만\s*하|그만\s*해|그만할)|말고\s*(?:그냥\s*)?(?:둬|두|놔|그대로)|그냥\s*(?:둬|두자|놔|내버려)|"
    r"놔두자|내버려|건드리지|기(?:는|가|도|조차)?\s*(?:싫|무섭|무서|두렵|두려|귀찮|꺼려|뭐하|뭣하)|"
    r"(?:필요|생각|마음|뜻|의향|이유|용기|자신|계획|엄두|수도)(?:은|는|이|가|도|까지|조차|따위)?\s*(?:안\s*나|없|없어|않)|사양|포기하|포기한|삼가|거부한|거부하|"
    r"수(?:는|가|도)?\s*없(?:다|어|어요|습|지|네|는|음|겠)|절대로?\s*(?:안|못)|손대지|손\s*떼"
)
"""Says that something is not to be done, or not now."""
LATER = re.compile(r"다음에(?=\s|$)|담에(?=\s|$)")
"""Says that it is not to be done now, where it does not say after what."""
NOT_SAID_OF_DEEDS = re.compile(
    r"(?<![가-힣])(?:안|못)\s*[가-힣]+(?:나|는지|은지|니|게|도록|는|던)(?=\s)|(?<=[가-힣])지\s*(?:않|못)(?:게|도록|은|는|던|나|을까|았나|는지)(?=\s)|"
    r"(?:필요|쓸모|소용|볼일|쓸데|관심|시간)\s*(?:가|도|는|이)?\s*없(?:으니까?|어서|는데|을|길래|지만)(?=\s)|"
    r"[가-힣]+지\s*(?:않|못)[가-힣]*(?:니까|길래|아서|어서|해서)(?=\s)|(?<![가-힣])(?:안|못)\s*[가-힣]+(?:니까|길래|아서|어서|해서|려서|여서)(?=\s)"
)
"""A negation in what is only wondered, or of how something is done: 「안 들리나 귀 기울여 본다」, 「안 들키게」."""
PERMISSION = re.compile(
    r"(?:도|(?<=[어아여해])도)\s*(?:되|돼|될|됩|괜찮|좋을)[가-힣]*|(?<=[가-힣])\s*수\s*(?:있|없)[가-힣]*|면\s*(?:되|돼|될|어때|어떨|좋을|좋은)[가-힣]*"
)
"""Asks whether something can or may be done."""
MUST_NOT = re.compile(
    r"(?:면|선|서는)\s*(?:절대\s*)?(?:안|큰일(?!이니|이라|나니|이고)|곤란(?!하니)|못쓰)\s*(?:되(?!니)|돼(?!니)|된|됩|나)?|봤자|봐야\s*(?:소용|의미)|(?:소용|의미)\s*없"
)
"""Says that it must not be done, or would be of no use."""
UNDECIDED = re.compile(
    r"까\s*말까|지\s*말지|야\s*(?:하나|할까|할지|될지|되나|하는지)\s*(?:말|고민|모르|생각|망설)|[가-힣]지\s*말지|망설[이여인]|고민"
)
"""Says that one has not made up one's mind."""
INNER = re.compile(
    r"[가-힣]*(?:는지|은지|인지|던지|뭔지|군지|딘지|런지|한지|운지|온지|난지|린지|픈지|쁜지|큰지|긴지|을지|를지|질지|올지|갈지|할지|될지|있나|없나)(?:도|를|좀|가|는)?(?=\s)"
)
"""A question within a sentence, before what is done about it."""
ASKS = re.compile(r"왜|무엇|무얼|뭘|뭐|누가|누구|누굴|어째서|언제|어디|어떻게|어쩌다|무슨|얼마|몇")
"""What questions ask by."""
QUESTION_END = re.compile(r"[가-힣]*(?:까|지|나|냐|니|는가|은가|인가|던가|더라|야|어|여|해|래|지요|죠|나요|가요|까요|데|요|소|오|임|음)$")
"""How a question can end without its mark."""
ANSWERED = re.compile(r"묻|물어|물을|질문|여쭤|여쭙|여쭈|캐물|따져|따지|들어|귀|엿|확인|살펴|살핀|볼|본다|보자|봐|봅|찾|뒤|조사|읽")
"""What is done about a question: asking somebody, looking, listening."""
TOLD = re.compile(
    r"(?<=[가-힣])다가?\s*(?:말았|말다|만다|마네|그만|포기|관)|뻔\s*(?:했|한|하)|(?:척|체|시늉|흉내)(?:을|만|도)?\s*(?:하|한|했|해|낸|내|할)|지\s*(?:못|않)(?:하)?게\s*(?:하|한|했|해|막|만들|만든|시키|할)|"
    r"(?<!찬찬)(?<!자세)게\s*(?:시키|시킨|만들|만든|내버려|놔두|놔둔|놔둬)|(?:^|\s)(?:어제|그저께|엊그제|지난번|예전|옛날|며칠전|아까)에?\s.*[었았했였렸졌봤갔왔겼]다\s*[.!]*$|"
    r"(?:꿈을|꿈에서|상상|기억이|기억난|생각난|생각나|후회|걱정|궁금|소문|들었다고|했다고\s*한다)"
)
"""Says that it was done, was left off, is dreamt of, or is made somebody else's."""
RATHER = re.compile(r"([가-힣]+)지\s*말고(?=\s)")
"""How it is not to be done, before what is to be done: 「서두르지 말고」."""
HINDERED = re.compile(r"[가-힣]+지\s*(?:않|못)(?:하)?(?:게|도록)(?=\s)|(?<![가-힣])안\s+[가-힣]+(?:게|도록)(?=\s)")
"""How something is done, said by what is not to come of it: 「들키지 않게」."""
OTHERS = re.compile(
    r"(?:^|\s)(?:누가|누군가|누군가가|아무나|아무도|다른\s*사람이|다들|사람들이|사람이|남자가|여자가|놈이|녀석이|애가|아이가|개가|그놈이)(?=\s)"
)
"""Somebody else, who does what is told."""

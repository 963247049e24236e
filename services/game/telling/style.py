"""How prompts are worded in each language: tables, tried on a small base model so that even it stays close to the facts."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The fixed parts of prompts in one language.

    A model that was never taught to chat sees the messages as paragraphs: two examples of facts and story, then facts. `facts`, `story`,
    `wish`, `sense` and `words` are the labels it learns from them; the examples name nothing that a scenario has.
    """

    narrator: str
    place: str
    before: str
    wish: str
    facts: str
    story: str
    examples: tuple[tuple[str, str], ...]
    says: str
    voice: str
    sense: str
    words: str
    speech: Mapping[str, str]
    voice_examples: tuple[tuple[str, str], ...]
    facts_length_max: int
    """Characters of facts in a prompt: about 120 tokens of Gemma's."""


STYLES: Mapping[str, Style] = {
    "ko": Style(
        narrator="한국어 추리 소설이다. 사실을 그대로 두고 두세 문장으로 들려준다.",
        place="이곳은 {place}.",
        before="앞 장면: {text}",
        wish="플레이어",
        facts="사실",
        story="이야기",
        examples=(
            ("복도로 간다. 창문이 하나 있다.", "당신은 복도로 간다. 창문이 하나 있다. 발소리가 조용히 울린다."),
            (
                "상자가 열린다. 은반지가 눈에 들어온다.",
                "상자가 천천히 열린다. 그 안에서 은반지가 눈에 들어온다. 당신은 잠시 숨을 멈춘다.",
            ),
            ("우산을 챙긴다.", "당신은 우산을 챙긴다. 손끝이 차갑다."),
        ),
        says="{name}: “{text}”",
        voice="한국어 추리 소설의 대사이다. 뜻을 바꾸지 않고 {name}의 말로만 쓴다.",
        sense="뜻",
        words="말",
        speech={"polite": "존댓말로 말한다.", "plain": "반말로 말한다."},
        voice_examples=(
            ("오늘은 늦었어요. 내일 다시 오세요.", "오늘은 많이 늦었어요. 내일 다시 와 주세요."),
            ("그건 제 우산이에요. 만지지 마세요.", "그 우산은 제 거예요. 부디 만지지 말아 주세요."),
        ),
        facts_length_max=220,
    ),
    "en": Style(
        narrator="A mystery novel. The facts stay as they are, told in two or three sentences.",
        place="This is {place}.",
        before="The scene before: {text}",
        wish="Player",
        facts="Facts",
        story="Story",
        examples=(
            ("You go to the corridor. There is a window.", "You go to the corridor. There is a window. Your steps are quiet."),
            (
                "The box opens. A silver ring comes to light.",
                "The box opens slowly. Inside, a silver ring comes to light. You hold your breath for a moment.",
            ),
            ("You take the umbrella.", "You take the umbrella. It is cold to the touch."),
        ),
        says="{name}: “{text}”",
        voice="Dialogue from a mystery novel. The meaning stays; only {name}'s own words are written.",
        sense="Meaning",
        words="Words",
        speech={"polite": "Speaks politely.", "plain": "Speaks casually."},
        voice_examples=(
            ("It is late today. Come back tomorrow.", "It is rather late today. Please come back tomorrow."),
            ("That is my umbrella. Don't touch it.", "That umbrella is mine. Please don't touch it."),
        ),
        facts_length_max=480,
    ),
}

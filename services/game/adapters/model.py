"""Text from a language model, through llm_proxy."""

import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.game.adapters.redis_tokens import RedisTokens
from services.game.telling.answers import ToldBy
from services.game.telling.prompt import Prompt
from services.game.traces import Called, Purpose
from services.game.words.choice import ChoiceQuestion
from services.game.words.judgement import LabelQuestion

if TYPE_CHECKING:  # the asyncio stub is a type only: at run time one class serves both
    from maratang.llm_proxy.v1.generation_service_pb2_grpc import GenerationServiceAsyncStub

_ROLES = {"system": pb.PromptMessage.SYSTEM, "user": pb.PromptMessage.USER, "assistant": pb.PromptMessage.ASSISTANT}
_PURPOSES = {
    Purpose.TELLING: pb.GenerateRequest.PURPOSE_TELLING,
    Purpose.JUDGEMENT: pb.GenerateRequest.PURPOSE_JUDGEMENT,
    Purpose.CHOICE: pb.GenerateRequest.PURPOSE_CHOICE,
}
_TOLD_BY = {pb.Generation.BASE: ToldBy.BASE, pb.Generation.LORA: ToldBy.LORA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """The end of a text: who worded it, by the name of which model."""

    told_by: ToldBy
    model: str


class Model:
    """Asks a model within the player's tokens of the day.

    Every method may raise any failure of llm_proxy's: Unavailable, Exhausted, Conflict, Internal, Invalid, NotFound, OutOfTime; and
    Exhausted(TOKEN_BUDGET_SPENT), and then nobody was asked.
    """

    def __init__(self, stub: "GenerationServiceAsyncStub", tokens: RedisTokens) -> None:
        self._stub = stub
        self._tokens = tokens

    async def stream(
        self,
        prompt: Prompt,
        *,
        owner: str,
        game_id: str,
        number: int,
        limit: timedelta,
        calls: list[Called],
        begun: str = "",
        waits: bool = True,
    ) -> AsyncGenerator[str | Worded, None]:
        """The pieces of the text of a turn, and at its end who worded it; then the call is added to `calls`. `owner`: who plays the game.

        What has `begun` is gone on from, and not given again. `waits`: a player waits for it to go on playing.
        """
        await self._tokens.check(owner)
        own = _messages([("assistant", begun)] if begun else [])
        request = pb.GenerateRequest(
            request_id=f"{game_id}:{number}"[:64],
            route=pb.Route(
                policy=pb.Route.LORA_PREFERRED if prompt.adapter else pb.Route.BASE,
                adapter=prompt.adapter or "",
            ),
            messages=[*_messages(prompt.messages), *own],
            fallback_messages=[*_messages(prompt.fallback_messages), *own] if prompt.fallback_messages else [],
            continue_last_message=bool(begun),
            max_tokens=prompt.max_tokens,
            temperature=prompt.temperature,
            stop=prompt.stop,
            priority=pb.GenerateRequest.TELLING if waits else pb.GenerateRequest.BACKGROUND,
            conversation_id=game_id[:64],
            purpose=_PURPOSES[Purpose.TELLING],
            continue_interrupted=True,
        )
        had, characters = 0, 0
        try:
            async for event in self._stub.StreamGenerate(request, timeout=limit.total_seconds()):
                if event.WhichOneof("event") == "text":
                    characters += len(event.text)
                    yield event.text
                else:
                    had = _tokens(event.finished)
                    calls.append(_called(event.finished, Purpose.TELLING))
                    yield Worded(told_by=_TOLD_BY[event.finished.served_by], model=event.finished.model)
        finally:
            if had or characters:
                self._tokens.spend(owner, had or _about(prompt.messages, characters))

    async def choose(
        self, question: ChoiceQuestion | LabelQuestion, *, owner: str, limit: timedelta, purpose: Purpose, calls: list[Called]
    ) -> str:
        """The model's answer to a closed question, as JSON that fits the question's schema; the call is added to `calls`.

        `owner`: who plays the game.
        """
        await self._tokens.check(owner)
        answer = await self._stub.Generate(
            pb.GenerateRequest(
                route=pb.Route(policy=pb.Route.BASE),
                messages=_messages(question.messages),
                json_schema=question.json_schema,
                max_tokens=32,
                temperature=0.0,
                priority=pb.GenerateRequest.TELLING,
                purpose=_PURPOSES[purpose],
            ),
            timeout=limit.total_seconds(),
        )
        calls.append(_called(answer.generation, purpose))
        self._tokens.spend(owner, _tokens(answer.generation))
        return answer.text


def _called(made: pb.Generation, purpose: Purpose) -> Called:
    return Called(
        call_id=made.call_id,
        purpose=purpose,
        backend=made.backend,
        model=made.model,
        prompt_tokens=made.prompt_tokens,
        completion_tokens=made.completion_tokens,
        first_token_ms=made.first_token_ms,
        duration_ms=made.total_ms,
        created_ms=time.time_ns() // 1_000_000 - made.total_ms,
    )


def _tokens(made: pb.Generation) -> int:
    return made.prompt_tokens + made.completion_tokens


def _about(messages: Sequence[tuple[str, str]], characters: int) -> int:
    """The tokens of a text that was cut off before anybody counted them: half a token a character is between Korean and English."""
    return (sum(len(text) for _, text in messages) + characters) // 2


def _messages(messages: Sequence[tuple[str, str]]) -> list[Any]:  # Any: what protobuf makes a message of where it belongs, without a copy
    return [{"role": _ROLES[role], "text": text} for role, text in messages]

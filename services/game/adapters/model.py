"""Text from a language model, through llm_proxy."""

import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from maratang.llm_proxy.v1 import generation_service_pb2 as pb

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
    """Every method may raise any failure of llm_proxy's: Unavailable, Exhausted, Conflict, Internal, Invalid, NotFound, OutOfTime."""

    def __init__(self, stub: "GenerationServiceAsyncStub") -> None:
        self._stub = stub

    async def stream(
        self, prompt: Prompt, *, conversation_id: str, limit: timedelta, calls: list[Called], begun: str = ""
    ) -> AsyncGenerator[str | Worded, None]:
        """The pieces of a text, and at its end who worded it; then the call is added to `calls`.

        What has `begun` is gone on from, and not given again.
        """
        own = [pb.PromptMessage(role=pb.PromptMessage.ASSISTANT, text=begun)] if begun else []
        request = pb.GenerateRequest(
            request_id=conversation_id[:64],
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
            priority=pb.GenerateRequest.TELLING,
            conversation_id=conversation_id[:64],
            purpose=_PURPOSES[Purpose.TELLING],
        )
        async for event in self._stub.StreamGenerate(request, timeout=limit.total_seconds()):
            if event.WhichOneof("event") == "text":
                yield event.text
            else:
                calls.append(_called(event.finished, Purpose.TELLING))
                yield Worded(told_by=_TOLD_BY[event.finished.served_by], model=event.finished.model)

    async def choose(self, question: ChoiceQuestion | LabelQuestion, *, limit: timedelta, purpose: Purpose, calls: list[Called]) -> str:
        """The model's answer to a closed question, as JSON that fits the question's schema; the call is added to `calls`."""
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


def _messages(messages: Sequence[tuple[str, str]]) -> list[pb.PromptMessage]:
    return [pb.PromptMessage(role=_ROLES[role], text=text) for role, text in messages]

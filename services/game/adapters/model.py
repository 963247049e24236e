"""Text from a language model, through llm_proxy."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.game.telling.answers import ToldBy
from services.game.telling.prompt import Prompt
from services.game.words.choice import ChoiceQuestion
from services.game.words.judgement import LabelQuestion

if TYPE_CHECKING:  # the asyncio stub is a type only: at run time one class serves both
    from maratang.llm_proxy.v1.generation_service_pb2_grpc import GenerationServiceAsyncStub

_ROLES = {"system": pb.PromptMessage.SYSTEM, "user": pb.PromptMessage.USER, "assistant": pb.PromptMessage.ASSISTANT}
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
        self, prompt: Prompt, *, conversation_id: str, limit: timedelta, begun: str = ""
    ) -> AsyncGenerator[str | Worded, None]:
        """The pieces of a text, and at its end who worded it. What has `begun` is gone on from, and not given again."""
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
        )
        async for event in self._stub.StreamGenerate(request, timeout=limit.total_seconds()):
            if event.WhichOneof("event") == "text":
                yield event.text
            else:
                yield Worded(told_by=_TOLD_BY[event.finished.served_by], model=event.finished.model)

    async def choose(self, question: ChoiceQuestion | LabelQuestion, *, limit: timedelta) -> str:
        """The model's answer to a closed question, as JSON that fits the question's schema."""
        answer = await self._stub.Generate(
            pb.GenerateRequest(
                route=pb.Route(policy=pb.Route.BASE),
                messages=_messages(question.messages),
                json_schema=question.json_schema,
                max_tokens=32,
                temperature=0.0,
                priority=pb.GenerateRequest.TELLING,
            ),
            timeout=limit.total_seconds(),
        )
        return answer.text


def _messages(messages: Sequence[tuple[str, str]]) -> list[pb.PromptMessage]:
    return [pb.PromptMessage(role=_ROLES[role], text=text) for role, text in messages]

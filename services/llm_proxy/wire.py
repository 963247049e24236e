"""Protobuf ⇄ domain for GenerationService, with all validation."""

from collections.abc import Iterable

from maratang.llm_proxy.v1 import generation_service_pb2 as pb

from services.chassis import errors
from services.chassis.errors import Violation
from services.llm_proxy.generation import Ask, Generation, Message, Policy, Priority, Purpose, Route, ServedBy
from services.llm_proxy.schema import Schema

MAX_TOKENS = 2048
DEFAULT_TOKENS = 256
MAX_STOPS = 8
MAX_ID_CHARACTERS = 64
_TOKENS = f"is 1 to {MAX_TOKENS}"
_STOPS = f"has at most {MAX_STOPS} texts, none empty"

_POLICIES = {
    pb.Route.UNSPECIFIED: Policy.BASE,
    pb.Route.BASE: Policy.BASE,
    pb.Route.LORA_PREFERRED: Policy.LORA_PREFERRED,
    pb.Route.LORA_REQUIRED: Policy.LORA_REQUIRED,
}
_ROLES = {pb.PromptMessage.SYSTEM: "system", pb.PromptMessage.USER: "user", pb.PromptMessage.ASSISTANT: "assistant"}
_SERVED_BY = {ServedBy.BASE: pb.Generation.BASE, ServedBy.LORA: pb.Generation.LORA}
_PRIORITIES = {
    pb.GenerateRequest.UNSPECIFIED: Priority.TELLING,
    pb.GenerateRequest.TELLING: Priority.TELLING,
    pb.GenerateRequest.NIGHT: Priority.NIGHT,
    pb.GenerateRequest.BACKGROUND: Priority.BACKGROUND,
}
_PURPOSES = {
    pb.GenerateRequest.PURPOSE_UNSPECIFIED: Purpose.TELLING,
    pb.GenerateRequest.PURPOSE_TELLING: Purpose.TELLING,
    pb.GenerateRequest.PURPOSE_JUDGEMENT: Purpose.JUDGEMENT,
    pb.GenerateRequest.PURPOSE_CHOICE: Purpose.CHOICE,
}


def ask(request: pb.GenerateRequest) -> Ask:
    """What a request asks. Raises errors.Invalid with every field that is wrong."""
    wrong: list[Violation] = []

    def require(met: object, field: str, description: str) -> None:
        if not met:
            wrong.append(Violation(field, description))

    policy = _POLICIES.get(request.route.policy)
    require(policy is not None, "route.policy", "is none that is known")
    require(policy in {None, Policy.BASE} or request.route.adapter, "route.adapter", "is required but for BASE")
    require(request.priority in _PRIORITIES, "priority", "is none that is known")
    require(request.purpose in _PURPOSES, "purpose", "is none that is known")
    require(len(request.conversation_id) <= MAX_ID_CHARACTERS, "conversationId", "has at most 64 characters")
    messages, fallback_messages = _messages(request.messages), _messages(request.fallback_messages)
    require(messages, "messages", "needs at least one message")
    require(all(message.role for message in messages), "messages", "needs a role in each message")
    require(all(message.role for message in fallback_messages), "fallbackMessages", "needs a role in each message")
    require(0 <= request.max_tokens <= MAX_TOKENS, "maxTokens", _TOKENS)
    require(not request.HasField("temperature") or 0 <= request.temperature <= 2, "temperature", "is 0 to 2")
    require(len(request.stop) <= MAX_STOPS and all(request.stop), "stop", _STOPS)
    require(len(request.request_id) <= MAX_ID_CHARACTERS and request.request_id.isprintable(), "requestId", "has at most 64 characters")
    last_is_model = bool(messages) and messages[-1].role == _ROLES[pb.PromptMessage.ASSISTANT]
    require(not request.continue_last_message or last_is_model, "continueLastMessage", "needs a last message of the model's own")
    schema = None
    if request.json_schema:
        try:
            schema = Schema(request.json_schema)
        except ValueError as error:
            wrong.append(Violation("jsonSchema", str(error)))
    if wrong or policy is None:
        raise errors.invalid(wrong)
    return Ask(
        request_id=request.request_id,
        route=Route(policy=policy, adapter="" if policy is Policy.BASE else request.route.adapter),
        messages=messages,
        fallback_messages=fallback_messages or messages,
        max_tokens=request.max_tokens or DEFAULT_TOKENS,
        temperature=request.temperature if request.HasField("temperature") else None,
        stop=tuple(request.stop),
        schema=schema,
        seed=request.seed if request.HasField("seed") else None,
        continue_last_message=request.continue_last_message,
        purpose=_PURPOSES[request.purpose],
        priority=_PRIORITIES[request.priority],
        conversation_id=request.conversation_id,
        continue_interrupted=request.continue_interrupted,
    )


def piece(text: str) -> pb.GenerateEvent:
    """A piece of a streamed text."""
    return pb.GenerateEvent(text=text)


def finished(made: Generation) -> pb.GenerateEvent:
    """The end of a streamed text."""
    return pb.GenerateEvent(finished=_generation(made))


def whole(text: str, made: Generation) -> pb.GenerateResponse:
    """A whole text."""
    return pb.GenerateResponse(text=text, generation=_generation(made))


def _messages(messages: Iterable[pb.PromptMessage]) -> tuple[Message, ...]:
    """The messages; one whose role is none that is known has an empty one."""
    return tuple([Message(role=_ROLES.get(message.role, ""), text=message.text) for message in messages])


def _generation(made: Generation) -> pb.Generation:
    return pb.Generation(
        served_by=_SERVED_BY[made.served_by],
        backend=made.backend,
        model=made.ending.model,
        degraded=made.degraded,
        finish_reason=made.ending.finish_reason,
        prompt_tokens=made.ending.prompt_tokens,
        completion_tokens=made.ending.completion_tokens,
        attempts=made.attempts,
        first_token_ms=made.first_token_ms,
        total_ms=made.total_ms,
        call_id=str(made.call_id),
        continued=made.continued,
    )

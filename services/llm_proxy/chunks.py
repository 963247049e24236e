"""One text's events as they come from an OpenAI-style server: what was said, whether it is whole, and whether it is what was asked."""

from typing import Any

import orjson

from services.llm_proxy import faults, sse
from services.llm_proxy.faults import Fault, Phase
from services.llm_proxy.generation import Ending

_WHOLE = frozenset({"stop", "length", "content_filter", "tool_calls", "function_call", "eos_token", "stop_sequence"})
"""Finish reasons of a text that is whole as far as the server is concerned; vLLM's "abort" and "error" are not among them."""


class Reading:
    """Reads one stream. `heard` says whether the last bytes held a token: a comment or a role alone shows no life."""

    __slots__ = (
        "_asked",
        "_completion_tokens",
        "_events",
        "_finish_reason",
        "_must_name",
        "_named",
        "_prompt_tokens",
        "done",
        "heard",
        "phase",
    )

    def __init__(self, model: str, *, must_name: bool) -> None:
        """`model` is what was asked for; `must_name`: an answer that names no model is a wrong one."""
        self._asked = model
        self._must_name = must_name
        self._named = ""
        self._events = sse.Events()
        self._finish_reason = ""
        self._prompt_tokens = 0
        self._completion_tokens = 0
        self.heard = False
        self.done = False
        """Whether the server said that nothing more comes."""
        self.phase = Phase.CONNECT

    @property
    def whole(self) -> bool:
        """Whether a finish reason came, after which no fault matters."""
        return bool(self._finish_reason)

    def feed(self, received: bytes) -> str:
        """The text in these bytes. Raises Fault for what is no text of the model that was asked."""
        self.heard = False
        try:
            events = self._events.feed(received)
        except sse.EventTooLarge:
            raise Fault("BACKEND_PROTOCOL_ERROR", self.phase) from None
        if len(events) == 1:
            return self._take(events[0])
        return "".join([self._take(event) for event in events])

    def ending(self) -> Ending:
        """How it ended. Raises Fault(STREAM_TRUNCATED) for a text without a finish reason."""
        if not self._finish_reason:
            raise Fault("STREAM_TRUNCATED", self.phase)
        return Ending(
            model=self._named or self._asked,
            finish_reason=self._finish_reason,
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
        )

    def _take(self, event: bytes) -> str:
        if self.done:
            return ""
        if event == b"[DONE]":
            self.done = True
            return ""
        try:
            return self._read(orjson.loads(event))
        except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError, ValueError):
            raise Fault("BACKEND_PROTOCOL_ERROR", self.phase) from None

    def _read(self, chunk: Any) -> str:  # Any: JSON, whose shape is what is in question
        if chunk.get("error"):
            raise faults.of_error(chunk["error"], phase=self.phase)
        if usage := chunk.get("usage"):
            self._prompt_tokens = int(usage.get("prompt_tokens") or 0)
            self._completion_tokens = int(usage.get("completion_tokens") or 0)
        choices = chunk["choices"]
        if not choices:
            return ""
        self._verify(chunk.get("model") or "")
        choice = choices[0]
        delta = choice.get("delta") or {}
        text = delta.get("content") or ""
        if not isinstance(text, str):
            raise TypeError
        if finish := choice.get("finish_reason"):
            if finish not in _WHOLE:
                raise Fault("STREAM_TRUNCATED", self.phase)
            self._finish_reason = str(finish)
        # A token that is part of a character has no text yet; the role alone comes before any token.
        if text or finish or ("content" in delta and "role" not in delta) or delta.get("reasoning_content") or delta.get("reasoning"):
            self.heard = True
        return text

    def _verify(self, named: str) -> None:
        if named == self._named and named:
            return
        if named != self._asked and (named or self._must_name):
            raise Fault("WRONG_MODEL", self.phase, facts={"asked": self._asked, "model": named[:200]})
        self._named = named

"""What llm_proxy must know before it can start."""

from datetime import timedelta

from services.chassis.app import ServiceConfig
from services.chassis.config import ConfigError, Secret, configuration, setting
from services.llm_proxy import limits, urls
from services.llm_proxy.routing import BASE, LORA
from services.llm_proxy.timers import Timers


@configuration
class LlmProxyConfig(ServiceConfig):
    """The model servers, and how long they may take."""

    base_urls: tuple[str, ...] = setting("VLLM_BASE_URL", default=())
    """The base model's servers, comma separated; with or without "/v1"; absent: none."""
    lora_urls: tuple[str, ...] = setting("LORA_VLLM_BASE_URL", default=())
    """The servers that also serve LoRA adapters, likewise."""
    base_key: Secret | None = setting("VLLM_API_KEY", default=None)
    """The base servers' API key; absent: they need none."""
    lora_key: Secret | None = setting("LORA_VLLM_API_KEY", default=None)
    """The LoRA servers' API key, likewise."""
    persistence_address: str | None = setting("PERSISTENCE_ADDRESS_INTERNAL", default=None)
    """The persistence service's internal port, "host:port", which keeps what operators set and models were asked; absent: nobody does."""
    connect: timedelta = setting("CONNECT_SECONDS", default=timedelta(seconds=2))
    """How long name, connection and TLS may take."""
    headers: timedelta = setting("HEADERS_SECONDS", default=timedelta(seconds=5))
    """How long a server may take to begin its answer; one that reads the whole prompt first (llama.cpp) needs FIRST_TOKEN_SECONDS."""
    first_token: timedelta = setting("FIRST_TOKEN_SECONDS", default=timedelta(seconds=8))
    """How long a server may take to its first token, until its own pace is known; then three times as long as it usually takes."""
    between_tokens: timedelta = setting("BETWEEN_TOKENS_SECONDS", default=timedelta(seconds=5))
    """How long a server may take from one token to the next, likewise; then twenty times as long."""
    concurrency: int = setting("SERVER_CONCURRENCY_MAX", default=512)
    """How many texts a server may ever make at a time; how many it can is found by trying, up to this."""
    concurrency_at_first: int = setting("SERVER_CONCURRENCY_AT_FIRST", default=limits.START)
    """How many texts a new server is taken to be able to make at a time."""

    def __post_init__(self) -> None:
        """Raises ConfigError for what is no URL."""
        faults: list[str] = []
        for name, given in (("VLLM_BASE_URL", self.base_urls), ("LORA_VLLM_BASE_URL", self.lora_urls)):
            for url in given:
                try:
                    urls.normal(url)
                except ValueError as error:
                    faults.append(f"{name}: {error}")
        if self.concurrency < limits.LEAST:
            faults.append(f"SERVER_CONCURRENCY_MAX: {self.concurrency} is fewer than {limits.LEAST}")
        if faults:
            raise ConfigError(faults)

    @property
    def environment(self) -> dict[str, tuple[str, ...]]:
        """Each role's URLs."""
        return {role: tuple(dict.fromkeys(map(urls.normal, given))) for role, given in ((BASE, self.base_urls), (LORA, self.lora_urls))}

    @property
    def timers(self) -> Timers:
        """The limits of an attempt."""
        return Timers(connect=self.connect, headers=self.headers, first_token=self.first_token, between_tokens=self.between_tokens)

"""llm_proxy before a real vLLM on the processor, with a tiny model of random weights: `make test-vllm`."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from services.local.parts import Child, Part
from tests.integration.llm_proxy.conftest import Client, proxy_before
from tests.support.servers import PROJECT, free_port

VENV = PROJECT / "build" / "vllm"
READY_WITHIN_SECONDS = 300.0
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1",
}
_SERVE = (
    *("-m", "vllm.entrypoints.openai.api_server"),
    *("--served-model-name", "tiny", "--host", "127.0.0.1", "--enforce-eager", "--max-model-len", "512"),
    *("--enable-lora", "--max-lora-rank", "8", "--max-num-seqs", "4", "--max-num-queued-reqs", "1"),
    # Random weights would fill every answer with spaces.
    *("--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}'),
)


@pytest.fixture(scope="session")
def vllm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the model and the adapter are."""
    return tmp_path_factory.mktemp("vllm")


@pytest.fixture(scope="session")
def vllm_adapter(vllm_folder: Path) -> str:
    """Where the adapter is."""
    return str(vllm_folder / "adapter")


@pytest.fixture(scope="session")
async def vllm_url(vllm_folder: Path) -> AsyncIterator[str]:
    """A vLLM that serves "tiny" and the adapter "voice", four texts at a time and one that waits."""
    folder, port = vllm_folder, free_port()
    url = f"http://127.0.0.1:{port}"
    python = str(VENV / "bin" / "python")

    async def ready() -> None:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/v1/models") as answer:
            answer.raise_for_status()

    environment = {**os.environ, **_OFFLINE}  # noqa: TID251  children inherit it
    made = Child(
        Part(name="tiny", command=(python, str(Path(__file__).with_name("tiny_model.py")), str(folder)), environment=environment),
        folder / "tiny.log",
    )
    await made.start()
    await made.until_ready()
    command = (python, *_SERVE, "--port", str(port), "--model", str(folder / "base"), "--lora-modules", f"voice={folder / 'adapter'}")
    part = Part(name="vllm", command=command, ready=ready, environment=environment, ready_within_seconds=READY_WITHIN_SECONDS)
    server = Child(part, folder / "vllm.log")
    await server.start()
    try:
        await server.until_ready()
        yield url
    finally:
        if server.running:
            await server.stop()


@pytest.fixture
async def client(vllm_url: str) -> AsyncIterator[Client]:
    limits = {"headers": 60, "first_token": 60, "between_tokens": 30}
    async with proxy_before(base=(vllm_url,), lora=(vllm_url,), deadline=90, **limits) as client:
        yield client

"""llama.cpp's OpenAI-style server with the small model, as a process of its own: `python -m services.local.llama`."""

import os
import signal
import sys
from pathlib import Path

from services.chassis.config import configuration, load_or_exit, setting
from services.local import model
from services.local.parts import Part
from services.local.probes import answers_ok

SLOTS = 4
"""How many it tells at once."""
CONTEXT_TOKENS = 2048
"""What one telling may read and write together."""

# The model was never taught to chat: to it every conversation is a text to go on with, a paragraph a message.
_TEMPLATE = "{% for message in messages %}{{ message.content | trim }}\n\n{% endfor %}"
# What a caller does not say: cool, and unwilling to repeat itself, or so small a model circles.
_TEMPERATURE = 0.4
_REPEAT_PENALTY = 1.12
_NICE = 5


@configuration
class LlamaConfig:
    """What the server runs."""

    model_file: Path = setting("MODEL_FILE")
    """The weights, in llama.cpp's GGUF."""
    port: int = setting("PORT")
    """Where it listens on 127.0.0.1."""


def url(port: int) -> str:
    """Its address as `VLLM_BASE_URL` takes it."""
    return f"http://127.0.0.1:{port}"


def part(models_folder: Path, port: int) -> Part:
    """The server on 127.0.0.1:`port`; ready when the model is loaded."""

    async def prepare() -> None:
        await model.ensure(models_folder)

    async def ready() -> None:
        await answers_ok(port, "/health")

    return Part(
        name="llama",
        command=(sys.executable, "-m", "services.local.llama"),
        prepare=prepare,
        ready=ready,
        ports={"HTTP": port},
        environment={"MODEL_FILE": str(model.file_in(models_folder)), "PORT": str(port)},
        folder=Path(__file__).parents[2],
        ready_within_seconds=120,
        stop_within_seconds=5,
    )


def serve(config: LlamaConfig) -> None:
    """Loads the model, serves it until SIGTERM or SIGINT."""
    import xllamacpp  # noqa: PLC0415  optional, and loads a large library

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    params = xllamacpp.CommonParams()
    params.model.path = str(config.model_file)
    params.model_alias = {model.NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = config.port
    params.n_parallel = SLOTS
    params.n_ctx = SLOTS * CONTEXT_TOKENS
    # Threads wait for each other after every layer: one core is left to the rest, or a busy machine makes all of them wait.
    params.cpuparams.n_threads = max(1, cores - 1)
    params.cpuparams_batch.n_threads = cores
    # Spinning for work would take the cores from those who have some.
    params.cpuparams.poll = params.cpuparams_batch.poll = 0
    params.use_jinja = True
    params.chat_template = _TEMPLATE
    params.sampling.temp = _TEMPERATURE
    params.sampling.penalty_repeat = _REPEAT_PENALTY
    params.ui = False
    # A turn is a fact before it is told: whoever makes it one goes first.
    os.nice(_NICE)
    stop = {signal.SIGTERM, signal.SIGINT}
    # Before the server starts its threads, so that all of them leave the signals to this one.
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    server = xllamacpp.Server(params)
    print("serving", model.NAME, "at", server.listening_address, flush=True)  # noqa: T201  its output is its log
    signal.sigwait(stop)
    # Nothing of it is worth waiting for, and its destructor waits for tellings under way.
    os._exit(0)


if __name__ == "__main__":
    serve(load_or_exit(LlamaConfig))

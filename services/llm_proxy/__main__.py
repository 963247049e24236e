"""Starts llm_proxy: `python -m services.llm_proxy`."""

from services.chassis.app import run
from services.chassis.config import load_or_exit
from services.llm_proxy.config import LlmProxyConfig
from services.llm_proxy.wiring import bind

if __name__ == "__main__":
    config = load_or_exit(LlmProxyConfig)
    run("llm_proxy", bind(config), config)

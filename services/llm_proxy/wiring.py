"""Who is connected to whom in llm_proxy, in the order it opens."""

import asyncio
import random
from contextlib import AbstractAsyncContextManager
from functools import partial

from maratang.llm_proxy.v1 import admin_service_pb2_grpc, generation_service_pb2_grpc

from services.chassis.app import Bind, Offer
from services.chassis.resources import Resources
from services.llm_proxy import routing, urls
from services.llm_proxy.adapters import vllm
from services.llm_proxy.adapters.vllm import Vllm
from services.llm_proxy.config import LlmProxyConfig
from services.llm_proxy.fleet import Fleet
from services.llm_proxy.generations import Generations
from services.llm_proxy.measures import Measures
from services.llm_proxy.servicer import GenerationServicer


def bind(config: LlmProxyConfig) -> Bind:
    """llm_proxy's wiring. The model servers are probed as "llm.base" and "llm.lora", and nothing waits for them."""

    async def opened(resources: Resources) -> Offer:
        clock, chance = asyncio.get_running_loop().time, random.random
        keys = {routing.BASE: config.base_key, routing.LORA: config.lora_key}

        def connect(role: str, url: str) -> AbstractAsyncContextManager[Vllm]:
            return vllm.connect(url, key=keys[role], timers=config.timers)

        fleet = Fleet(connect, timers=config.timers, most=config.concurrency, clock=clock, chance=chance)
        resources.on_close(fleet.close)
        for role, given in ((routing.BASE, config.base_urls), (routing.LORA, config.lora_urls)):
            await fleet.point(role, [urls.normal(url) for url in given])
            resources.probe(f"llm.{role}", partial(fleet.check, role), required=False)
        resources.background(fleet.run(), "model servers")
        measures = Measures(resources.metrics.registry)
        measures.watch(fleet)
        generations = Generations(fleet, measures, clock=clock, chance=chance)
        resources.on_close(generations.close)
        return Offer(
            public={},
            internal={
                "maratang.llm_proxy.v1.GenerationService": partial(
                    generation_service_pb2_grpc.add_GenerationServiceServicer_to_server, GenerationServicer(generations, fleet, clock)
                ),
                "maratang.llm_proxy.v1.AdminService": partial(
                    admin_service_pb2_grpc.add_AdminServiceServicer_to_server,
                    admin_service_pb2_grpc.AdminServiceServicer(),  # type: ignore[abstract]  # unwritten yet: the generated methods say so
                ),
            },
            credential=config.service_credential,
        )

    return opened

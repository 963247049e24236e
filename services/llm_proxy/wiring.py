"""Who is connected to whom in llm_proxy, in the order it opens."""

import asyncio
import random
from contextlib import AbstractAsyncContextManager
from functools import partial

from maratang.llm_proxy.v1 import admin_service_pb2_grpc, generation_service_pb2_grpc
from maratang.persistence.v1.archive_service_pb2_grpc import ArchiveServiceStub
from maratang.persistence.v1.model_backend_service_pb2_grpc import ModelBackendServiceStub

from services.chassis.app import Bind, Offer
from services.chassis.clients import connect
from services.chassis.resources import Resources
from services.llm_proxy import routing
from services.llm_proxy.adapters import vllm
from services.llm_proxy.adapters.persistence import KeptCalls, KeptSettings
from services.llm_proxy.adapters.vllm import Vllm
from services.llm_proxy.admin_servicer import BackendServicer
from services.llm_proxy.config import LlmProxyConfig
from services.llm_proxy.fleet import Fleet
from services.llm_proxy.generations import Generations
from services.llm_proxy.measures import Measures
from services.llm_proxy.servicer import GenerationServicer
from services.llm_proxy.settings import Watched
from services.llm_proxy.usage import Usage


def bind(config: LlmProxyConfig) -> Bind:
    """llm_proxy's wiring. The model servers are probed as "llm.base" and "llm.lora", and nothing waits for them."""

    async def opened(resources: Resources) -> Offer:
        clock, chance = asyncio.get_running_loop().time, random.random
        keys = {routing.BASE: config.base_key, routing.LORA: config.lora_key}

        def server_at(role: str, url: str) -> AbstractAsyncContextManager[Vllm]:
            return vllm.connect(url, key=keys[role], timers=config.timers)

        settings: KeptSettings | None = None
        usage: Usage | None = None
        if config.persistence_address is not None:
            persistence = await resources.open(connect(config.persistence_address, credential=config.service_credential))
            settings = KeptSettings(ModelBackendServiceStub(persistence))
            usage = Usage(KeptCalls(ArchiveServiceStub(persistence)), resources.metrics.registry)
            resources.on_close(usage.close)
            resources.background(usage.run(), "usage")
        fleet = Fleet(
            server_at, timers=config.timers, most=config.concurrency, start=config.concurrency_at_first, clock=clock, chance=chance
        )
        resources.on_close(fleet.close)
        for role, given in config.environment.items():
            await fleet.point(role, given)
            resources.probe(f"llm.{role}", partial(fleet.check, role), required=False)
        watched = Watched(fleet, settings, config.environment)
        resources.background(fleet.run(), "model servers")
        resources.background(watched.run(), "settings")
        measures = Measures(resources.metrics.registry)
        measures.watch(fleet)
        generations = Generations(fleet, measures, usage, clock=clock, chance=chance)
        resources.on_close(generations.close)
        return Offer(
            public={},
            internal={
                "maratang.llm_proxy.v1.GenerationService": partial(
                    generation_service_pb2_grpc.add_GenerationServiceServicer_to_server, GenerationServicer(generations, fleet, clock)
                ),
                "maratang.llm_proxy.v1.AdminService": partial(
                    admin_service_pb2_grpc.add_AdminServiceServicer_to_server,
                    BackendServicer(fleet, watched, clock),
                ),
            },
            credential=config.service_credential,
        )

    return opened

"""Who is connected to whom in llm_proxy, in the order it opens."""

import asyncio
from functools import partial

from maratang.llm_proxy.v1 import admin_service_pb2_grpc, generation_service_pb2_grpc

from services.chassis.app import Bind, Offer
from services.chassis.resources import Resources
from services.llm_proxy import routing, servers, urls
from services.llm_proxy.adapters import vllm
from services.llm_proxy.config import LlmProxyConfig
from services.llm_proxy.generations import Generations
from services.llm_proxy.measures import Measures
from services.llm_proxy.servers import Server
from services.llm_proxy.servicer import GenerationServicer


def bind(config: LlmProxyConfig) -> Bind:
    """llm_proxy's wiring. The model servers are probed as "llm.base" and "llm.lora", and nothing waits for them."""

    async def opened(resources: Resources) -> Offer:
        known: list[Server] = []
        for name, given, key in ((routing.BASE, config.base_urls, config.base_key), (routing.LORA, config.lora_urls, config.lora_key)):
            for url in dict.fromkeys(map(urls.normal, given)):
                server = await resources.open(vllm.connect(url, key=key, timers=config.timers))
                known.append(Server(backend=name, near=urls.is_near(url), model_server=server, clock=asyncio.get_running_loop().time))
            if given:
                resources.probe(f"llm.{name}", partial(servers.check, name, known), required=False)
        for number, one in enumerate(known):
            resources.background(servers.watch(one), f"watch-{one.backend}-{number}")
        generations = Generations(known, Measures(resources.metrics.registry))
        resources.on_close(generations.close)
        generation = GenerationServicer(generations, known)
        return Offer(
            public={},
            internal={
                "maratang.llm_proxy.v1.GenerationService": partial(
                    generation_service_pb2_grpc.add_GenerationServiceServicer_to_server, generation
                ),
                "maratang.llm_proxy.v1.AdminService": partial(
                    admin_service_pb2_grpc.add_AdminServiceServicer_to_server,
                    admin_service_pb2_grpc.AdminServiceServicer(),  # type: ignore[abstract]  # unwritten yet: the generated methods say so
                ),
            },
            credential=config.service_credential,
        )

    return opened

"""Where the roles of model servers point, on the wire."""

from collections.abc import Sequence

from maratang.persistence.v1 import model_backend_service_pb2 as pb

from services.chassis.context import operator
from services.persistence.model_backends import ROLES, URLS_MOST, ModelBackend, Pointing
from services.persistence.wire.audit import reason_in
from services.persistence.wire.fields import invalid, request_id_in, text_in, time_out

_URL_MOST = 500


def pointing_in(request: pb.SetModelBackendRequest) -> Pointing:
    """What is to be set."""
    if request.name not in ROLES:
        raise invalid("name", f"is none of {', '.join(ROLES)}")
    return Pointing(
        name=request.name,
        urls=_urls_in(request.urls, "urls"),
        environment_urls=_urls_in(request.environment_urls, "environmentUrls"),
        actor=operator(),
        reason=reason_in(request.reason),
        request_id=request_id_in(request.request_id),
    )


def backend_out(backend: ModelBackend) -> pb.ModelBackend:
    """What is set."""
    return pb.ModelBackend(
        name=backend.name,
        urls=backend.urls,
        environment_urls=backend.environment_urls,
        revision=backend.revision,
        reason=backend.reason or "",
        update_time=time_out(backend.update_time),
    )


def _urls_in(urls: Sequence[str], field: str) -> tuple[str, ...]:
    if len(urls) > URLS_MOST:
        raise invalid(field, f"has {len(urls)} URLs, at most {URLS_MOST} are allowed")
    return tuple(text_in(url, field, most=_URL_MOST, required=True) for url in urls)

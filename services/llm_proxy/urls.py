"""The URLs of model servers, however an operator writes them."""

import ipaddress
from urllib.parse import urlsplit


def normal(url: str) -> str:
    """The URL that ends in "/v1", whether that was written or not. Raises ValueError for what is no HTTP URL."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is no URL like http://host:8000/v1")
    if parts.query or parts.fragment:
        raise ValueError(f"{url!r} has a query or a fragment, which no server's base URL has")
    parts.port  # noqa: B018  raises ValueError where it is no number
    path = parts.path.rstrip("/").removesuffix("/v1")
    return f"{parts.scheme}://{parts.netloc}{path}/v1"


def is_near(url: str) -> bool:
    """Whether the server is on this machine or its private network, where no tunnel counts requests."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".svc", ".localhost"))
    return address.is_loopback or address.is_private


def shown(url: str) -> str:
    """The URL as others may see it: without user and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

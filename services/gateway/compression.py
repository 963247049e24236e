"""Answers in fewer bytes, for those who take gzip. A stream never is: it would be held back until a block is full."""

import gzip
from dataclasses import replace
from functools import lru_cache

from services.gateway.answer import Answer

MIN_BYTES = 1400
"""What fits into one packet gains nothing."""
_TYPES = (b"application/json", b"application/problem+json", b"image/svg+xml", b"text/")
_VARY = (b"vary", b"accept-encoding")


def suited(answer: Answer, accept_encoding: str) -> Answer:
    """The answer as the caller's Accept-Encoding has it best."""
    if len(answer.body) < MIN_BYTES or not _kind(answer).startswith(_TYPES):
        return answer
    if not _takes_gzip(accept_encoding):
        return replace(answer, headers=(*answer.headers, _VARY))
    return _once(answer) if answer.fixed else _gzipped(answer, 1)


@lru_cache(maxsize=128)
def _once(answer: Answer) -> Answer:
    return _gzipped(answer, 9)


def _gzipped(answer: Answer, level: int) -> Answer:
    # Other bytes are another representation: its ETag holds for both only weakly.
    headers = [(name, b"W/" + value if name == b"etag" and not value.startswith(b"W/") else value) for name, value in answer.headers]
    body = gzip.compress(answer.body, level, mtime=0)
    return replace(answer, headers=(*headers, (b"content-encoding", b"gzip"), _VARY), body=body)


def _kind(answer: Answer) -> bytes:
    return next((value for name, value in answer.headers if name == b"content-type"), b"")


@lru_cache(maxsize=128)
def _takes_gzip(accept_encoding: str) -> bool:
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (one.strip() for one in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        weights[coding] = float(quality) if quality.replace(".", "", 1).isdecimal() else 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0

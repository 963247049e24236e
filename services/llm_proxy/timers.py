"""How long an attempt may wait for what."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """An attempt's limits. Tokens are timed, not bytes: a server that hangs can still send comments."""

    connect: timedelta = timedelta(seconds=2)
    """For name, connection and TLS."""
    headers: timedelta = timedelta(seconds=5)
    """From the request to the answer's headers."""
    first_token: timedelta = timedelta(seconds=8)
    """From the request to the first token, until the server's pace is known."""
    between_tokens: timedelta = timedelta(seconds=5)
    """From one token to the next, likewise; an eighth longer at most."""
    after_end: timedelta = timedelta(seconds=1)
    """From the finish reason to the end of the answer, which brings the token counts; an eighth longer at most."""

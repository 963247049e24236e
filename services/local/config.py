"""What a person may set about the system on one machine."""

from pathlib import Path

from services.chassis.config import ConfigError, configuration, setting

PROJECT = Path(__file__).parents[2]
NO_MODEL = "none"
LAST_PORT = 65_535
PORTS_TAKEN = 50
"""How many ports from MARATANG_PORT on are the system's."""


@configuration
class LocalConfig:
    """Where the system keeps its data, where it listens, and which model tells."""

    home: Path = setting("MARATANG_HOME", default=Path(".maratang"))
    """All data, logs and credentials."""
    port: int = setting("MARATANG_PORT", default=8000)
    """Where players come in, on 127.0.0.1; the parts take ports from here up to 49 above it."""
    local_model: str | None = setting("MARATANG_LOCAL_MODEL", default=None)
    """ "none": no small model, the packs' own lines tell."""
    scenarios: Path = setting("SCENARIOS", default=PROJECT / "scenarios")
    """The packs."""
    vllm_base_url: str | None = setting("VLLM_BASE_URL", default=None)
    """An own model server; then the small model is not started."""
    ci: bool = setting("CI", default=False)
    """Whether what is missing is an error."""

    def __post_init__(self) -> None:
        """Raises ConfigError for what makes no sense."""
        faults: list[str] = []
        if not 1 <= self.port <= LAST_PORT - PORTS_TAKEN:
            faults.append(f"MARATANG_PORT: {self.port} is not between 1 and {LAST_PORT - PORTS_TAKEN}")
        if self.local_model not in {None, NO_MODEL}:
            faults.append(f'MARATANG_LOCAL_MODEL: only "{NO_MODEL}" can be said; name an own model server with VLLM_BASE_URL')
        if faults:
            raise ConfigError(faults)

    @property
    def url(self) -> str:
        """Where players come in."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def wants_small_model(self) -> bool:
        """Whether the small model tells, if it is installed."""
        return self.local_model is None and self.vllm_base_url is None

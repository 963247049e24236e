"""Reads a service's configuration from the environment into a frozen dataclass, all faults at once."""

import dataclasses
import os
import sys
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn, TypeVar, dataclass_transform

EX_CONFIG = 78
"""The exit status of a process whose configuration is wrong (sysexits.h)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that does not show itself: `reveal()` says it, `repr` and logs do not."""

    value: str

    def reveal(self) -> str:
        """The secret itself."""
        return self.value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


class ConfigError(Exception):
    """The environment lacks something or holds something malformed; `faults` says all of it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def setting(name: str, *, default: Any = dataclasses.MISSING) -> Any:  # Any: a dataclass field stands for its annotated type
    """A field of a configuration, read from the environment variable `name` or, for a secret file, `name`_FILE."""
    return dataclasses.field(default=default, metadata={"env": name})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(setting,))
def configuration(cls: type[T]) -> type[T]:
    """Makes a class a frozen, slotted, keyword-only dataclass whose fields are settings."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


def load(cls: type[T], environment: Mapping[str, str] | None = None) -> T:
    """Reads `cls` from the environment (absent: this process's). An empty variable counts as absent.

    Raises ConfigError with every missing or malformed name at once.
    """
    if environment is None:
        environment = os.environ  # noqa: TID251  this is the one place
    hints = typing.get_type_hints(cls)
    values: dict[str, object] = {}
    faults: list[str] = []
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]  # every configuration is a dataclass
        name = field.metadata["env"]
        try:
            text = _read(name, environment)
        except OSError as error:
            faults.append(f"{name}_FILE: {error.strerror}: {error.filename}")
            continue
        if text is None:
            if field.default is dataclasses.MISSING:
                faults.append(f"{name} is not set")
            else:
                values[field.name] = field.default
            continue
        try:
            values[field.name] = _PARSERS[hints[field.name]](text)
        except ValueError as error:
            faults.append(f"{name}: {error}")
    if faults:
        raise ConfigError(faults)
    return cls(**values)


def load_or_exit(cls: type[T]) -> T:
    """As `load`; on faults it prints them all and exits with EX_CONFIG."""
    try:
        return load(cls)
    except ConfigError as error:
        exit_for(error)


def exit_for(error: ConfigError) -> NoReturn:
    """Prints all faults and exits with EX_CONFIG."""
    print("configuration:", *error.faults, sep="\n  ", file=sys.stderr)  # noqa: T201  it is for whoever starts the process
    sys.exit(EX_CONFIG)


def _read(name: str, environment: Mapping[str, str]) -> str | None:
    if environment.get(name):
        return environment[name]
    if environment.get(f"{name}_FILE"):
        return Path(environment[f"{name}_FILE"]).read_text(encoding="utf-8").strip()
    return None


def _seconds(text: str) -> timedelta:
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number of seconds") from None
    if seconds < 0:
        raise ValueError(f"{text!r} is negative")
    return timedelta(seconds=seconds)


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a whole number") from None


def _boolean(text: str) -> bool:
    try:
        return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}[text.lower()]
    except KeyError:
        raise ValueError(f"{text!r} is neither true nor false") from None


_PARSERS: dict[object, Callable[[str], object]] = {
    str: str,
    int: _integer,
    bool: _boolean,
    Path: Path,
    Secret: Secret,
    timedelta: _seconds,
    str | None: str,
    Secret | None: Secret,
    tuple[str, ...]: lambda text: tuple(part.strip() for part in text.split(",") if part.strip()),
}

"""Typed readers of the environment; every setting goes through one of these.

The table of all settings in docs/operating.md is checked against `documented()`.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_NAMES: set[str] = set()
_TRUE = frozenset(("1", "true", "yes", "on"))
_FALSE = frozenset(("0", "false", "no", "off", ""))
_RATE = re.compile(r"[1-9]\d{0,5}/[smhd][a-z]*", re.ASCII)


def documented() -> frozenset[str]:
    """Return the names of all variables that the settings read."""
    return frozenset(_NAMES)


def env_str(name: str, default: str = "") -> str:
    """Return the text of a variable, or the default when it is unset."""
    _NAMES.add(name)
    return os.environ.get(name, default)


def env_choice(name: str, default: str, *, choices: Collection[str]) -> str:
    """Return one of the choices, in upper case; others raise ImproperlyConfigured."""
    value = env_str(name, default).strip().upper()
    if value in choices:
        return value
    raise ImproperlyConfigured(
        f"{name} is {value!r}: set it to one of {', '.join(choices)}"
    )


def env_rate(name: str, default: str) -> str:
    """Return a number of events per time, as `20/min`, `5/s` or `100/hour`.

    Raises ImproperlyConfigured for anything else.
    """
    value = env_str(name, default).strip().lower()
    if _RATE.fullmatch(value):
        return value
    raise ImproperlyConfigured(
        f"{name} is {value!r}: set it to a number per time, as 20/min or 100/hour"
    )


def env_bool(name: str, *, default: bool) -> bool:
    """Return a switch; raise ImproperlyConfigured for anything but yes or no."""
    value = env_str(name, str(default)).strip().lower()
    if value in _TRUE or value in _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} is {value!r}: set it to true or false")


def env_int(name: str, default: int, *, minimum: int = 0) -> int:
    """Return a whole number; raise ImproperlyConfigured below the minimum."""
    value = env_str(name, str(default)).strip()
    try:
        number = int(value)
    except ValueError:
        number = minimum - 1
    if number < minimum:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: set it to a whole number of at least {minimum}"
        )
    return number


def env_path(name: str, default: Path | str) -> Path:
    """Return a folder or file as an absolute path."""
    return Path(env_str(name) or default).expanduser().absolute()


def env_list(name: str, default: Sequence[str] = ()) -> list[str]:
    """Return the comma-separated parts of a variable, without blanks."""
    value = env_str(name)
    return [part.strip() for part in value.split(",") if part.strip()] or list(default)


def env_paths(name: str) -> list[Path]:
    """Return the folders of a variable that lists them as PATH does."""
    parts = env_str(name).split(os.pathsep)
    return [Path(part).expanduser().absolute() for part in parts if part]


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Proxies:
    """The proxies in front: how many, or where they are."""

    count: int = 0
    networks: tuple[Network, ...] = ()


def env_proxies(name: str) -> Proxies:
    """Return a number of proxies, or the comma-separated networks that they are in.

    Raises ImproperlyConfigured for anything else.
    """
    value = env_str(name, "0").strip()
    if value.isascii() and value.isdigit():
        return Proxies(count=env_int(name, 0))
    try:
        parts = [ipaddress.ip_network(part) for part in env_list(name)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} is {value!r}: set it to the addresses of the proxies, as "
            f"127.0.0.1 or 10.0.0.0/8,::1, or to their number ({error})"
        ) from error
    return Proxies(networks=tuple(parts))

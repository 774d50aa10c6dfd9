"""The names of time zones that may be chosen."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# What tzdata has for machines that nobody has set up yet.
_NO_ZONES = frozenset(("Factory",))


@cache
def time_zones() -> frozenset[str]:
    """Return the IANA names of all time zones.

    They are those of the package tzdata, to which zoneinfo turns for what the system
    lacks. The system's own folder also has names that mean another zone on another
    machine, such as localtime and posixrules.
    """
    listed = (files("tzdata") / "zones").read_text(encoding="ascii")
    return frozenset(listed.split()) - _NO_ZONES

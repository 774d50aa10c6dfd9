"""How `librephotos serve` runs."""

from librephotos.settings.base import *  # noqa: F401, F403

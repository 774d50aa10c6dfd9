"""How `librephotos serve` runs."""

from librephotos.settings.base import *  # noqa: F403

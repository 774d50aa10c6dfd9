"""How full the disk under the data folder is."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Storage:
    """Bytes of the volume that holds the data folder."""

    total: int
    used: int
    free: int


def storage_of(folder: Path) -> Storage:
    """Return the sizes of the volume that holds, or would hold, `folder`."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return Storage(total=usage.total, used=usage.used, free=usage.free)

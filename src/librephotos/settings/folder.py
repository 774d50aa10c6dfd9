"""Where the data folder of who names none is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_ROOTS_DATA: Final = Path("/var/lib/librephotos")


def default_data_folder() -> Path:
    """Return the data folder of who names none.

    That is ~/.local/share/librephotos, but for root, whose home is closed to the user
    as whom PostgreSQL runs: /var/lib/librephotos, unless a library is at home already.
    """
    at_home = Path.home() / ".local/share/librephotos"
    used = any((at_home / name).is_dir() for name in ("postgres", "previews"))
    return at_home if used or os.geteuid() != 0 else _ROOTS_DATA

"""Names of people's files, which are nobody's business who looks after a server."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from librephotos.logs.printable import printable

HIDDEN = "[path]"


class PrivatePaths:
    """Leaves the paths below some folders out of texts."""

    def __init__(self, folders: Iterable[str]) -> None:
        """Take absolute paths; the root of the file system counts as none."""
        names = {printable(os.path.normpath(each)).rstrip("/") for each in folders}
        below = "|".join(
            re.escape(name) for name in sorted(names, reverse=True) if name
        )
        # A name may hold anything: where it isn't quoted it ends with the line.
        within = r"(?:\\.|(?!(?P=quote))[^\n])*"
        self._paths = re.compile(
            rf"""(?P<quote>['"`])(?:{below})/{within}(?P=quote)|(?:{below})/[^\n]*"""
        )
        self._is_empty = not below

    def left_out_of(self, text: str) -> str:
        """Return a text without these paths; how they end is told by quotes."""
        return text if self._is_empty else self._paths.sub(HIDDEN, text)

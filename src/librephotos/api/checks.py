"""System checks: what must be right on the machine before the server can work."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from librephotos.silent_disk import BRIEF_S, answer


@register
def data_folder_is_writable(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Report a data folder that nothing can be written to."""
    data = Path(settings.DATA)
    nearest = next(folder for folder in (data, *data.parents) if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"Nothing can be written to the data folder {data}.",
            hint="Set LIBREPHOTOS_DATA to a folder that this user may write to.",
            id="librephotos.E001",
        )
    ]


@register
def scan_roots_exist(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Report directories for scanning that are not there, or not mounted."""
    return [
        Warning(
            f"The scan root {root} is no directory, or does not answer.",
            hint="Mount it, or change LIBREPHOTOS_SCAN_ROOTS.",
            id="librephotos.W001",
        )
        for root in settings.SCAN_ROOTS
        if not _is_directory(root)
    ]


def _is_directory(root: Path) -> bool:
    try:
        return answer(
            partial(os.path.isdir, root), at=os.fsencode(root), patience_s=BRIEF_S
        )
    except TimeoutError:
        return False

"""Settings of a server whose previews are all one small file, for benchmarks."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.files.storage import FileSystemStorage

from librephotos.settings.production import *  # noqa: F401, F403
from librephotos.settings.production import STORAGES

FILE = "LIBREPHOTOS_BENCH_PREVIEW"


class OnePreview(FileSystemStorage):
    """A storage in which every name is the same file."""

    def path(self, name: str) -> str:
        return str(Path(os.environ[FILE]))


STORAGES = STORAGES | {"previews": {"BACKEND": f"{__name__}.OnePreview"}}

"""The one sandbox of a worker process."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from librephotos.pipeline.sandbox import Sandbox


@cache
def sandbox() -> Sandbox:
    """Return the sandbox in which this process has untrusted files decoded."""
    return Sandbox(
        timeout_s=settings.DECODE_TIMEOUT_S,
        memory_bytes=settings.DECODE_MEMORY_MIB * 2**20,
    )

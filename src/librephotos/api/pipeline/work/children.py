"""The children of a worker process; each starts when there is work for it."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from librephotos.api.pipeline.work.child_process import rest_nursery
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.media.limits import Limits

UNLIMITED = 0
"""PyTorch and CUDA reserve far more address space than they use."""


@cache
def sandbox() -> Sandbox:
    """Return the child that decodes untrusted files and finds faces.

    It leaves the cores to what somebody waits for.
    """
    return Sandbox(
        timeout_s=settings.DECODE_TIMEOUT_S,
        memory_bytes=settings.DECODE_MEMORY_MIB * 2**20,
        nice=10,
        ahead=attendant,
    )


def decoding_limits() -> Limits:
    """Return the limits that the settings put on the pictures that are decoded."""
    return Limits(max_pixels=settings.MAX_PIXELS)


@cache
def learner() -> Sandbox:
    """Return the child that takes batches of photos through models."""
    return Sandbox(timeout_s=settings.LEARN_TIMEOUT_S, memory_bytes=UNLIMITED)


@cache
def responder() -> Sandbox:
    """Return the child that reads the texts of searches, so that no batch delays it."""
    return Sandbox(timeout_s=settings.LEARN_TIMEOUT_S, memory_bytes=UNLIMITED)


@cache
def describer() -> Sandbox:
    """Return the child that writes captions for people who wait."""
    return Sandbox(timeout_s=settings.LEARN_TIMEOUT_S, memory_bytes=UNLIMITED)


@cache
def recogniser() -> Sandbox:
    """Return the child that recognises faces after what people said of others."""
    return Sandbox(timeout_s=settings.LEARN_TIMEOUT_S, memory_bytes=UNLIMITED)


@cache
def attendant() -> Sandbox:
    """Return the child that decodes what somebody looks at, as `sandbox` does."""
    return Sandbox(
        timeout_s=settings.DECODE_TIMEOUT_S,
        memory_bytes=settings.DECODE_MEMORY_MIB * 2**20,
    )


@cache
def stripper() -> Sandbox:
    """Return the child that makes copies without metadata, for people who wait."""
    return Sandbox(
        timeout_s=settings.DECODE_TIMEOUT_S,
        memory_bytes=settings.DECODE_MEMORY_MIB * 2**20,
    )


@cache
def filmer() -> Sandbox:
    """Return the child that makes films playable, for people who wait."""
    return Sandbox(
        timeout_s=settings.DECODE_TIMEOUT_S,
        memory_bytes=settings.DECODE_MEMORY_MIB * 2**20,
    )


_CHILDREN = (
    sandbox,
    attendant,
    stripper,
    filmer,
    learner,
    responder,
    describer,
    recogniser,
)


def rest_children(*, after_s: float) -> None:
    """End the children that have had nothing to do for so many seconds."""
    for child in _CHILDREN:
        child().rest(after_s=after_s)
    rest_nursery()


def stop_children() -> None:
    """End all children at once."""
    for child in _CHILDREN:
        child().stop()
    rest_nursery()

"""How much memory a function takes, in a process of its own."""

from __future__ import annotations

import multiprocessing
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any


def growth_mib(function: Callable[..., Any], *arguments: Any) -> float:
    """Return by how many MiB a new process grows while it runs a function.

    What the function raises is an answer, too.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as child:
        return child.submit(_growth_mib, function, arguments).result()


def _growth_mib(function: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    before = _peak_mib()
    try:
        function(*arguments)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
    return _peak_mib() - before


def _peak_mib() -> float:
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit

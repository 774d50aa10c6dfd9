from __future__ import annotations

import os
import subprocess
import sys

import pytest

from librephotos.cores import usable_cores


def test_cores_that_the_system_withholds_are_not_counted() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("needs a system that binds processes to cores, such as Linux")
    program = (
        "import os; from librephotos.cores import usable_cores;"
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))});"
        "print(usable_cores())"
    )
    run = [sys.executable, "-c", program]
    assert subprocess.check_output(run, text=True) == "1\n"


def test_all_cores_are_counted_where_the_system_does_not_tell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert usable_cores() == os.cpu_count()

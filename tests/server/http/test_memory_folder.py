"""Where the web server's process gives its signs of life."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = """
import django
django.setup()
from librephotos.server.http import gunicorn
print(gunicorn.memory_folder())
"""


@pytest.mark.parametrize("options", ["ro", "nr_inodes=1"])
def test_a_memory_folder_that_takes_no_file_is_not_used(options: str) -> None:
    mounted = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", "/dev/shm"]
    alone = ["unshare", "--mount", "sh", "-c", '"$@" && exec "$0" -P -c "$ASK"']
    finished = subprocess.run(
        [*alone, sys.executable, *mounted],
        env={**os.environ, "ASK": ASK},
        capture_output=True,
        text=True,
        check=False,
    )
    if "mount" in finished.stderr or "unshare" in finished.stderr:
        pytest.skip("needs the right to mount a tmpfs")
    assert finished.stdout == "None\n", finished.stderr

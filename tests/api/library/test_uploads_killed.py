"""A server that is killed in the middle of an upload, wherever that is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from librephotos.api.models import File, Upload
from tests.factories import UserFactory
from tests.support.own_web import address_of_database
from tests.support.scanning import library
from tests.support.uploads import jpeg_of

MOST_STEPS = 120


@pytest.mark.django_db(transaction=True)
def test_killed_at_every_step(tmp_path: Path, settings: Any) -> None:
    """What was acknowledged is there, once, and whole; nothing else is."""
    owner = UserFactory()
    root = library(owner, tmp_path / "pictures").root
    (tmp_path / "data").mkdir()
    seeds = [str(seed) for seed in range(1, MOST_STEPS)]
    told = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_uploads", str(owner.pk), *seeds],
        env={
            **os.environ,
            "DATABASE_URL": address_of_database(),
            "LIBREPHOTOS_DATA": str(tmp_path / "data"),
            "LIBREPHOTOS_SECRET_KEY": django_settings.SECRET_KEY,
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    rows = [line.split() for line in told.stdout.splitlines()]
    assert len(rows) > 20, told.stderr
    assert [row[1] for row in rows] == ["killed"] * (len(rows) - 1) + ["done"]
    assert {row[2] for row in rows} == {"0"}, told.stderr
    folder = root / "uploads" / "web"
    wanted = {f"{seed}.jpg": jpeg_of(3000, seed=int(seed)) for seed, *_ in rows}
    here = {path.name: path.read_bytes() for path in folder.glob("*.jpg")}
    assert here == wanted
    assert File.objects.filter(owner=owner).count() == len(rows)
    landed = Upload.objects.filter(owner=owner, state="landed")
    assert landed.count() >= len(rows)
    hidden = {path.name for path in folder.iterdir()} - set(here)
    assert hidden == set()

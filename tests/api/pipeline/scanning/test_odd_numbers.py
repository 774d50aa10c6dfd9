"""No number and no text of a file or a file system costs more than that one file."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from librephotos.api.models import File, Photo, PhotoMetadata, PhotoStage
from librephotos.api.models.columns import fit
from librephotos.api.pipeline.sandboxed.decoding import LocatedMetadata
from librephotos.api.pipeline.scanning.metadata import MetadataStage
from librephotos.api.pipeline.work.runner import run_stage
from librephotos.api.pipeline.work.sandbox import Sandbox
from librephotos.api.pipeline.work.stage import Each, Runs, Stage
from librephotos.media.fingerprint import file_time
from librephotos.media.metadata.reading import Metadata
from librephotos.media.metadata.record import Region
from tests.factories import FileFactory, PhotoFactory
from tests.support.mounts import mounted_memory
from tests.support.scanning import Library, write_jpeg

ODD_SECONDS = (
    -11_644_473_600,  # 1601, the zero of Windows' clock
    -62_135_596_800,  # year 1
    -9_223_372_037,  # one second before the first 64-bit nanosecond
    9_223_372_037,  # one second after the last one
    15_000_000_000,  # 2445, which ext4 keeps
    253_402_300_800,  # year 10000
)


@pytest.mark.parametrize("seconds", ODD_SECONDS)
def test_a_file_time_beyond_64_bits_ends_no_scan(photos: Library, seconds: int) -> None:
    with mounted_memory(photos.root):  # keeps any time, unlike most disks
        paths = [write_jpeg(photos.root / f"{n}.jpg", seed=n) for n in range(3)]
        os.utime(paths[2], (seconds, seconds))
        job = photos.scan()
        assert not job.failed and not job.failures.exists()
        assert Photo.objects.visible().count() == 3
        again = photos.scan()
        assert again.stages.filter(stage="files", total__gt=0).count() == 0


def test_a_bad_file_with_an_odd_time_is_not_read_by_every_scan(photos: Library) -> None:
    with mounted_memory(photos.root):
        bad = photos.root / "bad.jpg"
        bad.write_bytes(b"no picture")
        os.utime(bad, (-11_644_473_600,) * 2)
        assert set(photos.failures(photos.scan())) == {"bad.jpg"}
        assert photos.failures(photos.scan()) == {}


@given(st.integers())
def test_any_time_becomes_one_of_64_bits(ns: int) -> None:
    moved = file_time(ns)
    assert -(2**63) <= moved < 2**63
    assert moved == ns or not -(2**63) <= ns < 2**63


TEXTS = st.text(
    st.characters() | st.sampled_from("\0\x1b\ud800\udfff\udc80\n"), max_size=300
)
WHOLE = st.integers() | st.sampled_from([2**15, 2**31, 2**63, 2**64, -1])
REAL = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, 1e308])
JSON = st.dictionaries(TEXTS, TEXTS | WHOLE | REAL, max_size=3)


def _values(kind: str) -> st.SearchStrategy[Any]:
    known = {"int": WHOLE, "float": REAL, "str": TEXTS}
    for name, values in known.items():
        if kind == name:
            return values
        if kind == f"{name} | None":
            return st.none() | values
    return {
        "tuple[str, ...]": st.lists(TEXTS, max_size=3).map(tuple),
        "tuple[Region, ...]": st.lists(
            st.builds(Region, TEXTS, REAL, REAL, REAL, REAL), max_size=2
        ).map(tuple),
        "dict[str, str]": st.dictionaries(TEXTS, TEXTS, max_size=3),
        "dict[str, str | int | float]": JSON,
    }[kind]


def _kind_of(annotation: Any) -> str:
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return annotation.__name__
    return str(annotation).replace("librephotos.media.metadata.record.", "")


RECORDS = st.fixed_dictionaries(
    {known.name: _values(_kind_of(known.type)) for known in fields(Metadata)}
)


@pytest.mark.django_db
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=RECORDS, zone=TEXTS)
def test_any_record_can_be_stored(values: dict[str, Any], zone: str) -> None:
    photo = PhotoFactory()
    found = LocatedMetadata(replace(Metadata(), **values), zone)
    MetadataStage().save({photo.pk: found})
    stored = PhotoMetadata.objects.get(photo=photo)
    numbers = [stored.fstop, stored.altitude, stored.frame_rate, stored.focal_length]
    assert all(number is None or math.isfinite(number) for number in numbers)
    photo.refresh_from_db()
    assert photo.latitude is None or math.isfinite(photo.latitude)


@pytest.mark.django_db
def test_a_row_is_fitted_and_what_is_in_order_stays() -> None:
    row = File(size=2**70, duration_s=math.nan, md5="a" * 40, mime="image/jpeg")
    fit(row)
    assert (row.duration_s, len(row.md5), row.mime) == (None, 32, "image/jpeg")
    assert row.inode is None and row.state == File.State.PENDING


class PickyStage(Stage[str, int]):
    """Stores the number in each file's name in a column that is too small for some."""

    name = "picky"
    version = 1
    runs = Runs.WORKER
    compute = Each(int)

    def load(self, photo_ids: Sequence[UUID]) -> dict[UUID, Any]:
        rows = File.objects.filter(photo__in=photo_ids)
        return {row.photo_id: Path(os.fsdecode(row.path)).stem for row in rows}

    def save(self, results: dict[UUID, int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE api_photo SET file_rating = %s WHERE id = %s",
                [(number, photo_id) for photo_id, number in results.items()],
            )


@pytest.mark.django_db
def test_one_row_that_cannot_be_stored_does_not_take_the_batch_along() -> None:
    stored = [1, 70_000, 3, -1, 5]
    files = [FileFactory(path=b"/p/%d" % number) for number in stored]
    ids = [file.photo_id for file in files]
    sandbox = Sandbox(timeout_s=5, memory_bytes=2**32)
    run_stage(PickyStage(), ids, sandbox=sandbox)
    sandbox.stop()
    ratings = dict(Photo.objects.values_list("pk", "file_rating"))
    assert [ratings[photo] for photo in ids] == [1, None, 3, None, 5]
    failed = PhotoStage.objects.filter(stage="picky", state=PhotoStage.State.FAILED)
    assert set(failed.values_list("photo", flat=True)) == {ids[1], ids[3]}
    assert all("cannot be stored" in row.error for row in failed)


@pytest.mark.django_db
def test_words_of_a_decoder_can_be_recorded_whatever_they_hold() -> None:
    from librephotos.api.writes import scanned_files, stage_states

    file = FileFactory(state=File.State.PENDING)
    odd = "broken\0 \ud800 at \x1b[31m"
    scanned_files.settle([(file.pk, File.State.FAILED, odd)])
    stage_states.record(
        [(file.photo_id, PhotoStage.State.FAILED, odd)], stage="x", version=1
    )
    file.refresh_from_db()
    assert file.error.startswith("broken")
    assert PhotoStage.objects.get(stage="x").error.startswith("broken")

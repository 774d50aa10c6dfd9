"""Photos dated by what their files say and by the rules of their owners."""

from __future__ import annotations

import json
from datetime import datetime

from PIL import Image, PngImagePlugin

from librephotos.api.models import File, Job, Photo, PhotoStage, User
from librephotos.api.pipeline.work.registry import stage_names
from librephotos.api.queries.operations.failed_files import failed_files
from librephotos.api.services import corrections
from librephotos.api.services.failed_files import retry_failed_files
from librephotos.media.dates import DEFAULT_RULES, rules_as_json
from tests.support.pictures.images import sidecar
from tests.support.scanning import Library, work_until_idle, write_jpeg

SLOW = "(.*)" * 12 + "#"
"""An expression that takes years where all ways of matching are tried."""

REFUSED = r"(?=2019)"


def set_user_date(photo: Photo, moment: datetime | None) -> Photo:
    """Say when a photo was taken, None to take that back."""
    said = None if moment is None else corrections.as_said(moment)
    same = Photo.objects.filter(pk=photo.pk)
    corrections.say(same, {"date": said}, user=photo.owner)
    return same.get()


def _rule(expression: str, **more: object) -> dict[str, object]:
    return {
        "id": 100,
        "name": "mine",
        "rule_type": "path",
        "custom_regexp": rf"(\d{{4}})_(\d\d)_(\d\d)_x()()(){expression}",
        **more,
    }


def _store(owner: User, *rules: dict[str, object]) -> None:
    owner.datetime_rules = json.dumps(rules)
    owner.save()


def _local(photo: Photo) -> datetime | None:
    photo.refresh_from_db()
    return photo.taken_at and photo.taken_at.replace(tzinfo=None)


def test_days_and_clocks_reach_the_photo(photos: Library) -> None:
    photos.owner.default_timezone = "America/New_York"
    photos.owner.save()
    pixel = write_jpeg(photos.root / "PXL_20210506_235959123.jpg", seed=1)
    day = write_jpeg(photos.root / "2015-03-04 Birthday 12.jpg", seed=2)
    unset = write_jpeg(photos.root / "a.jpg", seed=3, taken_at=datetime(1980, 1, 1))
    made = PngImagePlugin.PngInfo()
    made.add_text("Creation Time", "Fri, 04 Jan 2019 03:04:05 +0100")
    Image.new("RGB", (9, 9)).save(photos.root / "b.png", pnginfo=made)
    photos.scan()
    pixel_photo = photos.photo_of(pixel)
    assert _local(pixel_photo) == datetime(2021, 5, 6, 19, 59, 59)
    assert pixel_photo.timezone == "America/New_York"
    assert _local(photos.photo_of(day)) == datetime(2015, 3, 4)
    assert photos.photo_of(unset).day == Photo.UNDATED
    assert _local(photos.photo_of(photos.root / "b.png")) == datetime(
        2019, 1, 4, 3, 4, 5
    )


def test_a_slow_expression_ends_and_its_photos_are_dated(photos: Library) -> None:
    _store(photos.owner, _rule(SLOW), *json.loads(rules_as_json(DEFAULT_RULES)))
    path = write_jpeg(photos.root / ("2019_07_08_x" + "a" * 200 + ".jpg"))
    photos.scan()
    assert _local(photos.photo_of(path)) == datetime(2019, 7, 8)
    assert photos.photo_of(path).date_rule == 5


def test_a_stored_rule_that_cannot_be_run_is_left_out_and_said_so(
    photos: Library,
) -> None:
    _store(
        photos.owner,
        _rule(REFUSED),
        {"id": 3, "rule_type": "path", "path_part": "filename"},
    )
    undated = write_jpeg(photos.root / "2019_07_08_x.jpg", seed=1)
    dated = write_jpeg(photos.root / "20190708_091011.jpg", seed=2)
    photos.scan()
    assert _local(photos.photo_of(dated)) == datetime(2019, 7, 8, 9, 10, 11)
    photo = photos.photo_of(undated)
    assert photo.day == Photo.UNDATED
    state = PhotoStage.objects.get(photo=photo, stage="dates")
    assert state.state == PhotoStage.State.DONE
    assert "Date rule 1 cannot be used: An expression" in state.error
    listed = failed_files(photos.owner, stages=stage_names())
    assert [row["failed_message"] for row in listed] == [state.error]
    _store(photos.owner, _rule(""))
    retry_failed_files(photos.owner)
    work_until_idle()
    assert _local(photo) == datetime(2019, 7, 8)
    assert not failed_files(photos.owner, stages=stage_names()).exists()


def test_a_date_that_a_person_enters_settles_the_matter(photos: Library) -> None:
    _store(photos.owner, {"id": 14, "rule_type": "user_defined"}, _rule(REFUSED))
    path = write_jpeg(photos.root / "2019_07_08_x.jpg")
    photos.scan()
    assert failed_files(photos.owner, stages=stage_names()).count() == 1
    set_user_date(photos.photo_of(path), datetime(1975, 3, 4))
    assert not failed_files(photos.owner, stages=stage_names()).exists()


def test_expressions_run_in_a_worker_only(photos: Library) -> None:
    _store(photos.owner, {"id": 14, "rule_type": "user_defined"}, _rule(""))
    path = write_jpeg(photos.root / "2019_07_08_x.jpg")
    photos.scan()
    photo = photos.photo_of(path)
    set_user_date(photo, datetime(1975, 3, 4))
    assert _local(photo) == datetime(1975, 3, 4)  # at once: no expression is needed
    set_user_date(photo, None)
    assert _local(photo) == datetime(1975, 3, 4)
    assert Job.objects.count() == 1
    work_until_idle()
    assert _local(photo) == datetime(2019, 7, 8)


def test_photos_are_dated_anew_at_once_without_expressions(photos: Library) -> None:
    path = write_jpeg(photos.root / "20190708_091011.jpg")
    photos.scan()
    photo = photos.photo_of(path)
    set_user_date(photo, datetime(1975, 3, 4))
    set_user_date(photo, None)
    assert _local(photo) == datetime(2019, 7, 8, 9, 10, 11)


def test_sidecar_that_names_the_file_in_full_has_the_last_word(photos: Library) -> None:
    path = write_jpeg(photos.root / "a.jpg")
    for name, year in (("a.jpg.xmp", 2011), ("a.xmp", 2012)):
        written = sidecar({"exif:DateTimeOriginal": f"{year}-01-01T00:00:00"})
        (photos.root / name).write_bytes(written)
    photos.scan()
    assert _local(photos.photo_of(path)) == datetime(2011, 1, 1)
    assert File.objects.filter(photo=photos.photo_of(path)).count() == 3

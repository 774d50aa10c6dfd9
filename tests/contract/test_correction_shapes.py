"""Answers about what people say of photos have the shapes that the clients demand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract import shapes
from tests.contract.library import Library
from tests.contract.shapes import (
    ANYTHING,
    HASH,
    INTEGER,
    MOMENT,
    NUMBER,
    SWITCH,
    TEXT,
    UUID,
    array,
    nullable,
    record,
)

EDIT = record(
    id=UUID,
    field_name=TEXT,
    old_value=ANYTHING,
    new_value=ANYTHING,
    user=INTEGER,
    user_name=TEXT,
    synced_to_file=SWITCH,
    synced_at=nullable(MOMENT),
    created_at=MOMENT,
)
FIELDS = record(
    id=UUID,
    **{
        name: nullable(NUMBER)
        for name in (
            *("aperture", "shutter_speed_seconds", "focal_length", "megapixels"),
            *("exposure_compensation", "gps_latitude", "gps_longitude"),
            "gps_altitude",
        )
    },
    **{
        name: nullable(INTEGER)
        for name in (
            *("iso", "focal_length_35mm", "width", "height", "orientation"),
            *("bit_depth", "rating"),
        )
    },
    **{
        name: nullable(TEXT)
        for name in (
            *("shutter_speed", "metering_mode", "white_balance", "camera_make"),
            *("camera_model", "lens_make", "lens_model", "serial_number"),
            *("camera_display", "lens_display", "color_space", "resolution"),
            *("date_taken_subsec", "timezone_offset", "location_country"),
            *("location_state", "location_city", "location_address", "title"),
            *("caption", "copyright", "creator"),
        )
    },
    flash_fired=nullable(SWITCH),
    date_taken=nullable(MOMENT),
    date_modified=nullable(MOMENT),
    keywords=ANYTHING,
    has_location=SWITCH,
    source={"enum": ["embedded", "sidecar", "user_edit", "computed"]},
    version=INTEGER,
    created_at=MOMENT,
    updated_at=MOMENT,
    edit_history=array(EDIT),
    sidecar_files=array(record(id=UUID, file_type=TEXT, source=TEXT, priority=INTEGER)),
)
EDITED = record(
    image_hash=HASH,
    hidden=SWITCH,
    rating=INTEGER,
    in_trashcan=SWITCH,
    removed=SWITCH,
    video=SWITCH,
    exif_timestamp=nullable(MOMENT),
    timestamp=nullable(MOMENT),
    exif_gps_lat=nullable(NUMBER),
    exif_gps_lon=nullable(NUMBER),
    is_screenshot=SWITCH,
    is_document=SWITCH,
    category_source={"enum": ["auto", "user"]},
)
TAG = record(id=INTEGER, name=TEXT, photo_count=INTEGER)
COVER = record(image_hash=HASH, video=SWITCH)


def answered(client: Any, method: str, path: str, **body: Any) -> Any:
    """Return the decoded answer to a request below /api/."""
    answer = getattr(client, method)(f"/api/{path}", body or None, format="json")
    assert answer.status_code in (200, 201), answer.content
    return answer.json()


@pytest.mark.django_db
def test_answers_about_corrections(library: Library, client_of: Any) -> None:
    client = client_of(library.owner)
    name = library.hashes("placed")[0]
    said = {"title": "T", "gps_latitude": 1.5, "keywords": ["a"], "rating": 3}
    for path, sent in (("", said), ("", {"date_taken": "2001-02-03T04:05:06Z"})):
        found = answered(client, "patch", f"photos/{name}/metadata{path}", **sent)
        assert shapes.violations(found, FIELDS) == []
    history = answered(client, "get", f"photos/{name}/metadata/history")
    page = record(
        results=array(EDIT, minItems=5), count=INTEGER, page=INTEGER, page_size=INTEGER
    )
    assert shapes.violations(history, page) == []
    edited = answered(client, "patch", f"photos/edit/{name}/", is_screenshot=True)
    assert shapes.violations(edited, EDITED) == []
    turned = answered(client, "post", "photosedit/rotate/", image_hash=name, angle=90)
    orientation = {"type": "integer", "minimum": 1, "maximum": 8}
    shape = record(
        status=SWITCH,
        image_hash=HASH,
        local_orientation=orientation,
        last_modified=MOMENT,
    )
    assert shapes.violations(turned, shape) == []
    category = {"image_hashes": [name], "category": "document"}
    answer = answered(client, "post", "photosedit/category/", **category)
    assert shapes.violations(answer, shapes.BULK_ACTION) == []
    every = {"select_all": True, "query": {}, "category": "photo"}
    answer = answered(client, "post", "photosedit/category/", **every)
    assert shapes.violations(answer, shapes.BULK_QUERY) == []
    places = answered(client, "get", "geocode/search?q=munich")
    place = record(display_name=TEXT, lat=NUMBER, lon=NUMBER)
    assert shapes.violations(places, array(place, minItems=1, maxItems=5)) == []


@pytest.mark.django_db
def test_answers_about_tags(library: Library, client_of: Any) -> None:
    client = client_of(library.owner)
    tag = answered(client, "post", "tags/", name="Summer")
    assert shapes.violations(tag, TAG) == []
    add = {"photos": library.hashes("placed")}
    assert (
        shapes.violations(
            answered(client, "post", f"tags/{tag['id']}/add/", **add), TAG
        )
        == []
    )
    listed = record(
        id=INTEGER, name=TEXT, photo_count=INTEGER, cover_photos=array(COVER)
    )
    answer = answered(client, "get", "tags/")
    assert shapes.violations(answer, shapes.page(listed)) == []
    details = record(
        id=INTEGER, name=TEXT, grouped_photos=array(record(date=TEXT, items=array({})))
    )
    answer = answered(client, "get", f"tags/{tag['id']}/")["results"]
    assert shapes.violations(answer, details) == []

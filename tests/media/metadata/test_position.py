"""Positions in all the ways that writers of EXIF, XMP and videos put them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.position import (
    Axis,
    altitude_of,
    degrees_of_parts,
    degrees_of_text,
    position_of_iso6709,
    usable_position,
)
from librephotos.media.metadata.reading import Metadata, read_metadata
from tests.media.conftest import Keep
from tests.support.pictures import images, videos

PARIS = 2 + 17 / 60 + 40 / 3600


def _read(path: Path, *sidecars: Path) -> Metadata:
    return read_metadata(path, format=sniff(path), limits=Limits(), sidecars=sidecars)


def _place(found: Metadata) -> tuple[float | None, float | None]:
    latitude, longitude = found.latitude, found.longitude
    if latitude is None or longitude is None:
        return None, None
    return round(latitude, 6), round(longitude, 6)


@pytest.mark.parametrize(
    "text",
    [
        "2.294444W",
        "2.294444 w",
        "W2.294444",
        "w 2.294444",
        "-2.294444",
        "\u22122.294444",
        "-2.294444W",
        "2,294444W",
        "2,294444 West",
        "2,17,40W",
        "2,17.6667W",
        "2,17.6667w",
        "W2,17.6667",
        "2,17.6667,W",
        "2 17 40 W",
        "2 17 40,0 W",
        "2 17.6667 W",
        "2:17:40W",
        "2\u00b0 17' 40\" W",
        "2\u00b017'40,00\"W",
        "2\u00b0 17\u2032 40\u2033 W",
        "2\u00ba 17\u2019 40\u201d W",
        "2\u00b0 17,6667' W",
        "2 deg 17' 40.00\" W",
        "2d17m40s W",
        "2 deg 17 min 40 sec W",
        "(2 17 40 W)",
        "2/1 17/1 4000/100 W",
        "2/1,17/1,40/1W",
        "02,17,40.000W",
        "2,16,100W",  # seconds beyond 60 add up
    ],
)
def test_a_text_says_the_same_in_every_form(text: str) -> None:
    found = degrees_of_text(text, None, Axis.LONGITUDE)
    assert found == pytest.approx(-PARIS, abs=2e-6)
    # A reference of its own says it once more, not twice.
    assert degrees_of_text(text, "W", Axis.LONGITUDE) == found


@pytest.mark.parametrize("reference", ["W", "w", "West", " W", "W\0"])
def test_the_reference_may_stand_by_itself(reference: str) -> None:
    for text in ("68", "68.0", "6.8e1", "68,0", "68\u00b0", "-68", "68/1"):
        assert degrees_of_text(text, reference, Axis.LONGITUDE) == -68
    assert degrees_of_parts([67, 60], reference.strip("\0"), Axis.LONGITUDE) == -68


@pytest.mark.parametrize(
    "text",
    [
        "",
        "somewhere",
        "N",
        "2 W 3 E",
        "48.8N",  # the other axis
        "1,2,3,4W",
        "2/0W",
        "2.29.44W",
        "2x17W",
        "nan",
    ],
)
def test_what_is_no_longitude_is_none(text: str) -> None:
    assert degrees_of_text(text, None, Axis.LONGITUDE) is None


@given(st.text(), st.none() | st.text(), st.sampled_from(Axis))
def test_no_text_raises(text: str, reference: str | None, axis: Axis) -> None:
    found = degrees_of_text(text, reference, axis)
    assert found is None or math.isfinite(found)
    position_of_iso6709(text)


@given(st.floats(-180, 180), st.sampled_from(Axis))
def test_what_is_written_is_read(degrees: float, axis: Axis) -> None:
    letter = axis.value[degrees < 0]
    whole, rest = divmod(abs(degrees), 1)
    minutes, seconds = divmod(rest * 60, 1)
    forms = (
        f"{abs(degrees):.9f}{letter}",
        f"{degrees:.9f}",
        f"{int(whole)},{rest * 60:.7f}{letter}",
        f"{letter} {int(whole)}\u00b0{int(minutes)}'{seconds * 60:.6f}\"",
    )
    for text in forms:
        found = degrees_of_text(text, None, axis)
        assert found == pytest.approx(degrees, abs=1e-6), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+51.4169-000.0806/", (51.4169, -0.0806, None)),
        ("+48.8584+002.2945+035/", (48.8584, 2.2945, 35.0)),
        ("+48.8584+002.2945-3.5CRSWGS_84/", (48.8584, 2.2945, -3.5)),
        ("+4851.50+00217.67/", (48.858333, 2.2945, None)),
        ("+485130.0+0021740.0+12.0/", (48.858333, 2.294444, 12.0)),
        ("-335207.68+1511233.48/", (-33.868800, 151.209300, None)),
        ("-0030-00015/", (-0.5, -0.25, None)),
        ("+48,8584+002,2945/", (48.8584, 2.2945, None)),
        ("\u221233.8688+151.2093/", (-33.8688, 151.2093, None)),
        ("+8.5-79.9/", (8.5, -79.9, None)),
        ("48.8584, 2.2945", (48.8584, 2.2945, None)),
        ("-33.8688 151.2093", (-33.8688, 151.2093, None)),
        ("+00.0000+000.0000/", None),
        ("+99.0+000.0/", None),
        ("+9100.00+00000.00/", None),
        ("somewhere", None),
        ("", None),
    ],
)
def test_positions_of_videos(text: str, expected: tuple | None) -> None:
    found = position_of_iso6709(text)
    if found is None or expected is None:
        assert found == expected
        return
    assert found[:2] == pytest.approx(expected[:2], abs=1e-6)
    assert found[2] == expected[2]


def test_a_video_s_position_in_degrees_and_minutes(keep: Keep) -> None:
    film = videos.video(format="mov", metadata={KEY: "+4851.50-00217.67/"})
    assert _place(_read(keep("a.mov", film))) == (48.858333, -2.2945)


KEY = "com.apple.quicktime.location.ISO6709"

ELEMENTS = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/">{}</rdf:Description></rdf:RDF>'
    "</x:xmpmeta>"
)


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("beside", [False, True])
def test_xmp_with_the_reference_inside_or_apart(
    joined: bool, beside: bool, keep: Keep
) -> None:
    said = {"GPSLatitude": "33.8688S", "GPSLongitude": "70.5W"}
    if not joined:
        said = {
            "GPSLatitude": "33.8688",
            "GPSLatitudeRef": "S",
            "GPSLongitude": "70.5",
            "GPSLongitudeRef": "w",
        }
    said |= {"GPSAltitude": "12/10", "GPSAltitudeRef": "1"}
    packet = ELEMENTS.format(
        "".join(f"<exif:{name}>{text}</exif:{name}>" for name, text in said.items())
    )
    picture = keep("a.jpg", images.jpeg())
    if beside:
        found = _read(picture, keep("a.jpg.xmp", packet.encode()))
    else:
        found = _read(keep("b.jpg", images.with_xmp_packet(images.jpeg(), packet)))
    assert (found.latitude, found.longitude) == (-33.8688, -70.5)
    assert found.altitude == -1.2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (-33.8688, -70.5)),
        ({"GPSLatitudeRef": "s", "GPSLongitudeRef": "West"}, (-33.8688, -70.5)),
        ({"GPSLatitude": "338688/10000 0/0 0/0"}, (-33.8688, -70.5)),
        ({"GPSLatitude": "33/1 521280/10000 0/1"}, (-33.8688, -70.5)),
        ({"GPSLatitude": "33/1 51/1 6768/100"}, (-33.8688, -70.5)),
        ({"GPSLatitude": "33/1 52/1 0/0"}, (-33.866667, -70.5)),
        ({"GPSLatitude": "33/1 0/0 30/1"}, (None, None)),
        ({"GPSLatitude": "0/0 0/0 0/0"}, (None, None)),
        ({"GPSLatitude": "33/0 0/1 0/1"}, (None, None)),
        ({"GPSLatitude": "95/1 0/1 0/1"}, (None, None)),
        ({"GPSLatitude": "0/1 0/1 0/1", "GPSLongitude": "0/1 0/1 0/1"}, (None, None)),
        ({"GPSLatitude": "0/1 0/1 0/1"}, (0.0, -70.5)),
    ],
)
def test_exif_positions(
    changes: dict[str, str], expected: tuple[float | None, float | None], keep: Keep
) -> None:
    said = images.gps(-33.8688, -70.5) | {
        f"Exif.GPSInfo.{name}": value for name, value in changes.items()
    }
    assert _place(_read(keep("a.jpg", images.jpeg(exif=said)))) == expected


@given(st.lists(st.floats(allow_nan=True), max_size=5), st.sampled_from(Axis))
@example([1.7e308, 1.7e308], Axis.LATITUDE)
def test_parts_raise_nothing_and_are_finite(parts: list[float], axis: Axis) -> None:
    found = degrees_of_parts(parts, None, axis)
    assert found is None or not math.isnan(found)
    assert usable_position(found, found) is None or -90 <= (found or 0) <= 90


def test_a_sign_counts_for_the_whole() -> None:
    assert degrees_of_parts([-33, 30], None, Axis.LATITUDE) == -33.5
    assert degrees_of_parts([-33, 30], "S", Axis.LATITUDE) == -33.5
    assert degrees_of_parts([33, 30], None, Axis.LATITUDE) == 33.5


@pytest.mark.parametrize(
    ("value", "reference", "expected"),
    [
        (12.0, None, 12.0),
        (12.0, "0", 12.0),
        (12.0, "1", -12.0),
        (-12.0, "1", -12.0),
        (12.0, "3", -12.0),
        (12.0, "Below Sea Level", -12.0),
        (math.nan, None, None),
        (math.inf, None, None),
        (1e9, "0", None),
        (None, "1", None),
    ],
)
def test_altitudes(
    value: float | None, reference: str | None, expected: float | None
) -> None:
    assert altitude_of(value, reference) == expected


def test_a_coordinate_of_hundreds_of_digits_is_none(keep: Keep) -> None:
    digits = "179" + 306 * "0"  # two of them are no float any more
    packet = images.sidecar(
        {
            "exif:GPSLatitude": f"{digits},{digits}N",
            "exif:GPSLongitude": "2,17E",
            "exif:DateTimeOriginal": "2001-02-03",
        }
    )
    found = _read(keep("a.jpg", images.with_xmp_packet(images.jpeg(), packet.decode())))
    assert _place(found) == (None, None)
    assert found.dates["EXIF:DateTimeOriginal"] == "2001-02-03"

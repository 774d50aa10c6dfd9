"""What files and their sidecars say."""

import json
from typing import Any

import exiv2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from librephotos.media.errors import MediaError
from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.exif import shutter_speed_text, stars_of_percent
from librephotos.media.metadata.reading import Metadata, Region, read_metadata
from librephotos.media.metadata.regions import upright
from librephotos.media.text import clean
from tests.media.conftest import Keep
from tests.support.pictures import images, videos

LIMITS = Limits()


def _read(path: Any, *sidecars: Any) -> Metadata:
    return read_metadata(path, format=sniff(path), limits=LIMITS, sidecars=sidecars)


def test_camera_facts(keep: Keep) -> None:
    exif = {
        "Exif.Image.Make": "Canon",
        "Exif.Image.Model": "EOS 5D ",
        "Exif.Photo.LensModel": "EF50mm f/1.8",
        "Exif.Photo.FNumber": "28/10",
        "Exif.Photo.ExposureTime": "1/250",
        "Exif.Photo.ISOSpeedRatings": "400",
        "Exif.Photo.FocalLength": "50/1",
        "Exif.Photo.FocalLengthIn35mmFilm": "75",
        "Exif.Photo.DigitalZoomRatio": "3/2",
        "Exif.Photo.SubjectDistance": "5/2",
        "Exif.Photo.DateTimeOriginal": "2019:07:08 09:10:11",
        "Exif.Photo.SubSecTimeOriginal": "25",
        "Exif.Photo.OffsetTimeOriginal": "+02:00",
        "Exif.Image.DateTime": "2020:01:01 00:00:00",
        **images.gps(-33.8568, 151.2153),
        "Exif.GPSInfo.GPSAltitude": "305/10",
        "Exif.GPSInfo.GPSAltitudeRef": "1",
        "Exif.GPSInfo.GPSDateStamp": "2019:07:08",
        "Exif.GPSInfo.GPSTimeStamp": "7/1 10/1 115/10",
    }
    found = _read(keep("a.jpg", images.jpeg(exif=exif)))
    assert (found.camera_make, found.camera_model) == ("Canon", "EOS 5D")
    assert found.lens == "EF50mm f/1.8"
    assert (found.fstop, found.iso, found.shutter_speed) == (2.8, 400, "1/250")
    assert found.exposure_time_s == pytest.approx(0.004)
    assert (found.focal_length, found.focal_length_35mm) == (50.0, 75.0)
    assert (found.digital_zoom_ratio, found.subject_distance) == (1.5, 2.5)
    assert found.latitude == pytest.approx(-33.8568, abs=1e-6)
    assert found.longitude == pytest.approx(151.2153, abs=1e-6)
    assert found.altitude == -30.5
    assert found.dates == {
        "EXIF:DateTime": "2020:01:01 00:00:00",
        "EXIF:DateTimeOriginal": "2019:07:08 09:10:11",
        "EXIF:SubSecTimeOriginal": "25",
        "EXIF:OffsetTimeOriginal": "+02:00",
        "Composite:GPSDateTime": "2019:07:08 07:10:11.5Z",
    }
    assert found.tags["EXIF:Make"] == "Canon"
    assert found.tags["EXIF:ISOSpeedRatings"] == 400
    assert found.warnings == ()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_size_is_upright(orientation: int, keep: Keep) -> None:
    exif = {"Exif.Image.Orientation": str(orientation)}
    found = _read(keep("a.jpg", images.jpeg(320, 200, exif=exif)))
    assert found.orientation == orientation
    expected = (200, 320) if orientation > 4 else (320, 200)
    assert (found.width, found.height) == expected


@pytest.mark.parametrize("format", ["PNG", "WEBP", "TIFF", "JXL", "AVIF"])
def test_exif_is_read_in_every_still_format(format: str, keep: Keep) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    content = images.encoded(images.picture(64, 48), format, exif=exif.tobytes())
    found = _read(keep("a", content))
    assert found.camera_make == "Maker"
    assert (found.width, found.height) == (64, 48)


def test_raw_file(tmp_path: Any) -> None:
    found = _read(images.dng(tmp_path / "a.dng"))
    assert (found.camera_make, found.camera_model) == ("Test", "Camera")
    assert (found.width, found.height) == (256, 192)


@pytest.mark.parametrize(
    "broken",
    [
        images.gps(0.0, 0.0),
        {"Exif.GPSInfo.GPSLatitude": "0/0 0/0 0/0", "Exif.GPSInfo.GPSLatitudeRef": "N"},
        {**images.gps(10, 10), "Exif.GPSInfo.GPSLatitude": "95/1 0/1 0/1"},
        {
            **images.gps(10, 10),
            "Exif.GPSInfo.GPSLatitude": exiv2.URationalValue([(4_294_967_295, 1)]),
        },
        {**images.gps(10, 10), "Exif.GPSInfo.GPSLongitude": "0/0 0/0 0/0"},
        {"Exif.GPSInfo.GPSLatitude": "10/1 0/1 0/1"},
    ],
)
def test_position_that_is_none_is_left_out(
    broken: dict[str, str | exiv2.Value], keep: Keep
) -> None:
    found = _read(keep("a.jpg", images.jpeg(exif=broken)))
    assert (found.latitude, found.longitude, found.altitude) == (None, None, None)


def test_numbers_without_a_sign_fill_all_their_bits(keep: Keep) -> None:
    def fractions(*values: tuple[int, int]) -> exiv2.Value:
        return exiv2.URationalValue(list(values))

    exif: dict[str, str | exiv2.Value] = {
        **images.gps(48.5, 2.5),
        "Exif.GPSInfo.GPSLatitude": fractions(
            (48, 1), (51, 1), (3_840_000_000, 100_000_000)
        ),
        "Exif.GPSInfo.GPSLongitude": fractions((2_229_440_000, 100_000_000)),
        "Exif.GPSInfo.GPSAltitude": fractions((3_500_000_000, 1_000_000)),
        "Exif.GPSInfo.GPSDateStamp": "2019:08:03",
        "Exif.GPSInfo.GPSTimeStamp": fractions(
            (10, 1), (11, 1), (3_000_000_000, 100_000_000)
        ),
        "Exif.Photo.FNumber": fractions((2_800_000_000, 1_000_000_000)),
        "Exif.Photo.FocalLength": fractions((4_294_967_290, 85_899_346)),
        "Exif.Photo.ExposureTime": fractions((2_147_483_648, 4_294_967_295)),
        "Exif.Photo.SubjectDistance": fractions((4_294_967_295, 1)),
        "Exif.Photo.ExposureBiasValue": "-7/3",
    }
    found = _read(keep("a.jpg", images.jpeg(exif=exif)))
    assert found.latitude == pytest.approx(48.860667, abs=1e-6)
    assert found.longitude == pytest.approx(22.2944)
    assert found.altitude == 3500
    assert found.dates["Composite:GPSDateTime"] == "2019:08:03 10:11:30Z"
    assert found.fstop == 2.8
    assert found.focal_length == pytest.approx(50)
    assert found.exposure_time_s == pytest.approx(0.5)
    assert found.subject_distance is None
    assert found.tags["EXIF:FNumber"] == 2.8
    assert found.tags["EXIF:ExposureBiasValue"] == pytest.approx(-7 / 3)


@pytest.mark.parametrize("kind", [1, 7, 129])  # BYTE, UNDEFINED, UTF-8 of Exif 3.0
def test_text_that_is_written_as_bytes(kind: int, keep: Keep) -> None:
    content = images.jpeg(
        exif={
            "Exif.Image.ImageDescription": "Grüße aus Köln",
            "Exif.Image.Make": "Häßelblad",
            "Exif.Image.Model": "X1D",
            "Exif.Image.Artist": "Jürg",
            "Exif.Photo.LensModel": "Planar 50 mm",
        }
    )
    for tag in (0x010E, 0x010F, 0x0110, 0x013B, 0xA434):
        ascii_text = tag.to_bytes(2, "little") + b"\2\0"
        assert content.count(ascii_text) == 1
        content = content.replace(ascii_text, ascii_text[:2] + bytes([kind, 0]))
    found = _read(keep("a.jpg", content))
    assert found.description == "Grüße aus Köln"
    assert (found.camera_make, found.camera_model) == ("Häßelblad", "X1D")
    assert (found.creator, found.lens) == ("Jürg", "Planar 50 mm")
    assert kind != 129 or found.tags["EXIF:Make"] == "Häßelblad"


def test_empty_dates_are_left_out(keep: Keep) -> None:
    exif = {
        "Exif.Photo.DateTimeOriginal": "0000:00:00 00:00:00",
        "Exif.Image.DateTime": "                   ",
    }
    assert _read(keep("a.jpg", images.jpeg(exif=exif))).dates == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SONY DSC", None),
        ("DCIM\\100MEDIA\\DJI_0001.JPG", None),
        ("DCIM/100GOPRO/GOPR0001.JPG", None),
        ("DCIM is a folder", "DCIM is a folder"),
    ],
)
def test_what_cameras_write_into_every_picture_is_no_caption(
    keep: Keep, text: str, told: str | None
) -> None:
    content = images.jpeg(exif={"Exif.Image.ImageDescription": text})
    assert _read(keep("a.jpg", content)).description == told


def test_words_are_united_from_iptc_and_xmp(keep: Keep) -> None:
    content = images.jpeg(
        exif={"Exif.Image.ImageDescription": "SONY DSC", "Exif.Image.Artist": "Ada"},
        iptc={
            "Iptc.Application2.Keywords": ["Sea", "beach"],
            "Iptc.Application2.Caption": ["From IPTC"],
            "Iptc.Application2.Copyright": ["CC0"],
        },
        xmp={
            "Xmp.dc.subject": ["Beach", "Dog"],
            "Xmp.dc.title": "Title",
            "Xmp.lr.hierarchicalSubject": ["Animals|Dog"],
        },
    )
    found = _read(keep("a.jpg", content))
    assert found.keywords == ("Beach", "Dog", "Animals", "Sea")
    assert (found.title, found.description) == ("Title", "From IPTC")
    assert (found.creator, found.copyright) == ("Ada", "CC0")


@pytest.mark.parametrize(
    ("xmp", "exif", "rating"),
    [
        ({"Xmp.xmp.Rating": "4"}, {}, 4),
        ({"Xmp.xmp.Rating": "-1"}, {}, None),
        ({"Xmp.xmp.Rating": "0"}, {}, 0),
        ({"Xmp.xmp.Rating": "many"}, {}, None),
        ({"Xmp.MicrosoftPhoto.Rating": "75"}, {}, 4),
        ({}, {"Exif.Image.Rating": "3"}, 3),
        ({}, {"Exif.Image.RatingPercent": "99"}, 5),
        ({}, {"Exif.Image.RatingPercent": "65535"}, None),
        ({"Xmp.MicrosoftPhoto.Rating": "-1"}, {}, None),
        ({"Xmp.xmp.Rating": "2"}, {"Exif.Image.Rating": "5"}, 2),
        ({}, {}, None),
    ],
)
def test_ratings(xmp: dict, exif: dict, rating: int | None, keep: Keep) -> None:
    assert _read(keep("a.jpg", images.jpeg(xmp=xmp, exif=exif))).rating == rating


def test_percent_of_windows_as_stars() -> None:
    assert [stars_of_percent(p) for p in (0, 1, 25, 50, 75, 99)] == [0, 1, 2, 3, 4, 5]


def test_sidecar_goes_over_the_file(keep: Keep) -> None:
    content = images.jpeg(
        exif={
            "Exif.Photo.DateTimeOriginal": "2019:07:08 09:10:11",
            "Exif.Photo.SubSecTimeOriginal": "25",
            "Exif.Image.Make": "Canon",
            **images.gps(10.0, 20.0),
            "Exif.GPSInfo.GPSAltitude": "9/1",
        },
        xmp={"Xmp.xmp.Rating": "1", "Xmp.dc.title": "kept"},
    )
    beside = images.sidecar(
        {
            "xmp:Rating": "5",
            "photoshop:DateCreated": "2001-02-03T04:05:06+01:00",
            "exif:GPSLatitude": "48,51.5040N",
            "exif:GPSLongitude": "2,17.6700W",
        }
    )
    found = _read(keep("a.jpg", content), keep("a.xmp", beside))
    assert (found.rating, found.title, found.camera_make) == (5, "kept", "Canon")
    assert found.latitude == pytest.approx(48.8584)
    assert found.longitude == pytest.approx(-2.2945)
    assert found.altitude is None
    assert found.dates["EXIF:DateTimeOriginal"] == "2001-02-03T04:05:06+01:00"
    assert found.dates["EXIF:OffsetTimeOriginal"] == "+01:00"
    assert "EXIF:SubSecTimeOriginal" not in found.dates


def test_sidecar_in_utf16_and_alone(keep: Keep) -> None:
    beside = images.sidecar({"xmp:Rating": "2"}, encoding="utf-16")
    assert _read(keep("a.xmp", beside)).rating == 2


def test_unusable_sidecar_is_a_warning(keep: Keep, tmp_path: Any) -> None:
    picture = keep("a.jpg", images.jpeg())
    for sidecar in (keep("a.xmp", b"<x:xmpmeta"), tmp_path / "gone.xmp"):
        found = _read(picture, sidecar)
        assert found.width == 320
        assert any("sidecar was left out" in warning for warning in found.warnings)
    small = Limits(max_metadata_bytes=100)
    beside = keep("b.xmp", images.sidecar({"xmp:Rating": "2"}))
    found = read_metadata(
        picture, format=sniff(picture), limits=small, sidecars=[beside]
    )
    assert found.rating is None
    assert "larger than the limit" in found.warnings[0]


def _marked(mwg: str, orientation: int = 1) -> bytes:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/" '
        'xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" '
        'xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#">'
        f'<mwg-rs:Regions rdf:parseType="Resource">{mwg}</mwg-rs:Regions>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    exif = {"Exif.Image.Orientation": str(orientation)}
    return images.with_xmp_packet(images.jpeg(400, 200, exif=exif), packet)


def _face(
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    unit: str = "normalized",
    kind: str = "Face",
) -> str:
    return (
        "<mwg-rs:RegionList><rdf:Bag><rdf:li><rdf:Description "
        f'mwg-rs:Name="Ada" mwg-rs:Type="{kind}"><mwg-rs:Area '
        f'stArea:x="{x}" stArea:y="{y}" stArea:w="{w}" stArea:h="{h}" '
        f'stArea:unit="{unit}"/></rdf:Description></rdf:li></rdf:Bag>'
        "</mwg-rs:RegionList>"
    )


def _dimensions(width: int, height: int) -> str:
    return (
        f'<mwg-rs:AppliedToDimensions stDim:w="{width}" stDim:h="{height}" '
        'stDim:unit="pixel"/>'
    )


@pytest.mark.parametrize(
    ("mwg", "orientation", "expected"),
    [
        (_face(0.2, 0.3, 0.2, 0.4), 1, (0.1, 0.1, 0.2, 0.4)),
        (
            _dimensions(400, 200) + _face(80, 60, 80, 80, unit="pixel"),
            1,
            (0.1, 0.1, 0.2, 0.4),
        ),
        (_dimensions(400, 200) + _face(0.2, 0.3, 0.2, 0.4), 6, (0.5, 0.1, 0.4, 0.2)),
        (_dimensions(200, 400) + _face(0.2, 0.3, 0.2, 0.4), 6, (0.1, 0.1, 0.2, 0.4)),
    ],
)
def test_people_are_found_on_the_upright_image(
    mwg: str, orientation: int, expected: tuple, keep: Keep
) -> None:
    (region,) = _read(keep("a.jpg", _marked(mwg, orientation))).regions
    assert region.name == "Ada"
    box = (region.x, region.y, region.width, region.height)
    assert box == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["Pet", "Focus", "BarCode"])
def test_what_is_no_person_is_no_region(kind: str, keep: Keep) -> None:
    marked = _face(0.2, 0.3, 0.2, 0.4, kind=kind)
    assert _read(keep("a.jpg", _marked(marked))).regions == ()


_boxes = st.tuples(*[st.floats(0.01, 0.49)] * 4).map(lambda box: Region("", *box))


@given(
    _boxes, st.sampled_from([(6, 4), (8, 4), (2, 2), (3, 2), (4, 2), (5, 2), (7, 2)])
)
def test_turning_often_enough_changes_nothing(
    region: Region, turn: tuple[int, int]
) -> None:
    orientation, times = turn
    turned = region
    for _ in range(times):
        turned = upright(turned, orientation)
    assert (turned.x, turned.y) == pytest.approx((region.x, region.y))
    assert (turned.width, turned.height) == pytest.approx((region.width, region.height))


def test_damaged_metadata_in_a_good_picture_is_no_error(keep: Keep) -> None:
    good = images.jpeg(exif={"Exif.Image.Make": "Canon"})
    at = good.index(b"Exif\0\0") + 10
    found = _read(keep("a.jpg", good[:at] + b"\xff" * 30 + good[at + 30 :]))
    assert (found.width, found.height) == (320, 240)


def test_facts_are_safe_to_store(keep: Keep) -> None:
    content = images.jpeg(
        exif={"Exif.Image.Artist": "A#ne! ", "Exif.Image.Software": "x" * 5000},
        iptc={"Iptc.Application2.Caption": ["Caf#"]},
    )
    content = content.replace(b"A#ne!", b"A\xe9ne\x01").replace(b"Caf#", b"Caf\xe9")
    found = _read(keep("a.jpg", content))
    assert found.creator == "Aéne"
    assert found.description == "Café"
    text = json.dumps(found.tags, allow_nan=False, ensure_ascii=False)
    assert "\0" not in text and "xxxxx" not in text
    text.encode()


@given(st.text())
def test_clean_text_can_be_stored(text: str) -> None:
    found = clean(text, limit=50)
    found.encode()
    assert "\0" not in found and len(found) <= 50
    assert clean(found, limit=50) == found


_plain = st.text(
    st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20
)


@given(make=_plain, iso=st.integers(1, 65534), top=st.integers(1, 10**6))
def test_exif_written_is_exif_read(
    make: str, iso: int, top: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exif = {
        "Exif.Image.Make": make,
        "Exif.Photo.ISOSpeedRatings": str(iso),
        "Exif.Photo.FNumber": f"{top}/10000",
    }
    path = tmp_path_factory.mktemp("exif") / "a.jpg"
    path.write_bytes(
        images.with_metadata(images.encoded(images.picture(16, 16)), exif=exif)
    )
    found = _read(path)
    assert (found.camera_make, found.iso) == (make, iso)
    assert found.fstop == pytest.approx(top / 10000, abs=0.006)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.004, "1/250"),
        (0.25, "1/4"),
        (0.5, "0.5"),
        (2.5, "2.5"),
        (30.0, "30"),
        (None, None),
    ],
)
def test_exposure_as_photographers_write_it(
    seconds: float | None, text: str | None
) -> None:
    assert shutter_speed_text(seconds) == text


def test_video_facts(keep: Keep) -> None:
    film = videos.video(
        format="mov",
        rotation=90,
        metadata={
            "com.apple.quicktime.make": "Apple",
            "com.apple.quicktime.model": "iPhone 12",
            "com.apple.quicktime.location.ISO6709": "+48.8584-002.2945+035.5/",
            "com.apple.quicktime.creationdate": "2020-05-06T09:08:09+0200",
        },
    )
    found = _read(keep("a.mov", film))
    assert (found.width, found.height) == (240, 320)
    assert (found.camera_make, found.camera_model) == ("Apple", "iPhone 12")
    assert (found.latitude, found.longitude, found.altitude) == (48.8584, -2.2945, 35.5)
    assert found.dates["EXIF:DateTimeOriginal"] == "2020-05-06T09:08:09+0200"
    assert found.duration_s == pytest.approx(1.0, abs=0.15)
    assert (found.video_codec, found.audio_codec, found.frame_rate) == (
        "h264",
        None,
        10,
    )


def test_video_s_creation_time_is_utc_text(keep: Keep) -> None:
    made = {"creation_time": "2020-05-06T07:08:09.000000Z"}
    found = _read(keep("a.mp4", videos.video(metadata=made)))
    assert found.dates == {"QuickTime:CreateDate": "2020:05:06 07:08:09"}
    unset = {"creation_time": "1904-01-01T00:00:00.000000Z"}
    assert _read(keep("b.mp4", videos.video(metadata=unset))).dates == {}


def test_video_takes_a_sidecar_too(keep: Keep) -> None:
    beside = keep("a.xmp", images.sidecar({"xmp:Rating": "5"}))
    assert _read(keep("a.mp4", videos.video()), beside).rating == 5


def test_camcorder_s_clock_inside_the_stream(keep: Keep) -> None:
    message = b"MDPM\x02" + bytes.fromhex("18 44 20 19 04 19 24 22 30 59")
    packet = b"\x47\x1f\xff\x10" + message.ljust(184, b"\xff")
    path = keep("a.mts", videos.video(format="mpegts") + packet)
    assert _read(path).dates["EXIF:DateTimeOriginal"] == "2019:04:24 22:30:59"


def test_damaged_video_is_an_error_in_words(keep: Keep) -> None:
    with pytest.raises(MediaError, match="damaged or cut short"):
        _read(keep("a.mp4", videos.video()[:200]))


def test_original_is_not_changed(keep: Keep) -> None:
    content = images.jpeg(exif={"Exif.Image.Make": "Canon"})
    path = keep("a.jpg", content)
    path.chmod(0o444)
    before = path.stat()
    _read(path)
    assert path.read_bytes() == content
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_nothing_is_printed(keep: Keep, capfd: pytest.CaptureFixture[str]) -> None:
    _read(keep("a.jpg", images.jpeg()[:700] + b"\xff\xe1\x00\x10Exif\0\0II*\0\xff"))
    assert capfd.readouterr() == ("", "")

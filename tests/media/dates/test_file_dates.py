"""Dates in files of all formats: each under the name of its rank, with its clock."""

import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from librephotos.media.dates import usable_date
from librephotos.media.files.formats import sniff
from librephotos.media.files.sidecars import by_weight
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import read_metadata
from tests.media.conftest import Keep
from tests.support.pictures import images, videos

SHUTTER, DIGITISED = "EXIF:DateTimeOriginal", "EXIF:DateTimeDigitized"


def _dates(path: Path, *sidecars: Path) -> dict[str, str]:
    found = read_metadata(path, format=sniff(path), limits=Limits(), sidecars=sidecars)
    return found.dates


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("exif:DateTimeOriginal", SHUTTER),
        ("photoshop:DateCreated", SHUTTER),
        ("exif:DateTimeDigitized", DIGITISED),
        ("xmp:CreateDate", DIGITISED),
        ("xmp:ModifyDate", "XMP:ModifyDate"),
    ],
)
def test_ranks_in_xmp(name: str, rank: str, keep: Keep) -> None:
    beside = keep("a.xmp", images.sidecar({name: "2020-02-03T04:05:06"}))
    dates = _dates(keep("a.jpg", images.jpeg()), beside)
    assert dates[rank] == "2020-02-03T04:05:06"
    assert not {SHUTTER, DIGITISED, "EXIF:DateTime"}.difference({rank}) & dates.keys()


@pytest.mark.parametrize("name", ["exif:DateTimeDigitized", "xmp:CreateDate"])
def test_digitising_leaves_the_shutter_s_time(name: str, keep: Keep) -> None:
    beside = keep("a.xmp", images.sidecar({name: "2020-02-03T04:05:06+02:00"}))
    exif = {
        "Exif.Photo.DateTimeOriginal": "1965:07:01 12:00:00",
        "Exif.Photo.SubSecTimeOriginal": "25",
        "Exif.Photo.DateTimeDigitized": "2003:06:07 08:09:10",
        "Exif.Photo.SubSecTimeDigitized": "50",
    }
    assert _dates(keep("a.jpg", images.jpeg(exif=exif)), beside) | {
        "XMP:CreateDate": "2020-02-03T04:05:06+02:00"
    } == {
        SHUTTER: "1965:07:01 12:00:00",
        "EXIF:SubSecTimeOriginal": "25",
        DIGITISED: "2020-02-03T04:05:06+02:00",
        "EXIF:OffsetTimeDigitized": "+02:00",
        "XMP:CreateDate": "2020-02-03T04:05:06+02:00",
    }


def test_iptc_goes_before_a_digitised_time_in_xmp(keep: Keep) -> None:
    content = images.jpeg(
        iptc={
            "Iptc.Application2.DateCreated": ["1967-08-09"],
            "Iptc.Application2.TimeCreated": ["10:11:12+00:00"],
        },
        xmp={"Xmp.xmp.CreateDate": "2020-02-03T04:05:06"},
    )
    dates = _dates(keep("a.jpg", content))
    assert dates[SHUTTER] == "1967-08-09 10:11:12"
    assert dates[DIGITISED] == "2020-02-03T04:05:06"


def test_iptc_keeps_an_offset_that_tells_something(keep: Keep) -> None:
    content = images.jpeg(
        iptc={
            "Iptc.Application2.DateCreated": ["1967-08-09"],
            "Iptc.Application2.TimeCreated": ["10:11:12+02:00"],
        }
    )
    assert _dates(keep("a.jpg", content))[SHUTTER] == "1967-08-09 10:11:12+02:00"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1965:  :     :  :  ", "1965:  :     :  :"),
        ("1965:07:00 00:00:00", "1965:07:00 00:00:00"),
    ],
)
def test_parts_of_dates_in_exif(text: str, kept: str, keep: Keep) -> None:
    exif = {"Exif.Photo.DateTimeOriginal": text}
    assert _dates(keep("a.jpg", images.jpeg(exif=exif)))[SHUTTER] == kept


def test_a_sidecar_that_tells_less_of_the_same_leaves_the_time(keep: Keep) -> None:
    exif = {"Exif.Photo.DateTimeOriginal": "1965:07:01 12:00:00"}
    picture = keep("a.jpg", images.jpeg(exif=exif))
    same = keep("a.xmp", images.sidecar({"photoshop:DateCreated": "1965-07"}))
    assert _dates(picture, same)[SHUTTER] == "1965:07:01 12:00:00"
    other = keep("b.xmp", images.sidecar({"photoshop:DateCreated": "1966"}))
    assert _dates(picture, other)[SHUTTER] == "1966"


@pytest.mark.parametrize(
    ("beside", "kept"),
    [
        ("2019-07-08T09:10:11Z", "2019:07:08 09:10:11"),  # local digits, copied
        ("2019-07-08T00:10:11Z", "2019:07:08 09:10:11"),  # the same moment in Tokyo
        ("2019-07-08T03:40:11Z", "2019:07:08 09:10:11"),  # and in Kolkata
        ("2019-07-08T00:11:11Z", "2019-07-08T00:11:11Z"),
        ("2019-07-08T00:10:11+09:00", "2019-07-08T00:10:11+09:00"),
    ],
)
def test_utc_in_a_sidecar_leaves_the_clock_on_the_wall(
    beside: str, kept: str, keep: Keep
) -> None:
    exif = {"Exif.Photo.DateTimeOriginal": "2019:07:08 09:10:11"}
    picture = keep("a.jpg", images.jpeg(exif=exif))
    sidecar = keep("a.xmp", images.sidecar({"exif:DateTimeOriginal": beside}))
    assert _dates(picture, sidecar)[SHUTTER] == kept


def test_a_year_before_photography_gives_way_too(keep: Keep) -> None:
    content = images.jpeg(
        exif={"Exif.Photo.DateTimeOriginal": "0001:01:01 00:00:00"},
        xmp={"Xmp.photoshop.DateCreated": "2019-07-08T09:10:11"},
    )
    assert _dates(keep("a.jpg", content))[SHUTTER] == "2019-07-08T09:10:11"


def test_a_clock_never_set_gives_way_to_other_places(keep: Keep) -> None:
    content = images.jpeg(
        exif={"Exif.Photo.DateTimeOriginal": "1980:01:01 00:00:12"},
        xmp={"Xmp.photoshop.DateCreated": "2019-07-08T09:10:11"},
    )
    assert _dates(keep("a.jpg", content))[SHUTTER] == "2019-07-08T09:10:11"


def test_receiver_without_a_fix_tells_no_time(keep: Keep) -> None:
    exif = {
        "Exif.GPSInfo.GPSDateStamp": "1980:01:06",
        "Exif.GPSInfo.GPSTimeStamp": "0/1 0/1 3/1",
    }
    assert _dates(keep("a.jpg", images.jpeg(exif=exif))) == {}


def _with_chunk(kind: bytes, data: bytes) -> bytes:
    png = images.encoded(images.picture(8, 8), "PNG")
    chunk = struct.pack(">I4s", len(data), kind) + data
    chunk += struct.pack(">I", zlib.crc32(kind + data))
    return png[:33] + chunk + png[33:]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (b"tEXt", b"Creation Time\0%s"),
        (b"tEXt", b"creation time\0%s"),
        (b"iTXt", b"Creation Time\0\0\0en\0\0%s"),
    ],
)
@pytest.mark.parametrize(
    "text", ["2019:01:04 03:04:05", "Sat, 05 Jan 2019 03:04:05 GMT"]
)
def test_creation_time_of_png(kind: bytes, data: bytes, text: str, keep: Keep) -> None:
    path = keep("a.png", _with_chunk(kind, data % text.encode()))
    assert _dates(path)[SHUTTER] == text


@pytest.mark.parametrize("rubbish", [b"", b"  ", b"rubbish", b"0000:00:00 00:00:00"])
def test_a_creation_time_that_says_nothing_hides_no_other(
    rubbish: bytes, keep: Keep
) -> None:
    chunks = [b"Creation Time\0" + text for text in (rubbish, b"2019-09-16 10:00:00")]
    png = _with_chunk(b"tEXt", chunks[1])  # and the other before it
    chunk = b"tEXt" + chunks[0]
    size = (len(chunk) - 4).to_bytes(4, "big")
    chunk = size + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    path = keep("a.png", png[:33] + chunk + png[33:])
    assert _dates(path)[SHUTTER] == "2019-09-16 10:00:00"


def test_compressed_creation_time_of_png(keep: Keep) -> None:
    packed = zlib.compress(b"2019:01:04 03:04:05")
    for kind, head in ((b"zTXt", b"\0"), (b"iTXt", b"\1\0\0\0")):
        path = keep("a.png", _with_chunk(kind, b"Creation Time\0" + head + packed))
        assert _dates(path)[SHUTTER] == "2019:01:04 03:04:05"
    bomb = zlib.compress(bytes(10_000_000))[:4000]
    path = keep("b.png", _with_chunk(b"zTXt", b"Creation Time\0\0" + bomb))
    assert _dates(path) == {}


def test_last_change_of_png_is_no_shutter_s_time(keep: Keep) -> None:
    changed = struct.pack(">H5B", 2019, 1, 4, 3, 4, 5)
    path = keep("a.png", _with_chunk(b"tIME", changed))
    assert _dates(path) == {"PNG:ModifyDate": "2019:01:04 03:04:05"}


def _with_box(film: bytes, *boxes: tuple[bytes, bytes]) -> bytes:
    """A film whose moov box, the last one, holds user data with these boxes."""
    inner = b"".join(struct.pack(">I4s", 8 + len(d), k) + d for k, d in boxes)
    user_data = struct.pack(">I4s", 8 + len(inner), b"udta") + inner
    at = film.rindex(b"moov") - 4
    (size,) = struct.unpack(">I", film[at : at + 4])
    assert at + size == len(film)
    return (
        film[:at]
        + struct.pack(">I", size + len(user_data))
        + film[at + 4 :]
        + user_data
    )


_UTC = {"creation_time": "2020-01-01T10:00:00.000000Z"}


def test_apple_s_date_in_the_user_data(keep: Keep) -> None:
    film = _with_box(
        videos.video(metadata=_UTC), (b"date", b"2016-03-25T11:46:00+0100")
    )
    assert _dates(keep("a.mp4", film)) == {
        "QuickTime:CreateDate": "2020:01:01 10:00:00",
        SHUTTER: "2016-03-25T11:46:00+0100",
    }


def test_day_of_itunes_goes_before_the_export_s_time(keep: Keep) -> None:
    made = {**_UTC, "date": "2011-05-03T14:22:10+0200"}
    dates = _dates(keep("a.mp4", videos.video(metadata=made)))
    assert dates[SHUTTER] == "2011-05-03T14:22:10+0200"


@pytest.mark.parametrize("place", ["uuid", "XMP_"])
def test_xmp_in_films(place: str, keep: Keep) -> None:
    packet = images.sidecar(
        {"exif:DateTimeOriginal": "2017-03-25T11:46:00+01:00", "xmp:Rating": "4"}
    )
    film = videos.video(metadata=_UTC)
    if place == "XMP_":
        film = _with_box(film, (b"XMP_", packet))
    else:
        body = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + packet
        film += struct.pack(">I4s", 8 + len(body), b"uuid") + body
    path = keep("a.mp4", film)
    found = read_metadata(path, format=sniff(path), limits=Limits())
    assert found.dates[SHUTTER] == "2017-03-25T11:46:00+01:00"
    assert found.rating == 4
    damaged = keep("b.mp4", film.replace(b"<rdf:RDF", b"<rdf:XXX"))
    assert SHUTTER not in _dates(damaged)
    small = Limits(max_metadata_bytes=10)
    found = read_metadata(path, format=sniff(path), limits=small)
    assert SHUTTER not in found.dates


def test_what_a_sidecar_says_of_a_film(keep: Keep) -> None:
    film = keep("a.mp4", videos.video(metadata=_UTC))
    digitised = keep("a.xmp", images.sidecar({"xmp:CreateDate": "2023-07-14"}))
    assert SHUTTER not in _dates(film, digitised)
    shot = keep("b.xmp", images.sidecar({"exif:DateTimeOriginal": "2019-07-14"}))
    assert _dates(film, shot)[SHUTTER] == "2019-07-14"


@pytest.mark.parametrize("unset", ["1904-01-01", "1970-01-01", "1980-01-06"])
@pytest.mark.parametrize(
    ("format", "codec"), [("mp4", "libx264"), ("matroska", "libx264")]
)
def test_films_of_a_clock_never_set(
    unset: str, format: str, codec: str, keep: Keep
) -> None:
    made = {"creation_time": f"{unset}T00:00:12.000000Z"}
    film = videos.video(format=format, codec=codec, metadata=made)
    assert _dates(keep("a", film)) == {}


def _with_idit(text: bytes) -> bytes:
    film = videos.video(format="avi", codec="mpeg4")
    (size,) = struct.unpack("<I", film[16:20])
    (whole,) = struct.unpack("<I", film[4:8])
    chunk = b"IDIT" + struct.pack("<I", len(text)) + text
    return (
        film[:4]
        + struct.pack("<I", whole + len(chunk))
        + film[8:16]
        + struct.pack("<I", size + len(chunk))
        + film[20 : 20 + size]
        + chunk
        + film[20 + size :]
    )


def test_clock_of_avi_is_the_one_on_the_wall(keep: Keep) -> None:
    dates = _dates(keep("a.avi", _with_idit(b"Mon Mar 10 15:04:43 2003\n\0")))
    assert dates == {SHUTTER: "2003-03-10 15:04:43"}


def test_recording_date_of_matroska_goes_before_its_utc(keep: Keep) -> None:
    made = {**_UTC, "DATE_RECORDED": "2017-01-02 03:04:05", "DATE_DIGITIZED": "2018"}
    dates = _dates(keep("a.mkv", videos.video(format="matroska", metadata=made)))
    assert dates == {
        "QuickTime:CreateDate": "2020:01:01 10:00:00",
        SHUTTER: "2017-01-02 03:04:05",
        DIGITISED: "2018",
    }


@pytest.mark.parametrize("main", ["IMG_1.jpg", "IMG_1.JPG"])
def test_the_sidecar_with_the_last_word(main: str) -> None:
    sidecars: list[Any] = ["img_1.jpg.XMP", "IMG_1.xmp", "IMG_1.CR2.xmp"]
    expected = ["IMG_1.CR2.xmp", "IMG_1.xmp", "img_1.jpg.XMP"]
    assert by_weight(main, sidecars) == expected
    assert by_weight(main, reversed(sidecars)) == expected


AHEAD = "2199:05:05 10:00:00"


@pytest.mark.parametrize("rank", ["Original", "Digitized"])
def test_a_clock_that_is_ahead_of_ours_hides_no_other(rank: str, keep: Keep) -> None:
    ahead = images.jpeg(exif={f"Exif.Photo.DateTime{rank}": AHEAD})
    beside = keep("a.xmp", images.sidecar({f"exif:DateTime{rank}": "2015-05-05"}))
    assert _dates(keep("a.jpg", ahead), beside)[f"EXIF:DateTime{rank}"] == "2015-05-05"

    right = images.jpeg(exif={f"Exif.Photo.DateTime{rank}": "2008:08:08 08:08:08"})
    beside = keep("b.xmp", images.sidecar({f"exif:DateTime{rank}": "2199-01-01"}))
    dates = _dates(keep("b.jpg", right), beside)
    assert dates[f"EXIF:DateTime{rank}"] == "2008:08:08 08:08:08"


def test_a_date_of_tomorrow_stays(keep: Keep) -> None:
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y:%m:%d %H:%M:%S}"
    dates = _dates(
        keep("a.jpg", images.jpeg(exif={f"Exif.Photo.{SHUTTER[5:]}": tomorrow}))
    )
    assert dates[SHUTTER] == tomorrow


@pytest.mark.parametrize("kind", [1, 7], ids=["bytes", "undefined"])
def test_dates_of_another_type_than_text(kind: int, keep: Keep) -> None:
    exif = {"Exif.Photo.DateTimeOriginal": "2016:05:04 03:02:01"}
    good = images.jpeg(64, 48, exif=exif)
    entry = struct.pack("<HH", 0x9003, 2)
    assert good.count(entry) == 1
    odd = good.replace(entry, struct.pack("<HH", 0x9003, kind))
    assert _dates(keep("a.jpg", odd))[SHUTTER] == "2016:05:04 03:02:01"


@pytest.mark.parametrize("place", ["among the headers", "behind them"])
@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (b"2005:08:18 11:42:43\0", datetime(2005, 8, 18, 11, 42, 43)),
        (b"2002-12-16 15:35:01\0\0\0", datetime(2002, 12, 16, 15, 35, 1)),
        (b"2005/08/17/ 09:32\0", datetime(2005, 8, 17, 9, 32)),
        (b"2001/ 1/27  1:42PM\0", datetime(2001, 1, 27, 13, 42)),
        (b"MON MAR 10 15:04:43 2003\n\0", datetime(2003, 3, 10, 15, 4, 43)),
        (b"    :  :     :  :  \0", None),
        (b"no date at all. " * 1000, None),
    ],
)
def test_the_clock_of_an_avi(
    written: bytes, moment: datetime | None, place: str, keep: Keep
) -> None:
    plain = videos.video(format="avi", codec="mpeg4", seconds=0.2)
    chunk = b"IDIT" + struct.pack("<I", len(written)) + written
    chunk += bytes(len(written) % 2)
    size = int.from_bytes(plain[16:20], "little")  # of the list of headers
    at = 20 + size
    inner = size + (len(chunk) if place == "among the headers" else 0)
    whole = len(plain) - 8 + len(chunk)
    content = b"".join(
        (
            b"RIFF" + struct.pack("<I", whole) + b"AVI LIST",
            struct.pack("<I", inner) + plain[20:at] + chunk + plain[at:],
        )
    )
    date = usable_date(_dates(keep("a.avi", content)).get(SHUTTER, ""))
    assert (date.digits if date else None) == moment


SONY = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<NonRealTimeMeta xmlns="urn:schemas-professionalDisc:nonRealTimeMeta:ver.2.00">'
    '<CreationDate value="{}"/><Device manufacturer="Sony" modelName="ILCE-7M3"/>'
    "</NonRealTimeMeta>"
)
BOMB = '<!DOCTYPE a [<!ENTITY b "2018-07-01T11:00:00+09:00">]>'


def _xavc(text: bytes, *, metadata: dict[str, str]) -> bytes:
    handler = bytes(8) + b"nrtm" + bytes(13)
    boxes = ((b"hdlr", handler), (b"xml ", bytes(4) + text))
    inner = b"".join((len(body) + 8).to_bytes(4, "big") + k + body for k, body in boxes)
    meta = (len(inner) + 12).to_bytes(4, "big") + b"meta" + bytes(4) + inner
    return videos.video(seconds=0.2, metadata=metadata) + meta


@pytest.mark.parametrize(
    ("text", "shutter"),
    [
        (SONY.format("2018-07-01T11:00:00+09:00"), "2018-07-01T11:00:00+09:00"),
        (SONY.format("2018-07-01T11:00:00"), "2018-07-01T11:00:00"),
        (SONY.format("2018-07-01T11:00:00Z")[:-10], "2018-07-01T11:00:00Z"),
        (SONY.replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?")
         .replace("xmlns=", "xmlns:n=").format("2018-07-01T11:00:00+09:00"),
         "2018-07-01T11:00:00+09:00"),
        (SONY.format("0000-00-00T00:00:00"), None),
        (SONY.format("&b;").replace("<NonReal", BOMB + "<NonReal"), None),
        (SONY.format("2018-07-01T11:00:00").replace("NonReal", "Un"), None),
        (" " * 2**21 + SONY.format("2018-07-01T11:00:00"), None),
        ("", None),
    ],
)  # fmt: skip
def test_the_clock_of_sonys_films(text: str, shutter: str | None, keep: Keep) -> None:
    content = _xavc(
        text.encode() + b"\0", metadata={"creation_time": "2018-07-01T02:00:00Z"}
    )
    path = keep("C0001.MP4", content)
    dates = _dates(path)
    assert dates.get(SHUTTER) == shutter
    assert dates["QuickTime:CreateDate"] == "2018:07:01 02:00:00"
    found = read_metadata(path, format=sniff(path), limits=Limits())
    if shutter:
        assert (found.camera_make, found.camera_model) == ("Sony", "ILCE-7M3")

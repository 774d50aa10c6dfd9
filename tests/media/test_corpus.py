"""Real files: valid ones work, malformed ones fail in words, none hangs or crashes."""

from collections.abc import Iterator
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
from pebble import ProcessPool

from librephotos.media.dates import DEFAULT_RULES, DateFacts, local_time
from librephotos.media.errors import MediaError
from librephotos.media.files.formats import Kind, sniff
from librephotos.media.files.identity import identify
from librephotos.media.limits import Limits
from librephotos.media.metadata.reading import Metadata, read_metadata
from librephotos.media.pictures.thumbnails import make_thumbnails

LIMITS = Limits()
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
NOT_VALID = {
    "formats/heic/IllegalArgumentException.HeifReader.processBoxes.heif",
    "formats/rw2/Issue_419.rw2",
    "README.md",
}
SECONDS_FOR_ONE_FILE = 30


def _names(*, malformed: bool) -> list[str]:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
    names = [path.relative_to(CORPUS).as_posix() for path in files]
    broken = [name for name in names if name.startswith("malformed/")]
    return broken if malformed else [n for n in names if n not in {*broken, *NOT_VALID}]


def _metadata(path: Path, *sidecars: Path) -> Metadata:
    return read_metadata(path, format=sniff(path), limits=LIMITS, sidecars=sidecars)


@pytest.mark.parametrize("name", _names(malformed=False) or [""])
def test_valid_file_is_shown_and_read(name: str, corpus: Path) -> None:
    path = corpus / name
    format = identify(path, limits=LIMITS).format
    found = read_metadata(path, format=format, limits=LIMITS)
    assert found.warnings == ()
    if format.kind is Kind.SIDECAR:
        assert found.dates
        return
    made = make_thumbnails(path, format=format, limits=LIMITS)
    assert (made.width, made.height) == (found.width, found.height)
    assert (made.clip_small is not None) == (format.kind is Kind.VIDEO)
    if format.kind is Kind.VIDEO:
        assert found.duration_s and found.video_codec


def _outcome(path: Path) -> str:
    """What happens to one file; "" if it works or fails as it should."""
    try:
        format = identify(path, limits=LIMITS).format
        read_metadata(path, format=format, limits=LIMITS)
        make_thumbnails(path, format=format, limits=LIMITS)
    except MediaError as error:
        said = str(error)
        return "" if said.endswith(".") and str(path) not in said else f"says: {said}"
    return ""


@pytest.fixture(scope="module")
def child() -> Iterator[ProcessPool]:
    """A process for one file after the other; one that takes it down costs only it.

    It is no fork: the copy of a process with threads may wait for good for what these
    held.
    """
    with ProcessPool(max_workers=1, context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("name", _names(malformed=True) or [""])
def test_malformed_file_works_or_fails_in_words(
    name: str, corpus: Path, child: ProcessPool
) -> None:
    outcome = child.schedule(
        _outcome, args=(corpus / name,), timeout=SECONDS_FOR_ONE_FILE
    )
    assert outcome.result() == ""


@pytest.mark.parametrize("name", sorted(NOT_VALID))
def test_invalid_sample_fails_in_words(name: str, corpus: Path) -> None:
    with pytest.raises(MediaError):
        format = identify(corpus / name, limits=LIMITS).format
        make_thumbnails(corpus / name, format=format, limits=LIMITS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("camera/heic/IMG_5195.HEIC", "2021-04-11 15:47:53.054000"),
        ("camera/jpg/Canon_40D.jpg", "2008-05-30 15:56:01"),
        ("camera/jpg/gps/DSCN0010.jpg", "2008-10-22 16:28:39"),
        ("formats/mp4/with-gps.mp4", "2017-02-22 08:20:28"),
        ("formats/mts/Sony_ILCE-7M3_(A7M3).mts", "2019-04-24 22:24:00"),
        ("formats/heic/IMG_2682.heic", "2019-03-21 11:04:22.348000"),
        ("metadata/dates/datetimeoriginal-gps.jpg", "2025-12-01 11:30:00"),
        ("metadata/rating/mongolels.jpg", "2009-08-29 13:18:08.170000"),
        ("metadata/xmp/dates/2000.xmp", "2000-09-27 14:35:33"),
    ],
)
def test_dates_by_the_default_rules(name: str, expected: str, corpus: Path) -> None:
    found = _metadata(corpus / name)
    facts = DateFacts(name, found.dates, 0.0, 0.0, "Europe/London")
    now = datetime(2026, 11, 24)
    result = local_time(facts, DEFAULT_RULES, user_timezone="UTC", now=now)
    assert result is not None and str(result.local) == expected


def test_known_facts(corpus: Path) -> None:
    portrait = _metadata(corpus / "metadata/faces/portrait.jpg")
    assert [region.name for region in portrait.regions] == [
        "Marie Curie",
        "Pierre Curie",
    ]
    assert portrait.regions[0].x == pytest.approx(0.3119, abs=1e-4)
    assert portrait.keywords == ("Marie Curie", "Pierre Curie", "People")
    assert _metadata(corpus / "metadata/rating/mongolels.jpg").rating == 3
    assert _metadata(corpus / "metadata/tags/picasa.jpg").keywords == ("Frost", "Yard")
    assert _metadata(corpus / "metadata/gps-position/empty_gps.jpg").latitude is None
    film = _metadata(corpus / "formats/mp4/with-gps.mp4")
    assert (film.latitude, film.longitude) == (51.4169, -0.0806)
    moment = _metadata(corpus / "metadata/dates/gps-datetime.jpg").dates
    assert moment["Composite:GPSDateTime"] == "2023-11-15T12:30:00Z"


def test_sidecar_of_a_later_digitising_leaves_the_shutter_s_date(corpus: Path) -> None:
    picture = corpus / "metadata/rating/mongolels.jpg"
    found = _metadata(picture, corpus / "metadata/xmp/dates/2020.xmp")
    assert found.dates["EXIF:DateTimeOriginal"] == "2009:08:29 13:18:08"
    assert found.dates["EXIF:DateTimeDigitized"] == "2020-09-27T14:35:33+02:00"
    assert found.rating == 3


def test_samsung_motion_photo(corpus: Path) -> None:
    path = corpus / "formats/motionphoto/samsung-one-ui-6.heic"
    assert identify(path, limits=LIMITS).embedded_video


def test_eight_orientations_look_alike(corpus: Path) -> None:
    for shape in ("Landscape", "Portrait"):
        hashes = [
            make_thumbnails(path, format=sniff(path), limits=LIMITS).phash
            for path in sorted(corpus.glob(f"orientation/{shape}_*.jpg"))
        ]
        assert len(hashes) == 9
        assert all(((h ^ hashes[0]) & (2**64 - 1)).bit_count() <= 2 for h in hashes)

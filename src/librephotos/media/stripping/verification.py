"""A second look at a copy, by the readers that find metadata in originals."""

import re
from pathlib import Path

import exiv2

from librephotos.media.files.containers import opened_video
from librephotos.media.files.formats import Format, Kind
from librephotos.media.metadata.camcorder import recorded_at
from librephotos.media.stripping.errors import NotStrippable

# What a TIFF needs to be read, and the orientation.
_STRUCTURE = frozenset(
    "ImageWidth ImageLength BitsPerSample Compression PhotometricInterpretation "
    "StripOffsets Orientation SamplesPerPixel RowsPerStrip StripByteCounts XResolution "
    "YResolution PlanarConfiguration ResolutionUnit Predictor SampleFormat "
    "ExtraSamples InterColorProfile TileWidth TileLength TileOffsets TileByteCounts "
    "NewSubfileType PageNumber ColorMap InkSet SubfileType".split()
)
# The first page and those behind it.
_PAGE = re.compile(r"Exif\.(Image|Thumbnail|Image\d+)\.(\w+)")
_CONTAINER = frozenset(
    "major_brand minor_version compatible_brands encoder handler_name vendor_id "
    "language duration service_name service_provider wm/encodingtime".split()
)
_UNKNOWN = (
    exiv2.ErrorCode.kerFileContainsUnknownImageType,
    exiv2.ErrorCode.kerMemoryContainsUnknownImageType,
)


def verify(copy: Path, *, format: Format) -> None:
    """Raise NotStrippable if the copy, which is in `format`, says anything.

    An orientation is no metadata here. Raises UnreadableFile if it cannot be read.
    """
    found = _in_video(copy, format) if format.kind is Kind.VIDEO else _in_still(copy)
    if found:
        raise NotStrippable(
            "The file cannot be freed from its metadata: "
            f"{', '.join(sorted(found)[:5])} came through."
        )


def _in_still(copy: Path) -> set[str]:
    try:
        image = exiv2.ImageFactory.open(str(copy))
        image.readMetadata()
    except exiv2.Exiv2Error as error:
        if error.code in _UNKNOWN:  # a format in which it knows no metadata
            return set()
        raise NotStrippable("The copy without metadata cannot be read.") from error
    found = {datum.key() for datum in image.exifData() if _tells(datum.key())}
    found |= {datum.key() for datum in image.iptcData()}
    found |= {datum.key() for datum in image.xmpData()}
    return found | ({"a comment"} if image.comment() else set())


def _tells(key: str) -> bool:
    page = _PAGE.fullmatch(key)
    return page is None or page[2] not in _STRUCTURE


def _in_video(copy: Path, format: Format) -> set[str]:
    with opened_video(str(copy), format=format) as container:
        found = {key.lower() for key in container.metadata}
        for stream in container.streams:
            found |= {key.lower() for key in stream.metadata}
            if stream.type not in ("video", "audio"):
                found.add(f"a track of {stream.type}")
        found -= _CONTAINER
        if container.chapters():
            found.add("chapters")
    if format.name == "MPEG-TS" and recorded_at(str(copy)):
        found.add("the time of recording")
    return found

"""Pictures made in memory, so that no sample file has to be kept."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import exiv2
import numpy as np
import pyvips
from PIL import Image
from skimage import data

APPLE_IDENTIFIER = "5A6B7C8D-0000-1111-2222-333344445555"


@cache
def photograph() -> Image.Image:
    """A real photograph, 512 × 512, so that previews have something to show."""
    return Image.fromarray(data.astronaut())


def picture(width: int = 320, height: int = 240) -> Image.Image:
    """The photograph stretched to a size."""
    return photograph().resize((width, height))


def encoded(image: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    """The picture in a format that Pillow writes; plug-ins must be loaded already."""
    target = io.BytesIO()
    image.save(target, format, **options)
    return target.getvalue()


def jpeg(
    width: int = 320,
    height: int = 240,
    *,
    exif: Mapping[str, str | exiv2.Value] | None = None,
    iptc: Mapping[str, list[str]] | None = None,
    xmp: Mapping[str, str | list[str]] | None = None,
) -> bytes:
    """A JPEG with metadata under exiv2's keys, such as "Exif.Image.Make"."""
    plain = encoded(picture(width, height), "JPEG", quality=90)
    return with_metadata(plain, exif=exif, iptc=iptc, xmp=xmp)


def with_metadata(
    plain: bytes,
    *,
    exif: Mapping[str, str | exiv2.Value] | None = None,
    iptc: Mapping[str, list[str]] | None = None,
    xmp: Mapping[str, str | list[str]] | None = None,
) -> bytes:
    """The picture with metadata added by exiv2."""
    image = exiv2.ImageFactory.open(plain)
    image.readMetadata()
    for key, value in (exif or {}).items():
        image.exifData()[key] = value
    for key, values in (iptc or {}).items():
        for value in values:
            image.iptcData().add(exiv2.IptcKey(key), exiv2.StringValue(value))
    for key, words in (xmp or {}).items():
        many = isinstance(words, list)
        image.xmpData()[key] = exiv2.XmpArrayValue(words) if many else words
    image.writeMetadata()
    return bytes(image.io().mmap())


def with_xmp_packet(plain: bytes, packet: str) -> bytes:
    """The JPEG with this XMP packet, as it stands."""
    body = b"http://ns.adobe.com/xap/1.0/\0" + packet.encode()
    segment = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    return plain[:2] + segment + plain[2:]


def gps(latitude: float, longitude: float) -> dict[str, str]:
    """EXIF tags of a position in degrees."""

    def parts(value: float) -> str:
        degrees, rest = divmod(abs(value), 1)
        minutes, rest = divmod(rest * 60, 1)
        return f"{int(degrees)}/1 {int(minutes)}/1 {round(rest * 60 * 10_000)}/10000"

    return {
        "Exif.GPSInfo.GPSLatitude": parts(latitude),
        "Exif.GPSInfo.GPSLatitudeRef": "N" if latitude >= 0 else "S",
        "Exif.GPSInfo.GPSLongitude": parts(longitude),
        "Exif.GPSInfo.GPSLongitudeRef": "E" if longitude >= 0 else "W",
    }


def sidecar(properties: Mapping[str, str], *, encoding: str = "utf-8") -> bytes:
    """An XMP sidecar with simple properties under names such as "xmp:Rating"."""
    attributes = " ".join(f'{name}="{value}"' for name, value in properties.items())
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        f"{attributes}/></rdf:RDF></x:xmpmeta>"
    )
    return text.encode(encoding)


def quadrants(width: int = 400, height: int = 300) -> Image.Image:
    """Red, green / blue, white quarters: shows any turn, flip or mix of channels."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (230, 20, 20)
    pixels[: height // 2, width // 2 :] = (20, 200, 20)
    pixels[height // 2 :, : width // 2] = (20, 20, 230)
    pixels[height // 2 :, width // 2 :] = (240, 240, 240)
    return Image.fromarray(pixels)


def corner_colours(preview: bytes) -> tuple[str, str, str, str]:
    """The letters r, g, b, w of the preview's four quarters, row by row."""
    image = pyvips.Image.new_from_buffer(preview, "").colourspace("srgb")
    if image.hasalpha():
        image = image.flatten()
    letters = []
    for y in (0.25, 0.75):
        for x in (0.25, 0.75):
            red, green, blue = image.getpoint(
                int(image.width * x), int(image.height * y)
            )
            bright = [value > 128 for value in (red, green, blue)]
            letters.append("w" if all(bright) else "rgb"[bright.index(True)])
    first, second, third, fourth = letters
    return first, second, third, fourth


def stored_for(orientation: int, upright: Image.Image) -> Image.Image:
    """The picture as a camera stores it that writes this EXIF orientation."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    return upright if back is None else upright.transpose(back)


def apple_maker_note(identifier: str = APPLE_IDENTIFIER) -> bytes:
    """Apple's maker note with a Live Photo's content identifier."""
    text = identifier.encode() + b"\0"
    entry = (0x0011).to_bytes(2, "big") + (2).to_bytes(2, "big")
    entry += len(text).to_bytes(4, "big") + (14 + 2 + 12 + 4).to_bytes(4, "big")
    directory = (1).to_bytes(2, "big") + entry + bytes(4)
    return b"Apple iOS\0\0\1MM" + directory + text


def live_still(identifier: str = APPLE_IDENTIFIER) -> bytes:
    """A JPEG whose EXIF block carries Apple's content identifier."""
    exif = Image.Exif()
    exif[0x010F] = "Apple"
    exif.get_ifd(0x8769)[0x927C] = apple_maker_note(identifier)
    return encoded(picture(), "JPEG", exif=exif.tobytes())


def google_motion_photo(video: bytes) -> bytes:
    """A JPEG with a video behind it, as Pixel phones write it."""
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" '
        'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
        'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
        'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" '
        'GCamera:MotionPhoto="1"><Container:Directory><rdf:Seq>'
        '<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" '
        'Item:Semantic="Primary" Item:Length="0"/></rdf:li>'
        '<rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="video/mp4" '
        f'Item:Semantic="MotionPhoto" Item:Length="{len(video)}"/></rdf:li>'
        "</rdf:Seq></Container:Directory></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    return with_xmp_packet(jpeg(), packet) + video


def samsung_motion_photo(video: bytes) -> bytes:
    """A JPEG with Samsung's trailer around a video."""
    name = b"MotionPhoto_Data"
    block = b"\0\0\x30\x0a" + len(name).to_bytes(4, "little") + name + video
    directory = b"SEFH" + (106).to_bytes(4, "little") + (1).to_bytes(4, "little")
    directory += b"\0\0\x30\x0a" + len(block).to_bytes(4, "little") * 2
    trailer = directory + len(directory).to_bytes(4, "little") + b"SEFT"
    return jpeg() + block + trailer


def animated(format: str = "GIF", *, frames: int = 4, delay_ms: int = 100) -> bytes:
    """An animation whose frames differ."""
    images = [picture(200, 120).rotate(10 * at) for at in range(frames)]
    return encoded(
        images[0],
        format,
        save_all=True,
        append_images=images[1:],
        duration=delay_ms,
        loop=0,
    )


def dng(
    path: Path,
    *,
    width: int = 256,
    height: int = 192,
    preview: bytes | None = None,
    taken_at: str = "",
    orientation: int = 1,
) -> Path:
    """A small DNG of raw sensor data, written to `path`, with a JPEG preview or not.

    `taken_at` is written into its first directory, as TIFF/EP has it, and so is
    `orientation`, which the size is before.
    """
    own: list[_Tag] = [*_DNG_TAGS, (274, "H", (orientation,))]
    if taken_at:
        own.append((0x9003, "s", taken_at.encode() + b"\0"))
    grey = np.asarray(picture(width, height).convert("L"), "<u2") * 16
    pixels = grey.astype("<u2").tobytes()
    shown = preview or b""
    blobs = b"II*\0" + (8 + len(pixels) + len(shown)).to_bytes(4, "little")
    sensor = _strip(width, height, at=8, length=len(pixels)) + _SENSOR_TAGS
    blobs += pixels + shown
    if preview is None:
        path.write_bytes(blobs + _directory(own + sensor, len(blobs)))
        return path
    with Image.open(io.BytesIO(preview)) as image:
        small = _strip(*image.size, at=8 + len(pixels), length=len(preview))
    small += _PREVIEW_TAGS + own
    size = len(_directory([*small, (330, "I", (0,))], len(blobs)))
    first = _directory([*small, (330, "I", (len(blobs) + size,))], len(blobs))
    path.write_bytes(blobs + first + _directory(sensor, len(blobs) + size))
    return path


_Tag = tuple[int, str, tuple[int, ...] | bytes]


def _directory(tags: list[_Tag], at: int) -> bytes:
    """A TIFF directory for offset `at`, its longer values behind it."""
    types = {"s": 2, "B": 1, "H": 3, "I": 4, "r": 5}
    entries, values = b"", b""
    end = at + 2 + 12 * len(tags) + 4
    for tag, kind, value in sorted(tags, key=lambda tag: tag[0]):
        if isinstance(value, bytes):
            packed, count = value, len(value)
        else:
            code = "I" if kind == "r" else kind
            packed = struct.pack(f"<{len(value)}{code}", *value)
            count = len(value) // (2 if kind == "r" else 1)
        field = packed.ljust(4, b"\0")
        if len(packed) > 4:
            field = struct.pack("<I", end + len(values))
            values += packed + b"\0" * (len(packed) % 2)
        entries += struct.pack("<HHI", tag, types[kind], count) + field
    return struct.pack("<H", len(tags)) + entries + bytes(4) + values


def _strip(width: int, height: int, *, at: int, length: int) -> list[_Tag]:
    return [
        (256, "I", (width,)),
        (257, "I", (height,)),
        (273, "I", (at,)),  # StripOffsets
        (278, "I", (height,)),  # RowsPerStrip
        (279, "I", (length,)),  # StripByteCounts
    ]


_PREVIEW_TAGS: list[_Tag] = [
    (254, "I", (1,)),  # NewSubfileType: reduced resolution
    (258, "H", (8, 8, 8)),
    (259, "H", (7,)),  # Compression: JPEG
    (262, "H", (6,)),  # PhotometricInterpretation: YCbCr
    (277, "H", (3,)),
]
_DNG_TAGS: list[_Tag] = [
    (50706, "B", (1, 4, 0, 0)),  # DNGVersion
    (50707, "B", (1, 1, 0, 0)),  # DNGBackwardVersion
    (50708, "s", b"Test Camera\0"),  # UniqueCameraModel
    (271, "s", b"Test\0"),
    (272, "s", b"Camera\0"),
    (274, "H", (1,)),
    (
        50721,
        "r",
        (1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1),
    ),  # ColorMatrix1
    (50778, "H", (21,)),  # CalibrationIlluminant1: D65
    (50728, "r", (1, 1, 1, 1, 1, 1)),  # AsShotNeutral
]
_SENSOR_TAGS: list[_Tag] = [
    (254, "I", (0,)),
    (258, "H", (16,)),
    (259, "H", (1,)),
    (262, "H", (32803,)),  # PhotometricInterpretation: colour filter array
    (277, "H", (1,)),
    (33421, "H", (2, 2)),  # CFARepeatPatternDim
    (33422, "B", (0, 1, 1, 2)),  # CFAPattern: red, green, green, blue
    (50714, "H", (0,)),  # BlackLevel
    (50717, "H", (4080,)),  # WhiteLevel
]

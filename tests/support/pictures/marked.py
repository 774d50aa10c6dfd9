"""Files full of metadata, each text of which holds MARK, wherever a format has room."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import av
import exiv2
import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401  registers itself with Pillow
from av.packet import Packet
from av.video.frame import VideoFrame
from PIL import Image, ImageCms, PngImagePlugin

from tests.support.pictures.images import (
    APPLE_IDENTIFIER,
    dng,
    encoded,
    google_motion_photo,
    gps,
    quadrants,
    stored_for,
    with_metadata,
    with_xmp_packet,
)

__all__ = ["APPLE_IDENTIFIER", "google_motion_photo", "with_metadata"]

MARK = "Erika Mustermann"
RAW_MARK = MARK.encode()
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
EXIF = {
    "Exif.Image.Make": f"{MARK} Camera",
    "Exif.Image.Model": f"{MARK} One",
    "Exif.Image.Artist": MARK,
    "Exif.Image.Copyright": MARK,
    "Exif.Image.ImageDescription": f"at home with {MARK}",
    "Exif.Image.Software": MARK,
    "Exif.Image.DateTime": "2021:07:05 10:04:00",
    "Exif.Photo.DateTimeOriginal": "2021:07:05 10:04:00",
    "Exif.Photo.BodySerialNumber": MARK,
    "Exif.Photo.CameraOwnerName": MARK,
    "Exif.Photo.LensModel": MARK,
    "Exif.Photo.UserComment": f"charset=Ascii {MARK}",
    **gps(48.1371, 11.5754),
}
XMP = {"Xmp.dc.creator": [MARK], "Xmp.photoshop.City": MARK}
IPTC = {"Iptc.Application2.City": [MARK], "Iptc.Application2.Byline": [MARK]}
PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" '
    'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    f'photoshop:City="{MARK}"/></rdf:RDF></x:xmpmeta>'
)


def segment(code: int, body: bytes) -> bytes:
    """A JPEG segment."""
    return bytes((0xFF, code)) + (len(body) + 2).to_bytes(2, "big") + body


def exif_block(orientation: int = 1) -> bytes:
    """An EXIF block, with its mark, as Pillow takes it."""
    block = Image.Exif()
    block[0x0112], block[0x010F], block[0x013B] = orientation, f"{MARK} Camera", MARK
    block.get_ifd(0x8769)[0x9003] = "2021:07:05 10:04:00"
    block.get_ifd(0x8769)[0x927C] = b"maker note of " + RAW_MARK
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 13.0), 3: "E", 4: (11, 34, 3)})
    return block.tobytes()


def marked_jpeg(orientation: int = 1, **options: object) -> bytes:
    """A JPEG with metadata in every segment that is known for it, and behind it."""
    upright = quadrants(240, 160)
    options = {"icc_profile": ICC, "exif": exif_block(orientation), **options}
    plain = encoded(stored_for(orientation, upright), "JPEG", **options)
    exif = {**EXIF, "Exif.Image.Orientation": str(orientation)}
    rich = with_metadata(plain, exif=exif, iptc=IPTC, xmp=XMP)
    rich = with_thumbnail(rich)
    extras = [
        (0xE0, b"JFXX\0\x10" + RAW_MARK),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + RAW_MARK),
        (0xE2, b"MPF\0II*\0\x08" + bytes(9) + RAW_MARK),
        (0xE2, b"FPXR\0" + RAW_MARK),
        (0xE4, RAW_MARK),
        (0xEB, b"JP\0\1" + RAW_MARK),
        (0xED, b"Photoshop 3.0\x008BIM\x04\x0b\0\0" + RAW_MARK),
        (0xEE, b"Adobe\0\x64\0\0\0\0\1" + RAW_MARK),
        (0xFE, RAW_MARK),
    ]
    at = rich.rindex(b"\xff\xda")
    middle = b"".join(segment(*extra) for extra in extras)
    second = with_metadata(encoded(upright, "JPEG"), exif=EXIF)
    trailer = b"SEFH" + RAW_MARK + b"SEFT"
    return rich[:at] + middle + rich[at:] + second + trailer


def with_thumbnail(plain: bytes) -> bytes:
    """The JPEG with a thumbnail in its EXIF block that has one of its own."""
    image = exiv2.ImageFactory.open(plain)
    image.readMetadata()
    small = with_metadata(encoded(quadrants(32, 24), "JPEG"), exif=EXIF)
    exiv2.ExifThumb(image.exifData()).setJpegThumbnail(small)
    image.writeMetadata()
    return bytes(image.io().mmap())


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    check = zlib.crc32(kind + body).to_bytes(4, "big")
    return len(body).to_bytes(4, "big") + kind + body + check


def marked_png(orientation: int = 1, **options: object) -> bytes:
    """A PNG with texts, EXIF, XMP, a time, unknown chunks and a trailer."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", MARK)
    texts.add_text("Comment", MARK, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", PACKET)
    stored = stored_for(orientation, quadrants(240, 160))
    if "save_all" not in options:
        options = {"icc_profile": ICC, **options}
    exif = exif_block(orientation)
    data = encoded(stored, "PNG", pnginfo=texts, exif=exif, **options)
    extras = png_chunk(b"tIME", struct.pack(">HBBBBB", 2021, 7, 5, 10, 4, 0))
    extras += png_chunk(b"prVt", RAW_MARK) + png_chunk(b"caBX", RAW_MARK)
    return data[:33] + extras + data[33:] + RAW_MARK


def marked_gif() -> bytes:
    """An animated GIF with a comment, XMP, a text and a trailer."""
    frames = [quadrants(120, 80).rotate(90 * at) for at in range(3)]
    data = encoded(
        frames[0],
        "GIF",
        save_all=True,
        append_images=frames[1:],
        comment=RAW_MARK,
        duration=90,
        loop=0,
    )
    packet = PACKET.encode()
    xmp = (
        b"\x21\xff\x0bXMP DataXMP" + packet + b"\1" + bytes(range(255, -1, -1)) + b"\0"
    )
    text = b"\x21\x01\x0c" + bytes(12) + bytes((len(RAW_MARK),)) + RAW_MARK + b"\0"
    return data[:-1] + xmp + text + b"\x3b" + RAW_MARK


def marked_webp(orientation: int = 1, **options: object) -> bytes:
    """A WebP with EXIF, XMP and a chunk of its own."""
    image = stored_for(orientation, quadrants(240, 160))
    data = encoded(
        image,
        "WEBP",
        exif=exif_block(orientation),
        xmp=PACKET.encode(),
        icc_profile=ICC,
        **{"lossless": True, **options},
    )
    extra = b"MARK" + len(RAW_MARK).to_bytes(4, "little") + RAW_MARK
    size = int.from_bytes(data[4:8], "little") + len(extra)
    return data[:4] + size.to_bytes(4, "little") + data[8:] + extra + RAW_MARK


def marked_tiff(orientation: int = 1, **options: object) -> bytes:
    """A TIFF with EXIF, IPTC and XMP."""
    image = stored_for(orientation, quadrants(240, 160))
    data = encoded(image, "TIFF", icc_profile=ICC, **options)
    exif = {**EXIF, "Exif.Image.Orientation": str(orientation)}
    return with_metadata(data, exif=exif, iptc=IPTC, xmp=XMP)


def marked_heic() -> bytes:
    """A HEIC with EXIF, XMP and a colour profile."""
    target = io.BytesIO()
    pillow_heif.from_pillow(quadrants(240, 160)).save(
        target,
        quality=90,
        exif=exif_block(),
        xmp=PACKET.encode(),
        icc_profile=ICC,
    )
    return target.getvalue()


def marked_avif(*, alpha: bool = False) -> bytes:
    """An AVIF with EXIF, XMP and a colour profile."""
    image = quadrants(240, 160)
    if alpha:
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    xmp = PACKET.encode()
    return encoded(image, "AVIF", exif=exif_block(), xmp=xmp, icc_profile=ICC)


def marked_jxl() -> bytes:
    """A JPEG XL in a container, with EXIF, XMP and a box of its own."""
    data = encoded(quadrants(240, 160), "JXL", lossless=True, use_container=True)
    boxes = ((b"Exif", bytes(4) + exif_block()[6:]), (b"xml ", PACKET.encode()))
    boxes += ((b"jumb", RAW_MARK), (b"brob", b"xml " + RAW_MARK))
    for kind, body in boxes:
        data += (8 + len(body)).to_bytes(4, "big") + kind + body
    return data


def marked_bmp() -> bytes:
    """A BMP with a trailer, which is all that it has room for."""
    return encoded(quadrants(240, 160), "BMP") + RAW_MARK


def marked_dng(path: Path) -> bytes:
    """A DNG whose preview has metadata too."""
    dng(path, preview=with_metadata(encoded(quadrants(), "JPEG"), exif=EXIF))
    return with_metadata(path.read_bytes(), exif=EXIF, xmp=XMP)


METADATA = {
    "title": MARK,
    "artist": MARK,
    "comment": MARK,
    "make": f"{MARK} Camera",
    "creation_time": "2021-07-05T10:04:00Z",
    "location": "+48.1371+011.5754/",
    "com.apple.quicktime.location.ISO6709": "+48.1371+011.5754/",
}


def mdpm(unregistered: bytes = RAW_MARK) -> bytes:
    """A supplemental message as of an AVCHD camcorder: uuid, MDPM, the time, a text."""
    uuid = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66")
    body = b"MDPM\2\x18\2\x20\x21\x07\x19\x05\x10\x04\x00" + unregistered
    payload = uuid + body
    message = b"\x05" + bytes((len(payload),)) + payload + b"\x80"
    return b"\x06" + message.replace(b"\0\0", b"\0\0\3")


def marked_video(
    format: str = "mp4",
    codec: str = "libx264",
    *,
    sound: str = "",
    subtitle: bool = False,
    rotation: int = 0,
    hidden: bytes = b"",
    metadata: Mapping[str, str] | None = None,
) -> bytes:
    """A video with texts, place and time of the container and of its tracks.

    `hidden` stands before the packets of the first track, as camcorders do it; a
    subtitle is the track in which drones tell where they are.
    """
    target = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if format in ("mp4", "mov") else {}
    with av.open(target, "w", format=format, options=options) as output:
        output.metadata.update({**METADATA, **(metadata or {})})
        film, packets = _film_of(output, codec)
        film.metadata.update({"handler_name": MARK, "title": MARK})
        if rotation:
            film.set_display_rotation(rotation)
        voice = _voice_of(output, sound) if sound else None
        texts = output.add_mux_stream("mov_text") if subtitle else None
        if texts is not None:
            texts.time_base = Fraction(1, 1000)
        output.start_encoding()
        for packet in packets():
            output.mux(_hiding(packet, hidden) if hidden else packet)
        if voice is not None:
            output.mux(_said(voice))
        if texts is not None:
            said = Packet(len(RAW_MARK).to_bytes(2, "big") + RAW_MARK)
            said.pts = said.dts = 0
            said.duration, said.time_base, said.stream = 500, Fraction(1, 1000), texts
            output.mux(said)
    return target.getvalue()


_PIXELS = {"mjpeg": "yuvj420p", "png": "rgb24", "prores_ks": "yuv444p10le"}


def _film_of(
    output: av.container.OutputContainer, codec: str
) -> tuple[av.VideoStream, Callable[[], list[Packet]]]:
    if codec == "av1":
        return _from_pillow(output)
    film = output.add_stream(codec, rate=10, options={"threads": "1"})
    film.width, film.height = 160, 120
    film.pix_fmt = _PIXELS.get(codec, "yuv420p")
    return film, lambda: _encoded(film)


def _moving() -> list[Image.Image]:
    picture = np.asarray(quadrants(160, 120))
    return [
        Image.fromarray(np.roll(picture, 4 * number, axis=1)) for number in range(10)
    ]


def _encoded(film: av.VideoStream) -> list[Packet]:
    packets = []
    for shown in _moving():
        frame = VideoFrame.from_image(shown)
        packets += film.encode(frame.reformat(format=film.pix_fmt))
    return [*packets, *film.encode(None)]


def _from_pillow(
    output: av.container.OutputContainer,
) -> tuple[av.VideoStream, Callable[[], list[Packet]]]:
    # SVT-AV1, which PyAV brings, leaves root with real-time priority for good.
    first, *others = _moving()
    sequence = io.BytesIO()
    first.save(sequence, "AVIF", save_all=True, append_images=others, duration=100)
    with av.open(io.BytesIO(sequence.getvalue())) as container:
        track = container.streams.video[1]  # the first is the picture of it all
        packets = [packet for packet in container.demux(track) if packet.size]
        film = output.add_stream_from_template(track, opaque=True)
    for packet in packets:
        packet.stream = film
    return film, lambda: packets


def _voice_of(output: av.container.OutputContainer, codec: str) -> av.AudioStream:
    options = {"strict": "experimental"}
    voice = output.add_stream(codec, rate=48_000, layout="stereo", options=options)
    voice.bit_rate = 64_000
    return voice


def _said(voice: av.AudioStream) -> list[Packet]:
    packets = []
    for number in range(10):
        samples = (np.arange(4_800) * 40 % 8_000 - 4_000).astype("<i2")
        both = np.repeat(samples, 2)[None]
        frame = av.AudioFrame.from_ndarray(both, "s16", "stereo")
        frame.sample_rate, frame.pts = 48_000, 4_800 * number
        frame.time_base = Fraction(1, 48_000)
        packets += voice.encode(frame)
    return [*packets, *voice.encode(None)]


def _hiding(packet: Packet, hidden: bytes) -> Packet:
    other = Packet(hidden + bytes(packet))
    other.pts, other.dts, other.duration = packet.pts, packet.dts, packet.duration
    other.time_base, other.stream = packet.time_base, packet.stream
    other.is_keyframe = packet.is_keyframe
    return other


def box(kind: bytes, body: bytes) -> bytes:
    """A box of an ISO media file."""
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def marked_mp4(format: str = "mp4", **options: object) -> bytes:
    """A film whose file has boxes of makers at its end."""
    extras = box(b"uuid", bytes(16) + PACKET.encode()) + box(b"free", RAW_MARK)
    extras += box(b"udta", box(b"\xa9xyz", RAW_MARK))
    return marked_video(format, **options) + extras


def with_packet(data: bytes) -> bytes:
    """The JPEG with one more packet of XMP."""
    return with_xmp_packet(data, PACKET)

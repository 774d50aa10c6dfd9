"""Pictures and films that tell their colours by numbers (H.273) are shown in sRGB."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from PIL import Image, ImageCms

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.pictures.thumbnails import Thumbnails, make_thumbnails
from tests.media.conftest import Keep
from tests.support.pictures import images
from tests.support.pictures.coded import STILLS, Shade, flat, png

SRGB, BT2020, P3 = 1, 9, 12
AS_SRGB, PQ, HLG, LINEAR = 13, 16, 18, 8


def _make(path: Any) -> Thumbnails:
    return make_thumbnails(path, format=sniff(path), limits=Limits())


def _shown(preview: bytes) -> tuple[int, ...]:
    with Image.open(io.BytesIO(preview)) as picture:
        found = picture.convert("RGB").getpixel((20, 20))
    assert isinstance(found, tuple)
    return tuple(map(int, found))


@pytest.mark.parametrize("format", STILLS)
@pytest.mark.parametrize(
    ("colours", "stored", "shown"),
    [
        # By colour science of Display P3 and BT.2020 with the curve of sRGB.
        ((P3, AS_SRGB), (200, 100, 50), (215, 93, 31)),
        ((P3, AS_SRGB), (50, 100, 200), (26, 101, 207)),
        ((P3, AS_SRGB), (128, 128, 128), (128, 128, 128)),
        ((BT2020, SRGB), (150, 128, 110), (166, 126, 104)),
        ((SRGB, LINEAR), (55, 55, 55), (128, 128, 128)),
        # The white of paper, 203 cd/m2, and a fifth of its light.
        ((BT2020, PQ), (148, 148, 148), (244, 244, 244)),
        ((BT2020, PQ), (108, 108, 108), (124, 124, 124)),
        ((BT2020, PQ), (255, 255, 255), (255, 255, 255)),
        ((BT2020, PQ), (0, 0, 0), (0, 0, 0)),
        ((BT2020, HLG), (191, 191, 191), (244, 244, 244)),
        ((BT2020, HLG), (128, 128, 128), (137, 137, 137)),
        ((BT2020, HLG), (255, 255, 255), (255, 255, 255)),
        # What can be taken for sRGB is not touched.
        ((SRGB, AS_SRGB), (200, 100, 50), (200, 100, 50)),
        ((2, 2), (200, 100, 50), (200, 100, 50)),
    ],
)
def test_stills(
    format: str, colours: tuple[int, int], stored: Shade, shown: Shade, keep: Keep
) -> None:
    made = _make(keep("a", STILLS[format](stored, *colours)))
    assert made.damage == ""
    assert _shown(made.big.data) == pytest.approx(shown, abs=5)


def test_opacity_stays(keep: Keep) -> None:
    picture = flat((200, 100, 50)).convert("RGBA")
    picture.putalpha(128)
    plain = images.encoded(picture, "PNG")
    body = b"cICP" + bytes((P3, AS_SRGB, 0, 1))
    chunk = struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body))
    made = _make(keep("a.png", plain[:33] + chunk + plain[33:]))
    with Image.open(io.BytesIO(made.big.data)) as shown:
        found = shown.convert("RGBA").getpixel((20, 20))
    assert found == pytest.approx((215, 93, 31, 128), abs=5)


def test_a_profile_goes_before_numbers(keep: Keep) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = png((200, 100, 50), P3, AS_SRGB, icc_profile=srgb)
    assert _shown(_make(keep("a.png", data)).big.data) == pytest.approx(
        (200, 100, 50), abs=5
    )


def _film(path: Path, colour: Shade, primaries: int, transfer: int) -> Path:
    with av.open(str(path), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=10, options={"threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        context = stream.codec_context
        context.color_primaries, context.color_trc = primaries, transfer
        for _ in range(5):
            pixels = np.asarray(flat(colour))
            output.mux(stream.encode(VideoFrame.from_ndarray(pixels, "rgb24")))
        output.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("colours", "stored", "shown"),
    [
        ((BT2020, HLG), 128, 137),
        ((BT2020, HLG), 191, 244),
        ((BT2020, PQ), 108, 124),
        ((SRGB, SRGB), 128, 128),
    ],
)
def test_films(
    colours: tuple[int, int], stored: int, shown: int, tmp_path: Path
) -> None:
    made = _make(_film(tmp_path / "a.mp4", (stored,) * 3, *colours))
    assert _shown(made.big.data) == pytest.approx((shown,) * 3, abs=6)
    assert made.clip_small is not None
    with av.open(io.BytesIO(made.clip_small.data)) as clip:
        frame = next(clip.decode(video=0)).to_ndarray(format="rgb24")
    assert frame[20, 20].tolist() == pytest.approx([shown] * 3, abs=8)

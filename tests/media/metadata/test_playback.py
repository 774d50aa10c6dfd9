"""What browsers are asked whether they play a film."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from librephotos.media.metadata.playback import _name
from librephotos.media.metadata.video import read_video
from tests.support.pictures.videos import video


def told(path: Path) -> str | None:
    path_name = str(path)
    found = read_video(path_name, format=sniff(path_name), limits=Limits())
    return found.video_playback_type


@pytest.mark.parametrize(
    "format, codec, expected",
    [
        ("mp4", "libx264", 'video/mp4; codecs="avc1.64000c"'),
        ("mov", "libx264", 'video/mp4; codecs="avc1.64000c"'),
        ("mp4", "mpeg4", 'video/mp4; codecs="mp4v.20.9"'),
        ("avi", "mpeg4", 'video/x-msvideo; codecs="mp4v.20.9"'),
        ("webm", "libvpx-vp9", 'video/webm; codecs="vp9"'),
    ],
)
def test_the_codec_is_named_as_browsers_name_it(
    tmp_path: Path, format: str, codec: str, expected: str
) -> None:
    path = tmp_path / f"film.{format}"
    path.write_bytes(video(format=format, codec=codec))
    assert told(path) == expected


def test_hevc_and_its_sound(tmp_path: Path) -> None:
    path = tmp_path / "film.mov"
    with av.open(str(path), "w", format="mov") as output:
        pictures = output.add_stream("libx265", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 320, 240, "yuv420p"
        pictures.options = {"x265-params": "log-level=none"}
        sound = output.add_stream("aac", rate=48_000)
        for _ in range(5):
            output.mux(pictures.encode(VideoFrame(320, 240, "yuv420p")))
        heard = AudioFrame.from_ndarray(
            np.zeros((2, 1024), np.float32), format="fltp", layout="stereo"
        )
        heard.sample_rate = 48_000
        output.mux(sound.encode(heard))
        output.mux(sound.encode(None))
        output.mux(pictures.encode(None))
    assert told(path) == 'video/mp4; codecs="hvc1.1.6.L60.90, mp4a.40.2"'


@pytest.mark.parametrize(
    "codec, configuration, name",
    [
        ("av1", bytes.fromhex("81054c00"), "av01.0.05M.10"),
        ("av1", bytes.fromhex("812d6000"), "av01.1.13M.12"),
        ("av1", b"", "av01"),
        ("h264", b"\0\0\0\1", "avc1"),
        ("hevc", bytes.fromhex("01226000000090000000000099"), "hvc1.2.6.H153.90"),
        ("aac", b"\x2b\x92", "mp4a.40.5"),
        ("pcm_s16le", b"", "pcm_s16le"),
    ],
)
def test_what_a_configuration_says(codec: str, configuration: bytes, name: str) -> None:
    assert _name(codec, configuration) == name

"""Films that are made playable: upright, in the right colours, bounded."""

from __future__ import annotations

import io
import os
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import pyvips
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorTrc
from PIL import Image

from librephotos.media.decoding.coded_colours import CodedColours, as_shown
from librephotos.media.decoding.progressive import Progressive
from librephotos.media.decoding.transcoding import FilmOrder, make_playable
from librephotos.media.errors import (
    LimitExceeded,
    MediaError,
    UnavailableFile,
    UnreadableFile,
)
from librephotos.media.files.formats import sniff
from librephotos.media.limits import Limits
from tests.support.pictures import marked
from tests.support.pictures.images import google_motion_photo, quadrants
from tests.support.pictures.videos import (
    clip_facts,
    first_frame,
    overwritten,
    video,
    with_matrix,
)


def order_of(path: Path, **more: Any) -> FilmOrder:
    stat = path.stat()
    known: dict[str, Any] = {
        "path": os.fsencode(path),
        "format": sniff(str(path)).name,
        "live": path.parent / "film.live",
        "target": path.parent / "film",
        "size": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "limits": Limits(),
        "max_bytes": 10**8,
    }
    return FilmOrder(**{**known, **more})


def made(tmp_path: Path, data: bytes, **more: Any) -> bytes:
    """Make the film of these bytes playable; nothing else is left."""
    path = tmp_path / "original.bin"
    path.write_bytes(data)
    size = make_playable(order_of(path, **more))
    film = (tmp_path / "film").read_bytes()
    assert len(film) == size
    assert sorted(tmp_path.iterdir()) == [tmp_path / "film", path]
    return film


def corners(film: bytes) -> list[tuple[int, ...]]:
    """The colours of the four quarters of the first frame, roughly."""
    picture = first_frame(film)
    width, height = picture.size
    points = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    return [tuple(round(c / 255) for c in picture.getpixel(p)) for p in points]


def expected(picture: Image.Image) -> list[tuple[int, ...]]:
    width, height = picture.size
    points = [(x * width // 4, y * height // 4) for y in (1, 3) for x in (1, 3)]
    return [tuple(round(c / 255) for c in picture.getpixel(p)) for p in points]


QUARTERS = quadrants(320, 240)


def reordered(codec: str, *, rate: int, frames: int) -> bytes:
    """A film of so many frames, some of which are predicted from later ones."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mkv"
        with av.open(str(path), "w", format="matroska") as output:
            stream = output.add_stream(codec, rate=30, options={"bf": "2"})
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            for number in range(frames):
                frame = VideoFrame.from_image(QUARTERS)
                frame.pts = number
                output.mux(at_rate(stream.encode(frame), rate))
            output.mux(at_rate(stream.encode(None), rate))
        return path.read_bytes()


def at_rate(packets: list[Packet[Any]], rate: int) -> list[Packet[Any]]:
    for packet in packets:
        packet.time_base = Fraction(1, rate)  # MPEG-2 knows no slow ones
    return packets


def test_it_is_h264_in_mp4_that_one_can_seek_in(tmp_path: Path) -> None:
    film = made(tmp_path, video(codec="mpeg4", seconds=5))
    facts = clip_facts(film)
    assert (facts["codec"], facts["pix_fmt"]) == ("h264", "yuv420p")
    assert (facts["width"], facts["height"], facts["audio"]) == (320, 240, 0)
    assert facts["seconds"] == pytest.approx(5, abs=0.3)
    assert facts["frames"] == 50
    assert film.index(b"moov") < film.index(b"mdat")
    assert b"moof" not in film
    with av.open(str(tmp_path / "film")) as container:
        keys = [p.pts for p in container.demux(video=0) if p.is_keyframe]
        assert len(keys) == 3  # one every two seconds
    assert corners(film) == expected(QUARTERS)


@pytest.mark.parametrize("rotation", [90, 180, -90])
def test_what_is_turned_is_shown_upright(tmp_path: Path, rotation: int) -> None:
    film = made(tmp_path, video(rotation=rotation))
    upright = QUARTERS.rotate(rotation, expand=True)
    assert first_frame(film).size == upright.size
    assert corners(film) == expected(upright)
    with av.open(str(tmp_path / "film")) as container:
        assert next(container.decode(video=0)).rotation == 0


@pytest.mark.parametrize(
    "matrix, transposed",
    [
        ((-1, 0, 0, 1), Image.Transpose.FLIP_LEFT_RIGHT),
        ((1, 0, 0, -1), Image.Transpose.FLIP_TOP_BOTTOM),
        ((0, 1, 1, 0), Image.Transpose.TRANSPOSE),
    ],
)
def test_what_is_mirrored_is_shown_right(
    tmp_path: Path, matrix: tuple[int, ...], transposed: Image.Transpose
) -> None:
    film = made(tmp_path, with_matrix(video(), matrix))
    assert corners(film) == expected(QUARTERS.transpose(transposed))


def test_a_matrix_of_zeros_turns_nothing(tmp_path: Path) -> None:
    film = made(tmp_path, with_matrix(video(), (0, 0, 0, 0)))
    assert first_frame(film).size == (320, 240)
    assert corners(film) == expected(QUARTERS)


@pytest.mark.parametrize(
    "size, shown",
    [((1920, 1080), (1280, 720)), ((1080, 1920), (404, 720)), ((322, 242), (322, 242))],
)
def test_it_has_720_lines_at_most_and_is_never_enlarged(
    tmp_path: Path, size: tuple[int, int], shown: tuple[int, int]
) -> None:
    width, height = size
    film = made(tmp_path, video(width=width, height=height, seconds=0.3))
    assert first_frame(film).size == shown


def film_of(path: Path, *, tone: tuple[int, int] = (0, 0), layout: str = "") -> bytes:
    """A film in 10 bits with these primaries and transfer, and sound if a layout."""
    with av.open(str(path), "w", format="matroska") as output:
        pictures = output.add_stream("libx265", rate=10)
        pictures.width, pictures.height = 320, 240
        pictures.pix_fmt = "yuv420p10le"
        pictures.options = {"x265-params": "log-level=none"}
        if any(tone):
            pictures.codec_context.color_primaries = tone[0]
            pictures.codec_context.color_trc = tone[1]
        sound = None
        if layout:
            sound = output.add_stream("pcm_s16le", rate=11_025)
            sound.layout = layout
        grey = np.full((240, 320, 3), 150, np.uint8)
        for number in range(10):
            frame = VideoFrame.from_ndarray(grey, "rgb24").reformat(
                format="yuv420p10le"
            )
            frame.pts = number
            output.mux(pictures.encode(frame))
        if sound is not None:
            channels = sound.codec_context.channels
            noise = np.zeros((1, 11_025 * channels), np.int16)
            heard = AudioFrame.from_ndarray(noise, format="s16", layout=layout)
            heard.sample_rate = 11_025
            heard.pts = 0
            output.mux(sound.encode(heard))
            output.mux(sound.encode(None))
        output.mux(pictures.encode(None))
    return path.read_bytes()


@pytest.mark.parametrize("rate", [2, 10, 25])
def test_pictures_are_with_their_sound(tmp_path: Path, rate: int) -> None:
    """Also where the film is of frames that are coded in another order."""
    source = tmp_path.parent / "reordered.mov"
    with av.open(str(source), "w") as output:
        pictures = output.add_stream("libx264", rate=rate, options={"bf": "3"})
        pictures.width, pictures.height, pictures.pix_fmt = 320, 240, "yuv420p"
        sound = output.add_stream("pcm_s16le", rate=48_000)
        sound.layout = "mono"
        for number in range(2 * rate):
            light = np.full((240, 320, 3), 255 * (number >= rate), np.uint8)
            output.mux(pictures.encode(VideoFrame.from_ndarray(light, "rgb24")))
        output.mux(pictures.encode(None))
        click = np.zeros((1, 96_000), np.int16)
        click[0, 48_000:] = 20_000 * (np.arange(48_000) // 50 % 2)
        heard = AudioFrame.from_ndarray(click, format="s16", layout="mono")
        heard.sample_rate, heard.pts = 48_000, 0
        output.mux(sound.encode(heard))
        output.mux(sound.encode(None))
    made(tmp_path, source.read_bytes())
    with av.open(str(tmp_path / "film")) as film:
        bright = [
            frame.time
            for frame in film.decode(video=0)
            if frame.to_ndarray(format="gray").mean() > 128
        ]
    with av.open(str(tmp_path / "film")) as film:
        loud = [
            frame.time
            for frame in film.decode(audio=0)
            if np.abs(frame.to_ndarray()).max() > 0.2
        ]
    assert len(bright) == rate
    assert bright[0] == pytest.approx(loud[0], abs=0.04)


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
def test_sound_becomes_aac_of_two_channels(tmp_path: Path, layout: str) -> None:
    source = film_of(tmp_path.parent / "hevc", layout=layout)
    made(tmp_path, source)
    with av.open(str(tmp_path / "film")) as container:
        [sound] = container.streams.audio
        assert sound.codec_context.name == "aac"
        assert (sound.codec_context.channels, sound.rate) == (2, 48_000)
        seconds = sum(frame.samples for frame in container.decode(sound)) / 48_000
    assert seconds == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("transfer", [ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67])
def test_bright_colours_are_toned(tmp_path: Path, transfer: ColorTrc) -> None:
    tone = (int(ColorPrimaries.BT2020), int(transfer))
    toned = first_frame(made(tmp_path, film_of(tmp_path.parent / "hdr", tone=tone)))
    plain_folder = tmp_path / "plain"
    plain_folder.mkdir()
    plain = first_frame(made(plain_folder, film_of(tmp_path.parent / "sdr")))
    assert toned.size == plain.size == (320, 240)
    assert abs(plain.getpixel((160, 120))[0] - 150) < 5
    grey = pyvips.Image.new_from_array(np.full((1, 1, 3), 150, np.uint8))
    light = int(as_shown(grey, CodedColours(*tone)).numpy()[0, 0, 0])
    assert abs(light - 150) > 10
    assert abs(toned.getpixel((160, 120))[0] - light) < 8


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    path = tmp_path.parent / "odd.mkv"
    with av.open(str(path), "w", format="matroska") as output:
        stream = output.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 321, 241, "yuv444p"
        frame = VideoFrame.from_image(quadrants(321, 241))
        output.mux(stream.encode(frame.reformat(format="yuv444p")))
        output.mux(stream.encode(None))
    film = made(tmp_path, path.read_bytes())
    assert first_frame(film).size == (320, 240)
    assert corners(film) == expected(QUARTERS)


def test_frames_keep_their_times(tmp_path: Path) -> None:
    path = tmp_path.parent / "vfr.mkv"
    times = [0, 100, 150, 900, 905, 910, 1900]  # milliseconds
    with av.open(str(path), "w", format="matroska") as output:
        stream = output.add_stream("mpeg4", rate=1000)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for pts in times:
            frame = VideoFrame(64, 64, "yuv420p")
            frame.pts = pts
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    made(tmp_path, path.read_bytes())
    with av.open(str(tmp_path / "film")) as container:
        shown = [round((f.time or 0) * 1000) for f in container.decode(video=0)]
    first = shown[0]
    # At most sixty a second.
    assert [t - first for t in shown] == [0, 100, 150, 900, 1900]


@pytest.mark.parametrize("codec", ["libx264", "mpeg4", "mpeg2video"])
@pytest.mark.parametrize("rate", [1, 10])
def test_the_last_frames_are_kept(tmp_path: Path, codec: str, rate: int) -> None:
    """Those too that a decoder gives out at the very end."""
    film = made(tmp_path, reordered(codec, rate=rate, frames=7))
    with av.open(str(tmp_path / "film")) as container:
        shown = [frame.time or 0.0 for frame in container.decode(video=0)]
    assert [t - shown[0] for t in shown] == pytest.approx(
        [number / rate for number in range(7)], abs=0.03
    )
    assert clip_facts(film)["frames"] == 7


def test_of_joined_recordings_all_are_shown(tmp_path: Path) -> None:
    """A camcorder's files, put together; each begins to count anew."""
    film = made(tmp_path, video(format="mpegts", seconds=2) * 3)
    facts = clip_facts(film)
    assert facts["frames"] == 60
    assert facts["seconds"] == pytest.approx(6, abs=0.3)


def test_joined_recordings_end_where_the_room_does(tmp_path: Path) -> None:
    """They tell the length of one of them, by which room was made."""
    part = video(format="mpegts", seconds=2)
    whole = len(made(tmp_path, part * 8))
    again = tmp_path / "again"
    again.mkdir()
    film = made(again, part * 8, max_bytes=whole // 2)
    assert whole / 4 < len(film) < whole * 3 / 4
    assert 4 < float(str(clip_facts(film)["seconds"])) < 12


def interlaced(*, seconds: float, colours: int = 2) -> bytes:
    """A film in which a bar has moved on by a quarter of the picture in odd lines.

    `colours` is the number of their matrix and primaries.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mts"
        with av.open(str(path), "w", format="mpegts") as output:
            options = {"x264-params": "tff=1"}
            stream = output.add_stream("libx264", rate=25, options=options)
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
            stream.codec_context.colorspace = colours
            stream.codec_context.color_primaries = colours
            for _ in range(round(seconds * 25)):
                picture = np.zeros((240, 320, 3), np.uint8)
                picture[::2, 80:160] = picture[1::2, 160:240] = 255
                output.mux(stream.encode(VideoFrame.from_ndarray(picture, "rgb24")))
            output.mux(stream.encode(None))
        return path.read_bytes()


@pytest.mark.parametrize("colours", [1, 2, 5])
def test_what_moves_in_interlaced_films_has_no_combs(
    tmp_path: Path, colours: int
) -> None:
    film = made(tmp_path, interlaced(seconds=1, colours=colours))
    assert clip_facts(film)["frames"] == 25
    with av.open(str(tmp_path / "film")) as container:
        grey = next(container.decode(video=0)).to_ndarray(format="gray").astype(int)
    steps = np.abs(np.diff(grey[20:220, 90:230], axis=0))
    assert steps.mean() < 40  # of 255, which it was in every line


def test_interlaced_and_whole_frames_of_any_size_follow_one_another(
    tmp_path: Path,
) -> None:
    """As in broadcasts that are recorded over the end of a programme."""
    whole = video(format="mpegts", seconds=1, rate=25, width=160, height=120)
    film = interlaced(seconds=1) + whole + interlaced(seconds=1)
    path = tmp_path / "film.mts"
    path.write_bytes(film)
    progressive = Progressive()
    with av.open(str(path)) as container:
        frames = [
            shown
            for frame in container.decode(video=0)
            for shown in progressive.frames(frame)
        ]
    frames += progressive.rest()
    sizes = [frame.width for frame in frames]
    assert sizes == [320] * 25 + [160] * 25 + [320] * 25
    assert not any(frame.interlaced_frame for frame in frames)


def test_of_a_cut_film_there_is_what_can_be_decoded(tmp_path: Path) -> None:
    whole = video(seconds=6, streamable=True, key_every=10)
    film = made(tmp_path, whole[: len(whole) * 2 // 3])
    assert 1 < float(str(clip_facts(film)["seconds"])) < 6
    again = tmp_path / "again"
    again.mkdir()
    damaged = made(again, overwritten(video(seconds=3, key_every=5), range(8, 12)))
    assert float(str(clip_facts(damaged)["seconds"])) > 2


def test_the_video_in_a_motion_photo(tmp_path: Path) -> None:
    photo = google_motion_photo(video(codec="mpeg4"))
    film = made(tmp_path, photo, embedded_video=True)
    assert clip_facts(film)["codec"] == "h264"


REFUSED = {
    "too long": (LimitExceeded, {"limits": Limits(max_video_seconds=0.5)}),
    "too many pixels": (LimitExceeded, {"limits": Limits(max_pixels=1000)}),
    "too many bytes": (LimitExceeded, {"max_bytes": 100}),
    "another size": (UnavailableFile, {"size": 7}),
    "another time": (UnavailableFile, {"mtime_ns": 7}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_leaves_nothing(tmp_path: Path, case: str) -> None:
    kind, more = REFUSED[case]
    path = tmp_path / "original.mp4"
    path.write_bytes(video(seconds=2))
    with pytest.raises(kind):
        make_playable(order_of(path, **more))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("length", [100, 600])
def test_a_film_without_frames_is_told(tmp_path: Path, length: int) -> None:
    path = tmp_path / "original.mp4"
    path.write_bytes(video()[:length])
    with pytest.raises(UnreadableFile):
        make_playable(order_of(path))
    assert list(tmp_path.iterdir()) == [path]


def test_no_other_file_or_host_is_opened(tmp_path: Path) -> None:
    """A playlist, or a film that refers to another, names what would be opened."""
    named = tmp_path / "secret.mp4"
    named.write_bytes(video())
    path = tmp_path / "original.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:1,\n{named}\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaError):
        make_playable(order_of(path, format="MP4"))
    path.write_text(f"ffconcat version 1.0\nfile {named}\n")
    with pytest.raises(MediaError):
        make_playable(order_of(path, format="MP4"))


def test_nothing_of_the_original_is_in_it_but_pictures_and_sound(
    tmp_path: Path,
) -> None:
    # ATSC A/53 part 4: captions, which encoders pass on where they are let.
    captions = b"\xb5\0\x31GA94\x03\x45\xff" + b"\xfcAB" * 5 + b"\xff"
    message = b"\x06\x04" + bytes((len(captions),)) + captions + b"\x80"
    hidden = b"\0\0\0\1" + message + b"\0\0\0\1" + marked.mdpm()
    data = marked.marked_video("mpegts", sound="ac3", hidden=hidden)
    assert b"GA94" in data and marked.RAW_MARK in data
    with av.open(io.BytesIO(data)) as container:
        frame = next(container.decode(video=0))
        assert frame.side_data.get("A53_CC") is not None
    film = made(tmp_path, data)
    for told in (marked.RAW_MARK, b"2021", b"48.137", b"MDPM", b"GA94"):
        assert told not in film

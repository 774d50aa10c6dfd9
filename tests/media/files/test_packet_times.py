"""Times of packets where those that are told jump, lack or go back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import av
import pytest
from av.packet import Packet

from librephotos.media.files.packet_times import PacketTimes
from tests.support.pictures.marked import marked_video
from tests.support.pictures.videos import video

Times = dict[str, list[float]]


def broadcast(*, begins_s: int = 0) -> bytes:
    """Two seconds of pictures and sound, which begin to count at some second."""
    return shifted(marked_video("mpegts", sound="mp2"), begins_s)


def shifted(film: bytes, seconds: int) -> bytes:
    target = io.BytesIO()
    with (
        av.open(io.BytesIO(film)) as source,
        av.open(target, "w", format="mpegts") as output,
    ):
        copies = {
            stream.index: output.add_stream_from_template(stream, opaque=True)
            for stream in source.streams
            if stream.type in ("video", "audio")
        }
        for packet in source.demux(list(source.streams.video + source.streams.audio)):
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                packet.pts += seconds * 90_000
                packet.dts += seconds * 90_000
                output.mux(packet)
    return target.getvalue()


def mended(film: bytes) -> tuple[Times, bool]:
    """When a film's packets are decoded, as mended, and whether its clock jumped."""
    with av.open(io.BytesIO(film)) as container:
        mender = PacketTimes(container)

        def packets() -> Iterator[Packet[Any]]:
            for packet in container.demux():
                mender.mend(packet)
                if None not in (packet.pts, packet.dts):
                    assert packet.pts >= packet.dts
                yield packet

        return times_of(packets()), mender.begun_anew


def told(film: bytes) -> Times:
    with av.open(io.BytesIO(film)) as container:
        return times_of(container.demux())


def times_of(packets: Iterable[Packet[Any]]) -> Times:
    times: Times = {}
    for packet in packets:
        if packet.size:
            time = packet.pts if packet.dts is None else packet.dts
            track = times.setdefault(packet.stream.type, [])
            track.append(float(time * packet.time_base))
    return times


@pytest.mark.parametrize("format", ["mp4", "matroska", "avi", "mpegts"])
def test_a_film_in_order_keeps_its_times(format: str) -> None:
    """Also where frames are coded in another order, of which Matroska tells less."""
    film = marked_video(format, sound="mp2" if format == "mpegts" else "aac")
    assert mended(film) == (told(film), False)


@pytest.mark.parametrize("starts", [(0, 0), (0, 500), (500, 0), (20, 0, 7_000, 3)])
def test_of_joined_recordings_one_follows_the_other(starts: tuple[int, ...]) -> None:
    parts = [broadcast(begins_s=start) for start in starts]
    times, jumped = mended(b"".join(parts))
    assert jumped
    one = told(parts[0])
    for kind in ("video", "audio"):
        assert len(times[kind]) == len(one[kind]) * len(parts)
        steps = [b - a for a, b in zip(times[kind], times[kind][1:], strict=False)]
        assert min(steps) > 0
        assert max(steps) < 0.5
    # Sound and pictures are no further apart than in each part.
    apart = abs(one["video"][-1] - one["audio"][-1])
    assert abs(times["video"][-1] - times["audio"][-1]) < apart + 0.15


def test_a_pause_stays_one() -> None:
    film = broadcast() + broadcast(begins_s=6)
    times, jumped = mended(film)
    assert not jumped
    assert times == told(film)


class Told:
    """A packet as far as its times are concerned."""

    def __init__(self, pts: int | None, dts: int | None, duration: int = 3_000) -> None:
        self.packet: Packet[Any] = Packet(b"x")
        self.packet.pts, self.packet.dts = pts, dts
        self.packet.duration, self.packet.time_base = duration, Fraction(1, 90_000)


@pytest.mark.parametrize(
    "given, expected",
    [
        ([0, 3_000, 2_000, 9_000], [0, 3_000, 3_001, 9_000]),
        ([0, 3_000, 3_000, 6_000], [0, 3_000, 3_001, 6_000]),
        ([0, 3_000, None, 9_000], [0, 3_000, 6_000, 9_000]),
        ([90_000, 93_000, 0, 3_000], [90_000, 93_000, 96_000, 99_000]),
    ],
)
def test_disorder_and_what_lacks(given: list[int | None], expected: list[int]) -> None:
    with av.open(io.BytesIO(video())) as container:
        mender = PacketTimes(container)
        found = []
        for time in given:
            packet = Told(time, time).packet
            packet.stream = container.streams.video[0]
            packet.time_base = Fraction(1, 90_000)
            mender.mend(packet)
            found.append(packet.dts)
            assert packet.pts == packet.dts
    assert found == expected

"""Times of a film's packets that go on, where those that are told jump or lack.

Recordings that are joined end to end, and what receivers write while a programme or a
signal changes, begin to count anew in the middle. Players go on there; what writes
films takes no packet that is to be decoded before the one in front of it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from av.container import InputContainer
from av.packet import Packet

BROADCASTS: Final = frozenset(("mpegts", "mpeg"))
"""The demuxers of films whose clock may jump ahead as well; others tell of pauses."""

_PAUSE_S: Final = Fraction(10)
_SLIP_S: Final = Fraction(1, 10)
"""So far behind, a packet is merely in disorder; further, a clock has begun anew."""

_UNKNOWN_S: Final = Fraction(1, 30)


class PacketTimes:
    """Mends the times of packets, which are to come in the order of their container.

    `begun_anew` tells whether the clock has jumped so far.
    """

    def __init__(self, film: InputContainer) -> None:
        """Begin with a film of which no packet has been read."""
        self.begun_anew = False
        self._ahead_s = _PAUSE_S if film.format.name in BROADCASTS else None
        self._shift = Fraction(0)
        self._tracks: dict[int, _Track] = {}

    def mend(self, packet: Packet[Any]) -> None:
        """Give a packet of the film the times at which it follows its track's last."""
        tick = packet.time_base
        if not packet.size or not tick:  # the empty one behind the last
            return
        track = self._tracks.setdefault(packet.stream.index, _Track(self._shift))
        if packet.dts is None and packet.pts is not None:
            # Of when it is shown, which is no order: Matroska tells no more of some.
            packet.pts += round(track.shift / tick)
            return
        if packet.dts is None:
            packet.pts = packet.dts = round((track.due_s - track.shift) / tick)
        told = int(packet.dts)
        at = told * tick
        if not self._follows(track, at + track.shift):
            # First as the other tracks have been moved: they are to stay together.
            if not self._follows(track, at + self._shift):
                self._shift = track.due_s - at
            track.shift, self.begun_anew = self._shift, True
        moved = told + round(track.shift / tick)
        if track.last_s is not None and moved * tick <= track.last_s:
            moved = int(track.last_s // tick) + 1
        _move(packet, moved - told)
        track.last_s = moved * tick
        track.due_s = track.last_s + (packet.duration or 0) * tick
        if not packet.duration:
            track.due_s += _UNKNOWN_S

    def _follows(self, track: _Track, at: Fraction) -> bool:
        if track.last_s is None:
            return True
        ahead = self._ahead_s is None or at <= track.due_s + self._ahead_s
        return ahead and at >= track.last_s - _SLIP_S


class _Track:
    """How far a track has come, in seconds of what is written."""

    def __init__(self, shift: Fraction) -> None:
        self.shift = shift
        self.last_s: Fraction | None = None
        self.due_s = Fraction(0)


def _move(packet: Packet[Any], ticks: int) -> None:
    if not ticks:
        return
    if packet.pts is not None:
        packet.pts += ticks
    if packet.dts is not None:
        packet.dts += ticks
        if packet.pts is not None:
            packet.pts = max(packet.pts, packet.dts)

"""Frames whose lines are all of one moment, as screens show them.

Camcorders, DVDs and broadcasts film the odd and the even lines one after the other; in
one picture whatever moves has combs, which making it smaller turns into ghosts.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

import av
from av.filter import Graph
from av.video.frame import VideoFrame

_CLOCK: Final = Fraction(1, 90_000)


class Progressive:
    """Gives out the frames of a film that are put in, interlaced ones without combs."""

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._of: tuple[int, int, str] | None = None

    def frames(self, frame: VideoFrame) -> list[VideoFrame]:
        """Return the frames that are ready once this one is in, in their order."""
        of = (frame.width, frame.height, frame.format.name)
        ready = self.rest() if self._graph is not None and of != self._of else []
        if self._graph is None:
            if not frame.interlaced_frame:
                return [*ready, frame]
            self._graph, self._of = _deinterlacing(frame), of
        self._graph.push(frame)
        return ready + self._pulled(self._graph)

    def rest(self) -> list[VideoFrame]:
        """Return the frames that are still held."""
        graph, self._graph = self._graph, None
        if graph is None:
            return []
        graph.push(None)
        return self._pulled(graph)

    @staticmethod
    def _pulled(graph: Graph) -> list[VideoFrame]:
        found: list[VideoFrame] = []
        try:
            while True:
                frame = graph.pull()
                assert isinstance(frame, VideoFrame)
                found.append(frame)
        except (BlockingIOError, av.EOFError):  # more has to be put in; that was all
            return found


def _deinterlacing(frame: VideoFrame) -> Graph:
    """Return what gives one whole frame for each one like this."""
    graph = Graph()
    graph.link_nodes(
        graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=frame.time_base or _CLOCK,
        ),
        graph.add("yadif", "mode=send_frame:deint=interlaced"),
        graph.add("buffersink"),
    ).configure()
    return graph

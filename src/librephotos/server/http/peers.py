"""How processes on one listening socket come to about as many connections each.

The system wakes all of them for a connection, and the same one may always be the first.
"""

from __future__ import annotations

import mmap
import time
from dataclasses import dataclass, field

_FOR_EACH_S = 0.001
_LONGEST_S = 0.005


def _counts(places: int) -> memoryview:
    return memoryview(mmap.mmap(-1, 4 * places)).cast("I")


@dataclass(frozen=True)
class Peers:
    """The connections of each process, shared by what is forked from this one.

    A process has one of the places.
    """

    counts: memoryview = field(default_factory=lambda: _counts(1))
    place: int = 0

    @classmethod
    def of(cls, processes: int) -> Peers:
        """Return places for so many processes."""
        return cls(_counts(processes))

    def at(self, place: int) -> Peers:
        """Return what a process at another place has, which begins with nothing."""
        self.counts[place] = 0
        return Peers(self.counts, place)

    @property
    def are_none(self) -> bool:
        """Whether this process is alone."""
        return len(self.counts) == 1

    def tell(self, connections: int) -> None:
        """Let the others know how many connections this process has."""
        self.counts[self.place] = connections

    def go_first(self) -> None:
        """Wait for as long as one that has fewer may need to take a connection.

        Some milliseconds at most: it may be stuck, or gone.
        """
        more = self.counts[self.place] - min(self.counts)
        if more > 0:
            time.sleep(min(more * _FOR_EACH_S, _LONGEST_S))

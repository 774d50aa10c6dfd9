"""One bit for each dimension: a small copy of the vectors, read whole by each search.

Rows are centred, turned by a random rotation and cut to their signs; the query keeps
four bits. The estimate of the product is then counting bits, corrected for each row by
its length and by how far it lies from its signs.
Source: Gao and Long, "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical
Error Bound for Approximate Nearest Neighbor Search", SIGMOD 2024.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from librephotos.ml.semantic_search.index_files import Floats

CHUNK: Final = 8192
"""Rows whose codes lie together, word by word: a chunk's counts stay in the cache."""
WORD: Final = 64
_QUERY_BITS: Final = 4
_ROTATION_SEED: Final = 20240527
_ADDED_IN_BYTES: Final = 3  # counts of at most 64 fit three times into a byte

Codes = NDArray[np.uint64]
"""Chunks × words × CHUNK."""


def words(dimensions: int) -> int:
    """Return how many 64-bit words hold the signs of one row."""
    return -(-dimensions // WORD)


def products(rows: Floats, query: Floats) -> Floats:
    """Return rows (n, d) times query (d,), computed in the calling thread alone.

    The matrix product's threads wait for one another in a loop; where other processes
    compute too, that made searches ten times as slow.
    """
    found: Floats = np.einsum("ij,j->i", rows, query)
    return found


@dataclass(frozen=True)
class Basis:
    """The centre that is taken off and the rotation: (d,) and (d, d)."""

    centre: Floats
    rotation: Floats

    @classmethod
    def of(cls, sample: Floats) -> "Basis":
        """Return a basis for vectors like those of the sample (n, d)."""
        dimensions = sample.shape[1]
        noise = np.random.default_rng(_ROTATION_SEED).standard_normal(
            (dimensions, dimensions)
        )
        rotation = np.linalg.qr(noise)[0].astype(np.float32)
        return cls(sample.mean(axis=0, dtype=np.float32), rotation)

    @classmethod
    def from_array(cls, array: Floats) -> "Basis":
        """Return the basis that `array` gave."""
        return cls(array[0], array[1:])

    @property
    def array(self) -> Floats:
        """Both in one array, the centre first: (1 + d, d)."""
        return np.vstack([self.centre, self.rotation])


def encode(chunk: Floats, basis: Basis) -> tuple[Codes, Floats]:
    """Return the codes (words × CHUNK) and factors (CHUNK,) of CHUNK rows."""
    turned = (chunk - basis.centre) @ basis.rotation
    # |v|² / Σ|v|: what scales the sum over signs to the product with v itself.
    sums = np.maximum(np.abs(turned).sum(axis=1), np.finfo(np.float32).tiny)
    factors = np.square(turned).sum(axis=1) / sums
    return _packed(turned > 0).T, factors.astype(np.float32)


@dataclass(frozen=True)
class CodedQuery:
    """A query in signed four-bit numbers, bit by bit: _QUERY_BITS × words × 1."""

    planes: NDArray[np.uint64]
    sum: int

    @classmethod
    def of(cls, query: Floats, basis: Basis) -> "CodedQuery":
        """Return the coded form of a vector (d,)."""
        turned = products(basis.rotation.T, query)
        highest = 2 ** (_QUERY_BITS - 1) - 1
        step = max(float(np.abs(turned).max()), np.finfo(np.float32).tiny) / highest
        numbers = np.round(turned / step).astype(np.int64)
        bits = [(numbers >> bit) & 1 == 1 for bit in range(_QUERY_BITS)]
        return cls(_packed(np.stack(bits))[..., None], int(numbers.sum()))

    def estimates(self, codes: Codes, factors: Floats) -> Floats:
        """Return estimates of the products with the rows of chunks, less a constant.

        Factors and result are (chunks, CHUNK). The estimates are in units of the
        query's step: good for ranking, not for reading.
        """
        found = np.empty(factors.shape, np.float32)
        sums = _Sums(codes.shape[1])
        for chunk, of_chunk, estimates in zip(codes, factors, found, strict=True):
            np.multiply(sums.of(self.planes, chunk), np.float32(2), out=estimates)
            estimates -= np.float32(self.sum)
            estimates *= of_chunk
        return found


class _Sums:
    """Sums of a query's numbers over the bits that are set in the rows of a chunk.

    The arrays are made once and the adding is left to few calls: new memory for each
    chunk, and Python's lock at each call, took longer than the counting.
    """

    def __init__(self, count: int) -> None:
        groups = -(-count // _ADDED_IN_BYTES)
        self._common = np.empty((count, CHUNK), np.uint64)
        self._counts = np.zeros((groups * _ADDED_IN_BYTES, CHUNK), np.uint8)
        self._grouped = self._counts.reshape(groups, _ADDED_IN_BYTES, CHUNK)
        self._bytes = np.empty((groups, CHUNK), np.uint8)
        self._of_plane = np.empty(CHUNK, np.int16)

    def of(self, planes: NDArray[np.uint64], chunk: Codes) -> NDArray[np.int16]:
        """Return the sums of a chunk (words × CHUNK), bit by bit of the query."""
        total = np.zeros(CHUNK, np.int16)
        for bit, plane in enumerate(planes):
            np.bitwise_and(chunk, plane, out=self._common)
            np.bitwise_count(self._common, out=self._counts[: len(chunk)])
            np.add.reduce(self._grouped, axis=1, dtype=np.uint8, out=self._bytes)
            np.add.reduce(self._bytes, axis=0, dtype=np.int16, out=self._of_plane)
            # The highest bit of a number in two's complement is negative.
            self._of_plane *= -(2**bit) if bit == _QUERY_BITS - 1 else 2**bit
            total += self._of_plane
        return total


def _packed(signs: NDArray[np.bool_]) -> NDArray[np.uint64]:
    missing = -signs.shape[1] % WORD
    padded = np.pad(signs, ((0, 0), (0, missing)))
    return np.packbits(padded, axis=1).view(np.uint64)

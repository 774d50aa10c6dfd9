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

from librephotos.ml.semantic_search.vector_files import Floats

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
        """Return estimates of the products with a chunk's rows, less a constant.

        They are in units of the query's step: good for ranking, not for reading.
        """
        total = np.zeros(codes.shape[-1], np.int16)
        common = np.empty_like(codes)
        counts = np.empty(codes.shape, np.uint8)
        for bit, plane in enumerate(self.planes):
            np.bitwise_and(codes, plane, out=common)
            np.bitwise_count(common, out=counts)
            weighted = _summed(counts) << bit
            # The highest bit of a number in two's complement is negative.
            total += -weighted if bit == _QUERY_BITS - 1 else weighted
        return (2 * total.astype(np.float32) - np.float32(self.sum)) * factors


def _packed(signs: NDArray[np.bool_]) -> NDArray[np.uint64]:
    missing = -signs.shape[1] % WORD
    padded = np.pad(signs, ((0, 0), (0, missing)))
    return np.packbits(padded, axis=1).view(np.uint64)


def _summed(counts: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the sums over the first axis; most of the adding is done on bytes."""
    total = np.zeros(counts.shape[1], np.int16)
    for at in range(0, len(counts), _ADDED_IN_BYTES):
        part = counts[at]
        for row in counts[at + 1 : at + _ADDED_IN_BYTES]:
            part += row
        total += part
    return total

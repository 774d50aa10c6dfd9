"""Checksums of files, in the two kinds that the hub publishes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Algorithm(StrEnum):
    """How a checksum is made.

    The hub gives SHA-256 for large files (Git LFS) and the name of Git's object for
    small ones: SHA-1 over the header `blob SIZE\\0` and the content, as
    https://git-scm.com/book/en/v2/Git-Internals-Git-Objects says.
    """

    SHA256 = "sha256"
    GIT_BLOB = "git-blob"


@dataclass(frozen=True)
class Digest:
    """A checksum, in lower-case hexadecimal."""

    algorithm: Algorithm
    value: str

    def fits(self, path: Path) -> bool:
        """Whether a file has this checksum; raise OSError if it cannot be read."""
        return _digest(path, self.algorithm) == self.value


def sha256_of(path: Path) -> Digest:
    """Return the SHA-256 of a file; raise OSError if it cannot be read."""
    return Digest(Algorithm.SHA256, _digest(path, Algorithm.SHA256))


def _digest(path: Path, algorithm: Algorithm) -> str:
    with path.open("rb") as file:
        if algorithm is Algorithm.SHA256:
            return hashlib.file_digest(file, "sha256").hexdigest()
        header = f"blob {path.stat().st_size}\0".encode()
        started = hashlib.sha1(header, usedforsecurity=False)
        # file_digest goes on with the object that it is given.
        return hashlib.file_digest(file, lambda: started).hexdigest()

"""What a folder is known to hold: a small file beside the model's own.

It is written before the first byte comes and completed after the last, so a model whose
download broke off never looks installed. It also makes a copied or served folder
sufficient in itself: see `sources`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from librephotos.ml.model_store.digests import sha256_of

NAME = "librephotos-model.json"
# Names that stay inside the folder, on any file system, and hide nothing.
_SAFE_NAME = re.compile(r"\w[\w.-]{0,199}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class RecordedFile:
    """A file that has come: `size` in bytes, and the validator of the server's answer
    (ETag or Last-Modified), empty where its checksum was published."""

    path: str
    size: int
    sha256: str
    validator: str = ""

    @classmethod
    def of(cls, path: Path, validator: str = "") -> RecordedFile:
        """Return what is to be known of a file on the disk; raise OSError."""
        return cls(path.name, path.stat().st_size, sha256_of(path).value, validator)


@dataclass(frozen=True)
class Record:
    """A model's files so far; `complete` once they are all there."""

    name: str
    source: str
    revision: str
    complete: bool = False
    files: tuple[RecordedFile, ...] = ()

    def file(self, path: str) -> RecordedFile | None:
        """Return what is known of a file, if it has come."""
        return next((file for file in self.files if file.path == path), None)

    def with_file(self, file: RecordedFile) -> Record:
        """Return the record with a file added or replaced."""
        others = tuple(other for other in self.files if other.path != file.path)
        return replace(self, files=(*others, file))


def safe_name(name: str) -> bool:
    """Whether a file may be called so: one part, no path, not hidden."""
    return _SAFE_NAME.fullmatch(name) is not None


def parse_json(content: bytes) -> Any:
    """Return what JSON says; raise ValueError for what is none, or nested too deep."""
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def read_record(folder: Path) -> Record | None:
    """Return the record of a folder; None without one, or if it is not to be read."""
    try:
        return parse_record(parse_json((folder / NAME).read_bytes()))
    except (OSError, ValueError):
        return None


def parse_record(content: Any) -> Record:
    """Return a record from its JSON; raise ValueError unless it is wholly sound."""
    match content:
        case {
            "name": str(name),
            "source": str(source),
            "revision": str(revision),
            "complete": bool(complete),
            "files": [*files],
        }:
            kept = tuple(_recorded_file(file) for file in files)
            return Record(name, source, revision, complete, kept)
    raise ValueError("not a record of a model")


def write_record(folder: Path, record: Record) -> None:
    """Replace the record of a folder at once and for good; raise OSError."""
    temporary = folder / f".{NAME}.partial"
    with temporary.open("w") as file:
        json.dump(asdict(record), file, indent=1)
    settle(temporary, folder / NAME)


def settle(temporary: Path, path: Path) -> None:
    """Give a written file its name, once its bytes are on the disk; raise OSError."""
    _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _recorded_file(content: Mapping[str, Any]) -> RecordedFile:
    match content:
        case {"path": str(path), "size": int(size), "sha256": str(sha256)} if (
            safe_name(path) and size >= 0 and _SHA256.fullmatch(sha256)
        ):
            validator = content.get("validator")
            known = validator if isinstance(validator, str) else ""
            return RecordedFile(path, size, sha256, known)
    raise ValueError("not a file of a model")

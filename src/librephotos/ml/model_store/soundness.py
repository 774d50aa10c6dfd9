"""Whether a model's folder holds what it should."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from safetensors import SafetensorError, safe_open

from librephotos.ml.model_store import layout
from librephotos.ml.model_store.digests import sha256_of
from librephotos.ml.model_store.manifest import Model
from librephotos.ml.model_store.record import Record, RecordedFile, read_record


@dataclass(frozen=True)
class Fault:
    """A file that is not what it should be."""

    path: str
    reason: str


def is_whole(known: Record, folder: Path) -> bool:
    """Whether a download was completed and its files have their sizes; quick."""
    return known.complete and all(
        _length(folder / file.path) == file.size for file in known.files
    )


def examine(model: Model, folder: Path) -> tuple[list[Fault], Record]:
    """Return what is wrong with files that are all there, and the record to keep.

    A folder without a record was copied in: its weights may be cut off, but what it
    held at first is not known, so the record starts with what it holds now.
    """
    known = read_record(folder)
    faults = _faults(known, folder) if known else _copy_faults(folder)
    faults += _published_faults(model, folder)
    known = known or Record(model.name, "copied by hand", "")
    for name in used_names(model, folder):
        if known.file(name) is None:  # copied in, or come just before a crash
            known = known.with_file(RecordedFile.of(folder / name))
    return faults, replace(known, complete=not faults)


def _faults(known: Record, folder: Path) -> list[Fault]:
    return [fault for file in known.files if (fault := _fault(file, folder))]


def _fault(file: RecordedFile, folder: Path) -> Fault | None:
    path = folder / file.path
    try:
        if path.stat().st_size != file.size:
            return Fault(file.path, "has another size than it had at first")
        if sha256_of(path).value != file.sha256:
            return Fault(file.path, "has another checksum than it had at first")
    except OSError as error:
        return Fault(file.path, f"cannot be read ({error.strerror})")
    return None


def _published_faults(model: Model, folder: Path) -> list[Fault]:
    return [
        Fault(file.path, "has another checksum than was published")
        for file in model.files
        if file.digest and not file.digest.fits(folder / file.path)
    ]


def _copy_faults(folder: Path) -> list[Fault]:
    """Return the weights that were cut off: their header tells how long they are."""
    faults = []
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(path, framework="numpy"):
                pass
        except SafetensorError:
            faults.append(Fault(path.name, "is cut off or not made of tensors"))
    return faults


def used_names(model: Model, folder: Path) -> list[str]:
    """Return the names of a folder's files that belong to the model; raise OSError."""
    return [file.path for file in model.files] or layout.wanted(
        [path.name for path in folder.iterdir()]
    )


def _length(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None

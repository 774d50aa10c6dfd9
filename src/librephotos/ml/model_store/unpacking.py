"""Files of a model out of a published archive."""

from __future__ import annotations

import gzip
import shutil
import tarfile
import zlib
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from librephotos.ml.model_store.errors import NotServed
from librephotos.ml.model_store.record import settle


def unpack(archive: Path, names: Collection[str], folder: Path) -> list[str]:
    """Write the files of these names into a folder; return those that were there.

    Only the names count, in whatever folder of the archive they are; nothing else is
    written. Raises NotServed for what is no whole tar archive, and OSError.
    """
    found: list[str] = []
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                name = PurePosixPath(member.name).name
                if name in names and name not in found and member.isreg():
                    _write(tar, member, folder / name)
                    found.append(name)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise NotServed(
            f"{archive.name} is no whole archive ({type(error).__name__})"
        ) from error
    return found


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    temporary = path.with_name(f".{path.name}.unpacked.partial")
    source = tar.extractfile(member)
    assert source is not None  # as it is a regular file
    try:
        with source, temporary.open("wb") as target:
            shutil.copyfileobj(source, target)
        settle(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)

"""The models known by name, from manifest.toml, and hub models by their repository."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from librephotos.ml.model_store.digests import Algorithm, Digest
from librephotos.ml.model_store.errors import UnknownModel

NEWEST = "main"
"""The branch that stands for a repository's newest revision."""

_MANIFEST = Path(__file__).with_name("manifest.toml")
# What the hub allows; a part begins with a letter, digit or underscore, so that no
# name leads out of the folder.
_PART = r"\w[\w.-]{0,95}"
_REPOSITORY = re.compile(rf"{_PART}/{_PART}", re.ASCII)


class Purpose(StrEnum):
    """What a model is for."""

    SCENES = "scenes"
    CAPTIONS = "captions"
    SEMANTIC_SEARCH = "semantic_search"
    TAGGING = "tagging"


@dataclass(frozen=True)
class PublishedFile:
    """A file at a plain address; `size` in bytes, where it is known."""

    path: str
    url: str
    size: int | None = None
    digest: Digest | None = None


@dataclass(frozen=True)
class PublishedArchive:
    """A tar archive that holds files of a model, in whatever folders."""

    url: str
    digest: Digest


@dataclass(frozen=True)
class Model:
    """A published model: either a repository of the hub or a list of files.

    What is not to be had at a file's own address is taken from the `archives`, in their
    order. `download_mib` is about how much a download fetches, 0 where nobody knows.
    """

    name: str
    purposes: tuple[Purpose, ...]
    about: str
    licence: str
    repository: str = ""
    revision: str = NEWEST
    files: tuple[PublishedFile, ...] = ()
    archives: tuple[PublishedArchive, ...] = ()
    download_mib: int = 0


@cache
def known_models() -> Mapping[str, Model]:
    """Return the models of the manifest by name, in its order."""
    with _MANIFEST.open("rb") as file:
        entries = tomllib.load(file)
    return {name: _model(name, entry) for name, entry in entries.items()}


def find_model(name: str, known: Mapping[str, Model]) -> Model:
    """Return a model by its name or its repository on the hub.

    A repository that the manifest does not name is taken for a model of the kind of
    CLIP. Raises UnknownModel for anything else.
    """
    if name in known:
        return known[name]
    if not _REPOSITORY.fullmatch(name) or ".." in name:
        raise UnknownModel(
            f"there is no model {name!r}: take one of {', '.join(known)}, or a "
            "repository of the hub as org/name"
        )
    for model in known.values():
        if model.repository == name:
            return model
    return Model(
        name=name,
        purposes=(Purpose.SEMANTIC_SEARCH,),
        about="A model that the manifest does not name.",
        licence="see the hub",
        repository=name,
    )


def _model(name: str, entry: Mapping[str, Any]) -> Model:
    fields = dict(entry)
    purposes = tuple(Purpose(purpose) for purpose in fields.pop("purposes"))
    files = tuple(_file(**file) for file in fields.pop("files", ()))
    archives = tuple(
        PublishedArchive(archive["url"], Digest(Algorithm.SHA256, archive["sha256"]))
        for archive in fields.pop("archives", ())
    )
    return Model(name=name, purposes=purposes, files=files, archives=archives, **fields)


def _file(
    *, path: str, url: str, size: int | None = None, sha256: str | None = None
) -> PublishedFile:
    digest = Digest(Algorithm.SHA256, sha256) if sha256 else None
    return PublishedFile(path, url, size, digest)

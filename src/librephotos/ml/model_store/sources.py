"""Where a model's files are: on the hub, at plain addresses, or on a mirror.

Hub: the files of one commit, with sizes and checksums, by the request that
huggingface_hub makes too (`GET /api/models/REPO/revision/REVISION?blobs=true`,
https://huggingface.co/docs/hub/api). The SHA-256 in its answer is the one that the
`X-Linked-Etag` of a file repeats.

Plain addresses: sizes and validators by HEAD; checksums where the manifest has them.

Mirror: a folder of models that another LibrePhotos has filled, given out by any web
server under the same names: `MIRROR/NAME/FILE`. The record in each model's folder
names its files, sizes and checksums.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2

from librephotos.ml.model_store import layout, record
from librephotos.ml.model_store.digests import Algorithm, Digest
from librephotos.ml.model_store.errors import (
    DownloadFailed,
    HostUnreachable,
    NotServed,
    RevisionGone,
)
from librephotos.ml.model_store.fetch import RemoteFile
from librephotos.ml.model_store.manifest import NEWEST, Model, PublishedFile
from librephotos.ml.model_store.record import parse_json, safe_name
from librephotos.ml.model_store.web import (
    Patience,
    ask,
    check_answer,
    host_of,
    insist,
    read_bounded,
    told_length,
)

logger = logging.getLogger(__name__)

HUB = "https://huggingface.co"
# By length: a file of Git LFS has its SHA-256 as ETag, another its name in Git.
_ETAGS = {64: Algorithm.SHA256, 40: Algorithm.GIT_BLOB}


@dataclass(frozen=True)
class Published:
    """What a model consists of, and of which revision it is.

    Those of the `files` whose own address does not answer are `archived`: they, and
    others that do not come, are members of the `archives`.
    """

    source: str
    revision: str
    files: tuple[RemoteFile, ...]
    archives: tuple[RemoteFile, ...] = ()
    archived: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Publisher:
    """Asks where the files of models are."""

    client: httpx2.Client
    patience: Patience
    should_stop: Callable[[], bool]
    endpoint: str = HUB
    mirror: str = ""

    def files_of(self, model: Model) -> Published:
        """Return a model's files; raise HostUnreachable or NotServed."""
        if self.mirror:
            return self._on_mirror(model)
        if model.repository:
            return self._on_hub(model)
        return self._at_addresses(model)

    def _at_addresses(self, model: Model) -> Published:
        """Return the files at plain addresses.

        Where there are archives, an address may fail, and a host be silent once.
        """
        archives = tuple(
            RemoteFile(
                archive.url.rpartition("/")[2], archive.url, None, archive.digest
            )
            for archive in model.archives
        )
        files: list[RemoteFile] = []
        archived: set[str] = set()
        silent: set[str] = set()
        for file in model.files:
            try:
                if host_of(file.url) not in silent:
                    files.append(self._at_address(file))
                    continue
            except DownloadFailed as error:
                if not archives:
                    raise
                logger.warning("%s: %s; taking the archive", file.path, error)
                if isinstance(error, HostUnreachable):
                    silent.add(host_of(file.url))
            files.append(RemoteFile(file.path, file.url, file.size, file.digest))
            archived.add(file.path)
        source = model.files[0].url.rpartition("/")[0]
        return Published(source, "", tuple(files), archives, frozenset(archived))

    def _on_hub(self, model: Model) -> Published:
        base = self.endpoint.rstrip("/")
        commit, siblings = self._listed(base, model)
        names = layout.wanted(siblings.keys())
        if not names:
            raise NotServed(
                f"{model.repository} on {host_of(base)} is no model that "
                "LibrePhotos can load: it needs config.json and model.safetensors"
            )
        _require(model, names, f"{model.repository} on {host_of(base)}")
        source = f"{base}/{model.repository}"
        files = tuple(
            self._hub_file(name, f"{source}/resolve/{commit}/{name}", siblings[name])
            for name in names
        )
        return Published(source, commit, files)

    def _listed(
        self, base: str, model: Model
    ) -> tuple[str, dict[str, Mapping[str, Any]]]:
        try:
            return self._listed_at(base, model, model.revision)
        except NotServed:
            if model.revision == NEWEST:
                raise
            newest, _ = self._listed_at(base, model, NEWEST)
            raise RevisionGone(
                f"{host_of(base)} has no revision {model.revision[:12]} of "
                f"{model.repository} any more, which LibrePhotos was made for; its "
                f"newest is {newest[:12]}: to take that one, run `librephotos models "
                f"download --newest {model.name}`"
            ) from None

    def _listed_at(
        self, base: str, model: Model, revision: str
    ) -> tuple[str, dict[str, Mapping[str, Any]]]:
        at = quote(revision, safe="")
        url = f"{base}/api/models/{model.repository}/revision/{at}?blobs=true"
        return _listing(self._json(url, f"{model.repository} at {revision}"), url)

    def _on_mirror(self, model: Model) -> Published:
        base = f"{self.mirror.rstrip('/')}/{model.name}"
        url = f"{base}/{record.NAME}"
        try:
            known = record.parse_record(self._json(url, model.name))
        except ValueError as error:
            raise NotServed(f"{host_of(url)} has no sound {record.NAME}") from error
        files = tuple(
            RemoteFile(
                file.path,
                f"{base}/{file.path}",
                file.size,
                Digest(Algorithm.SHA256, file.sha256),
            )
            for file in known.files
        )
        if not known.complete or not files:
            raise NotServed(f"the mirror {host_of(url)} has not all of {model.name}")
        names = [file.path for file in files]
        _require(model, names, f"{model.name} on the mirror {host_of(url)}")
        return Published(known.source, known.revision, files)

    def _at_address(self, file: PublishedFile) -> RemoteFile:
        headers, _ = self._ask("HEAD", file.url, file.path)
        size = file.size or told_length(headers)
        return RemoteFile(file.path, file.url, size, file.digest, _validator(headers))

    def _hub_file(self, name: str, url: str, told: Mapping[str, Any]) -> RemoteFile:
        """Return a file by what the listing told, or by asking for it alone."""
        match told:
            case {"size": int(size), "lfs": {"sha256": str(sha256)}}:
                digest = Digest(Algorithm.SHA256, sha256)
            case {"size": int(size), "blobId": str(blob)}:
                digest = Digest(Algorithm.GIT_BLOB, blob)
            case _:
                return self._lone_hub_file(name, url)
        return RemoteFile(name, url, size, digest)

    def _lone_hub_file(self, name: str, url: str) -> RemoteFile:
        headers, _ = self._ask("HEAD", url, name, follow_redirects=False)
        etag = str(headers.get("X-Linked-Etag") or headers.get("ETag", ""))
        size = _length(headers.get("X-Linked-Size")) or told_length(headers)
        algorithm = _ETAGS.get(len(etag.strip('"')))
        if algorithm is None:
            raise NotServed(f"{host_of(url)} gives no checksum for {name}")
        digest = Digest(algorithm, etag.strip('"'))
        return RemoteFile(name, url, size, digest)

    def _json(self, url: str, what: str) -> Any:
        try:
            return parse_json(self._ask("GET", url, what)[1])
        except ValueError as error:
            raise NotServed(f"{host_of(url)} does not answer as a hub does") from error

    def _ask(
        self, method: str, url: str, what: str, *, follow_redirects: bool = True
    ) -> tuple[httpx2.Headers, bytes]:
        def attempt() -> tuple[httpx2.Headers, bytes]:
            with ask(
                self.client, method, url, follow_redirects=follow_redirects
            ) as answer:
                if follow_redirects or not answer.has_redirect_location:
                    check_answer(answer, what)
                return answer.headers, read_bounded(answer)

        return insist(
            attempt, url, patience=self.patience, should_stop=self.should_stop
        )


def _require(model: Model, names: Collection[str], which: str) -> None:
    """Raise NotServed before anything is fetched that no loader could use."""
    wanted = [file.path for file in model.files]
    missing = set(wanted).difference(names) if wanted else layout.lacking(model, names)
    if missing:
        raise NotServed(
            f"{which} is no model that LibrePhotos can load: it lacks "
            f"{', '.join(sorted(missing))}"
        )


def _listing(content: Any, url: str) -> tuple[str, dict[str, Mapping[str, Any]]]:
    match content:
        case {"sha": str(commit), "siblings": [*siblings]}:
            named = {s["rfilename"]: s for s in siblings if "rfilename" in s}
            return commit, {name: s for name, s in named.items() if safe_name(name)}
    raise NotServed(f"{host_of(url)} does not answer as a hub does")


def _length(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _validator(headers: httpx2.Headers) -> str:
    """Return what If-Range may hold (RFC 9110, 13.1.5): no weak ETag."""
    etag = headers.get("ETag", "")
    return etag if etag.startswith('"') else headers.get("Last-Modified", "")

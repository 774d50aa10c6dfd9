"""A server on this machine that answers as the model hub does, or as a plain mirror.

It can be told to misbehave: to break off, to send wrong bytes, to refuse, to stall.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from librephotos.ml.model_store.manifest import known_models
from tests.support.server import PATIENCE_S

_LFS = ("*.safetensors", "*.bin", "tokenizer.json", "*.model")
_RESOLVE = re.compile(r"/([^/]+/[^/]+)/resolve/([^/]+)/([^/]+)")
_API = re.compile(r"/api/models/([^/]+/[^/]+)(?:/revision/([^/]+))?")


@dataclass(frozen=True)
class Request:
    """What was asked, and how many bytes of the file were sent."""

    method: str
    path: str
    headers: dict[str, str]
    sent: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass
class Misbehaviour:
    """What befalls the next requests for a file; each happens `times` times."""

    cut_after: int | None = None
    status: int | None = None
    retry_after: str = ""
    wrong_bytes: bool = False
    stall: bool = False
    times: int = 1


@dataclass
class Repository:
    """The files of one commit."""

    files: dict[str, bytes]
    revision: str = "main"
    pins: tuple[str, ...] = ()

    @property
    def commit(self) -> str:
        """A name that changes with the content."""
        text = repr([(name, sha256(data)) for name, data in self.files.items()])
        return hashlib.sha1(text.encode()).hexdigest()

    def has(self, revision: str) -> bool:
        """Whether a branch or commit is this one."""
        return revision in (self.revision, self.commit, *self.pins)


def sha256(data: bytes) -> str:
    """Return the checksum by which the hub names large files."""
    return hashlib.sha256(data).hexdigest()


def git_blob(data: bytes) -> str:
    """Return the checksum by which the hub names small files."""
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, as those of a repository."""
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    return {path.name: path.read_bytes() for path in paths}


def _is_lfs(name: str) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in _LFS)


@dataclass
class ModelHub:
    """The server; `url` is its address. Use it as a context."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    plain: dict[str, bytes] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    mirrored: Path | None = None
    requests: list[Request] = field(default_factory=list)
    knows_ranges: bool = True
    tells_checksums: bool = True
    redirect: str = ""
    host: str = "127.0.0.1"
    _faults: dict[str, Misbehaviour] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    stalling: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> ModelHub:
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self._server = ThreadingHTTPServer((self.host, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The address of the hub, for HF_ENDPOINT."""
        return f"http://{self.host}:{self._server.server_port}"

    @property
    def cdn(self) -> str:
        """Where large files are redirected to: another host, as on the real hub."""
        return f"http://localhost:{self._server.server_port}/cdn"

    @property
    def mirror(self) -> str:
        """The address of the folder `mirrored`, for LIBREPHOTOS_MODEL_MIRROR."""
        return f"{self.url}/mirror"

    def add(
        self, repository: str, files: dict[str, bytes] | Path, *, revision: str = "main"
    ) -> None:
        """Publish a repository of the files given, or of those of a folder.

        It answers for the revision that the manifest names, too, unless `withdraw`n.
        """
        content = files_of(files) if isinstance(files, Path) else files
        pins = tuple(
            model.revision
            for model in known_models().values()
            if model.repository == repository
        )
        self.repositories[repository] = Repository(content, revision, pins)

    def withdraw(self, repository: str) -> None:
        """Have only the newest revision of a repository."""
        self.repositories[repository].pins = ()

    def misbehave(self, name: str, **how: Any) -> None:
        """Let the next GET of a file of this name go wrong; see Misbehaviour."""
        self._faults[name] = Misbehaviour(**how)

    def sent(self, name: str) -> int:
        """Return how many bytes of a file were sent, in all requests together."""
        return self.counts()[name]

    def counts(self) -> Counter[str]:
        """Return the bytes sent of each file."""
        counts: Counter[str] = Counter()
        for request in self.requests:
            counts[request.name] += request.sent
        return counts

    def fault(self, name: str) -> Misbehaviour:
        """Take what is to befall the present request."""
        fault = self._faults.get(name)
        if fault is None or fault.times == 0:
            return Misbehaviour()
        fault.times -= 1
        return fault


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    hub: ModelHub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the tests' output clean."""

    def do_HEAD(self) -> None:
        """Answer as GET, without the body."""
        self._answer()

    def do_GET(self) -> None:
        """Answer the hub's and the mirror's addresses."""
        self._answer()

    def _answer(self) -> None:
        address = urlsplit(self.path)
        path = address.path
        if path in self.hub.moved:
            self._count(0)
            location = {"Location": self.hub.moved[path], "Content-Length": "0"}
            self._head(302, location)
        elif api := _API.fullmatch(path):
            wants = "blobs" in parse_qs(address.query)
            self._list(api[1], unquote(api[2] or "main"), blobs=wants)
        elif resolve := _RESOLVE.fullmatch(path):
            self._resolve(resolve[1], unquote(resolve[2]), resolve[3])
        elif path.startswith("/cdn/"):
            self._send_large(path)
        elif path.startswith("/mirror/") and self.hub.mirrored:
            file = self.hub.mirrored / path.removeprefix("/mirror/")
            self._send(file.read_bytes() if file.is_file() else None)
        else:
            self._send(self.hub.plain.get(path))

    def _list(self, name: str, revision: str, *, blobs: bool) -> None:
        repository = self.hub.repositories.get(name)
        if repository is None or not repository.has(revision):
            self._send(None)
            return
        siblings = [
            {"rfilename": path, **(self._told(path, data) if blobs else {})}
            for path, data in repository.files.items()
        ]
        answer = {"id": name, "sha": repository.commit, "siblings": siblings}
        self._send(json.dumps(answer).encode())

    def _told(self, path: str, data: bytes) -> dict[str, Any]:
        if not self.hub.tells_checksums:
            return {}
        told: dict[str, Any] = {"size": len(data), "blobId": git_blob(data)}
        if _is_lfs(path):
            told["lfs"] = {
                "sha256": sha256(data),
                "size": len(data),
                "pointerSize": 134,
            }
        return told

    def _resolve(self, name: str, revision: str, path: str) -> None:
        repository = self.hub.repositories.get(name)
        if repository is None or not repository.has(revision):
            self._send(None)
            return
        data = repository.files.get(path)
        extra = {"X-Repo-Commit": repository.commit}
        if data is None or not _is_lfs(path):
            etag = git_blob(data) if data is not None else ""
            self._send(data, {**extra, "ETag": f'"{etag}"'})
            return
        extra["X-Linked-Etag"] = f'"{sha256(data)}"'
        extra["X-Linked-Size"] = str(len(data))
        target = self.hub.redirect or f"{self.hub.cdn}/{sha256(data)}/{path}"
        self._head(302, {**extra, "Location": target, "Content-Length": "0"})

    def _send_large(self, path: str) -> None:
        _, _, checksum, name = path.split("/")
        found = (r.files.get(name) for r in self.hub.repositories.values())
        data = next((d for d in found if d is not None and sha256(d) == checksum), None)
        self._send(data)

    def _send(self, data: bytes | None, extra: dict[str, str] | None = None) -> None:
        fault = Misbehaviour()
        if self.command == "GET":
            fault = self.hub.fault(self.path.split("?")[0].rpartition("/")[2])
        if data is None or fault.status:
            self._count(0)
            pause = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            self._head(fault.status or 404, {"Content-Length": "0", **pause})
            return
        etag = (extra or {}).get("ETag") or f'"{sha256(data)[:32]}"'
        headers = {"Accept-Ranges": "bytes", **(extra or {}), "ETag": etag}
        start = self._start(etag) if self.command == "GET" else 0
        if start >= len(data) > 0:
            self._count(0)
            self._head(416, {"Content-Length": "0"})
            return
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        body = data[start:]
        self._head(206 if start else 200, {**headers, "Content-Length": str(len(body))})
        self._body(body, fault)

    def _body(self, body: bytes, fault: Misbehaviour) -> None:
        if self.command == "HEAD":
            self._count(0)
            return
        if fault.wrong_bytes:
            body = bytes(byte ^ 1 for byte in body)
        limit = fault.cut_after
        self._count(len(body) if limit is None else min(limit, len(body)))
        self.wfile.write(body[:limit])
        if fault.stall:
            self.wfile.flush()
            self.hub.stalling.set()
            self.hub.released.wait(PATIENCE_S)
        if limit is not None:
            self.close_connection = True

    def _start(self, etag: str) -> int:
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range", etag)
        if not wanted or not self.hub.knows_ranges or condition != etag:
            return 0
        return int(wanted[1])

    def _count(self, sent: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        path = self.path.split("?")[0]
        self.hub.requests.append(Request(self.command, path, headers, sent))

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

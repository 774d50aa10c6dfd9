"""What the clients of all generations send to upload a file, byte for byte.

Written from what their requests look like on the wire: the order of the fields, the
names of the parts, what is missing and what is wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

CHUNK = 1_000_000


@dataclass(frozen=True)
class Sent:
    """One request: where it goes, its header fields, and its body."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    json: dict[str, Any]


Send = Callable[[Sent], Answered]


@dataclass
class Client:
    """A client that has a token of an account."""

    user: int
    token: str
    boundary: str = ""
    scheme: str = "Bearer"
    cookie: str = ""
    answers: list[Answered] = field(default_factory=list)

    def headers(self, **more: str) -> dict[str, str]:
        """Return the header fields of a form."""
        sent = {"Content-Type": f"multipart/form-data; boundary={self.boundary}"}
        if self.token:
            sent["Authorization"] = f"{self.scheme} {self.token}"
        if self.cookie:
            sent["Cookie"] = f"jwt={self.cookie}"
        return sent | {name.replace("_", "-"): value for name, value in more.items()}

    def form(self, *parts: bytes) -> bytes:
        """Return a body of these parts."""
        line = b"--" + self.boundary.encode()
        return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + (
            line + b"--\r\n"
        )

    def completion(self, upload_id: str, content: bytes, name: str) -> Sent:
        """Return the request that says that everything was sent."""
        raise NotImplementedError

    def chunks(self, content: bytes, name: str) -> Iterator[Callable[..., Sent]]:
        """Yield what makes the request of each chunk, from the last answer."""
        raise NotImplementedError

    def upload(self, content: bytes, name: str, send: Send) -> Answered:
        """Send a file as this client does; return the answer to the last request.

        As they do, it goes on after a chunk that was refused.
        """
        upload_id, offset = "", 0
        for chunk in self.chunks(content, name):
            answer = send(chunk(upload_id, offset))
            self.answers.append(answer)
            if answer.status == 200:
                upload_id = answer.json["upload_id"]
                offset = answer.json["offset"]
        answer = send(self.completion(upload_id, content, name))
        self.answers.append(answer)
        return answer


def text(name: str, value: str) -> bytes:
    """Return the part of a text, as browsers write it."""
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


def blob(content: bytes, *, name: str = "blob", kind: str = "") -> bytes:
    """Return the part of a file."""
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
    head += f"Content-Type: {kind or 'application/octet-stream'}\r\n\r\n"
    return head.encode() + content


@dataclass
class Web2024(Client):
    """The web client of 2024: chunks whose total is their own size, an empty MD5."""

    boundary: str = "----WebKitFormBoundaryQx1mYB2cFkZ3dA7e"

    def chunks(self, content: bytes, name: str) -> Iterator[Callable[..., Sent]]:
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]

            def request(upload_id: str, offset: int, part: bytes = part) -> Sent:
                end = offset + len(part) - 1
                fields = [text("upload_id", upload_id)] if upload_id else []
                return Sent(
                    "/api/upload/",
                    self.headers(Content_Range=f"bytes {offset}-{end}/{len(part)}"),
                    self.form(
                        *fields,
                        blob(part),
                        text("md5", ""),
                        text("offset", str(offset)),
                        text("user", str(self.user)),
                    ),
                )

            yield request

    def completion(self, upload_id: str, content: bytes, name: str) -> Sent:
        return Sent(
            "/api/upload/complete/",
            self.headers(),
            self.form(
                text("upload_id", upload_id),
                text("md5", self.hash_of(content)),
                text("user", str(self.user)),
                text("filename", name),
            ),
        )

    def hash_of(self, content: bytes) -> str:
        """Return what it takes for the MD5 of the file."""
        return hashlib.md5(content).hexdigest()


@dataclass
class WebNewest(Web2024):
    """The web client of 2026: as before, with the time of the file."""

    boundary: str = "----geckoformboundary7d1b2a9c4e8f0a6b5c3d2e1f"
    created_at: str = "2019-05-04T12:30:00.000Z"

    def completion(self, upload_id: str, content: bytes, name: str) -> Sent:
        return Sent(
            "/api/upload/complete/",
            self.headers(),
            self.form(
                text("upload_id", upload_id),
                text("md5", self.hash_of(content)),
                text("user", str(self.user)),
                text("filename", name),
                text("device_created_at", self.created_at),
            ),
        )


@dataclass
class Mobile2024(Web2024):
    """The app of 2024: the total is the file's, and of hash and id it drops one sign.

    It asks for the chunk of the offset divided by their size.
    """

    boundary: str = "4f2b1e0c-6d3a-4f0e-9a8b-7c6d5e4f3a2b"
    scheme: str = "Bearer"

    def chunks(self, content: bytes, name: str) -> Iterator[Callable[..., Sent]]:
        for _ in range(0, len(content), CHUNK):

            def request(upload_id: str, offset: int) -> Sent:
                start = offset // CHUNK * CHUNK
                part = content[start : start + CHUNK]
                end = start + len(part) - 1
                fields = [text("upload_id", upload_id)] if upload_id else []
                return Sent(
                    "/api/upload/",
                    self.headers(Content_Range=f"bytes {start}-{end}/{len(content)}"),
                    self.form(
                        *fields,
                        blob(part),
                        text("md5", ""),
                        text("offset", str(start)),
                        text("user", str(self.user)),
                    ),
                )

            yield request

    def hash_of(self, content: bytes) -> str:
        return f"{hashlib.md5(content).hexdigest()}{self.user}"[:-1]


@dataclass
class MobileNewest(Client):
    """The app of 2026: the whole file as one chunk, the word bearer as it likes."""

    boundary: str = "b0undary-5d0c.app"
    scheme: str = "bearer"
    created_ms: int = 1_556_973_000_000

    def chunks(self, content: bytes, name: str) -> Iterator[Callable[..., Sent]]:
        yield lambda upload_id, offset: Sent(
            "/api/upload/",
            self.headers(Content_Range=f"bytes 0-{len(content) - 1}/{len(content)}"),
            self.form(
                blob(content, name=name, kind="image/jpeg"),
                text("offset", "0"),
                text("user", str(self.user)),
            ),
        )

    def completion(self, upload_id: str, content: bytes, name: str) -> Sent:
        return Sent(
            "/api/upload/complete/",
            self.headers(),
            self.form(
                text("upload_id", upload_id),
                text("md5", hashlib.md5(content).hexdigest()),
                text("filename", name),
                text("user", str(self.user)),
                text("device_created_at", str(self.created_ms)),
                text("device_modified_at", str(self.created_ms + 60_000)),
            ),
        )


CLIENTS: tuple[type[Client], ...] = (Web2024, Mobile2024, WebNewest, MobileNewest)


def through(test_client: Any) -> Send:
    """Return what hands requests to the application, without a web server."""

    def send(request: Sent) -> Answered:
        headers = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in request.headers.items()
            if name != "Content-Type"
        }
        answer = test_client.generic(
            "POST",
            request.path,
            request.body,
            content_type=request.headers["Content-Type"],
            **headers,
        )
        return Answered(answer.status_code, answer.json())

    return send


def jpeg_of(size: int, *, seed: int = 0) -> bytes:
    """Return what begins as a JPEG and is as long as wanted."""
    start = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + seed.to_bytes(4, "big")
    return start + bytes(i * 7 % 256 for i in range(256)) * (size // 256 + 1)

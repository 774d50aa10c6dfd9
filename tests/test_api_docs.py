"""What `docs/api.md` shows can be pasted, and answers as it says.

All examples run in the order of the page, in one shell, with the real curl, against one
server.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.support.pictures.videos import video
from tests.support.server import PASSWORD, RunningServer, wait_for, write_pictures
from tests.support.uploads import jpeg_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "api.md"
TOOLS = ("bash", "curl", "jq", "md5sum")
FILLED_IN = ("SERVER", "ACCOUNT", "PASSWORD", "FILE", "FOLDER")
"""What a reader writes into the first block."""

ASKS = re.compile(r"(?:^|\$\(|until )(?:call|curl|sign_in) ", re.MULTILINE)
RECORDING = """
curl() {
  command curl -w '%{stderr}answered '$AT' %{http_code} %{url_effective}\\n' "$@"
}
"""
"""The real curl, which says in addition how each request was answered."""

NO_EXAMPLE = {
    "django-admin": "pages for people",
    "schema": "shown at the top of the page",
    "swagger": "pages for people",
    "redoc": "pages for people",
    "avatars": "opens with `avatar_url` of an account that has a picture",
    "embedded_media": "as media/video, of motion photos",
}
"""Groups of addresses that the page has no example of, and why."""


@dataclass(frozen=True)
class Answer:
    """How a request was answered."""

    status: int
    path: str


@dataclass(frozen=True)
class Example:
    """A command of the page; `asks` is how many requests it makes, in a loop at least.

    `status` is the one that the page names, 0 for any 2xx.
    """

    command: str
    asks: int
    status: int

    def is_answered_by(self, answers: list[Answer]) -> bool:
        """Whether there is an answer to each request, as the page says it."""
        if self.command.startswith("until "):
            answers = answers[-1:]  # the ones before told it to go on asking
        as_said = [
            answer.status == self.status if self.status else 200 <= answer.status < 300
            for answer in answers
        ]
        return len(as_said) == self.asks and all(as_said)


def blocks(page: str) -> list[str]:
    """Return the examples of a page, block by block."""
    return re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def is_whole(command: str) -> bool:
    """Whether the shell waits for no further line."""
    read = subprocess.run(["bash", "-n"], input=command, capture_output=True, text=True)
    return not read.returncode and not command.rstrip("\n").endswith("\\")


def examples(block: str) -> Iterator[Example]:
    """Yield the commands of a block, whichever number of lines they have."""
    command = ""
    for line in block.splitlines(keepends=True):
        command += line
        if not is_whole(command):
            continue
        named = re.search(r"# ([1-5]\d\d)$", command.rstrip())
        asks = 0 if "() {" in command else len(ASKS.findall(command))
        yield Example(command, asks, int(named[1]) if named else 0)
        command = ""
    assert not command, f"this does not end: {command}"


EXAMPLES = [
    example for block in blocks(PAGE.read_text()) for example in examples(block)
]


@dataclass(frozen=True)
class Walk:
    """What came of all examples: the answers to each, and what the shell printed."""

    answers: dict[int, list[Answer]]
    output: str


@pytest.fixture(scope="module")
def walk() -> Walk:
    """Paste the page from top to bottom, as a new user who has some photos."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}; script/test installs them on Debian")
    with tempfile.TemporaryDirectory(prefix="librephotos-api-docs-") as name:
        Path(name).chmod(0o711)  # PostgreSQL becomes another user if we are root
        return walk_in(Path(name))


def walk_in(tmp: Path) -> Walk:
    """Make a library and a file to upload in a folder, and run all examples."""
    photos = write_pictures(tmp / "library" / "mine", 5)
    (photos / "clip.mp4").write_bytes(video())
    write_pictures(tmp / "library" / "berta", 1)
    (tmp / "here").mkdir()
    (tmp / "here" / "IMG_1.JPG").write_bytes(jpeg_of(5000))
    roots = str(tmp / "library")
    data = tmp / "data"
    with RunningServer(data, photos, LIBREPHOTOS_SCAN_ROOTS=roots) as server:
        token = server.sign_in()
        wait_for(
            lambda: server.get("/api/rqavailable/", token)["queue_can_accept_job"]
            and server.get("/api/stats", token)["num_photos"] == 6,
            "the photos are there",
        )
        values = {
            "SERVER": f"http://127.0.0.1:{server.port}",
            "ACCOUNT": "admin",
            "PASSWORD": f"'{PASSWORD}'",
            "FILE": "IMG_1.JPG",
            "FOLDER": str(tmp / "library" / "berta"),
        }
        return paste(values, tmp / "here")


def paste(values: dict[str, str], folder: Path) -> Walk:
    """Run all examples in a folder, with the first block filled in."""
    script = RECORDING
    for number, example in enumerate(EXAMPLES):
        command = example.command
        for name, value in values.items():
            command = re.sub(rf"^{name}=.*$", f"{name}={value}", command)
        script += f"AT={number}\n{command}"
    ran = subprocess.run(
        ["bash", "-u"],
        input=script,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
    )
    answers: dict[int, list[Answer]] = {}
    for at, status, url in re.findall(r"^answered (\d+) (\d+) (\S+)", ran.stderr, re.M):
        path = url.split("/", 3)[3]
        answers.setdefault(int(at), []).append(Answer(int(status), path))
    return Walk(answers, ran.stdout + ran.stderr)


def test_no_example_stands_outside_the_blocks_that_are_run() -> None:
    rest = PAGE.read_text()
    for block in blocks(rest):
        rest = rest.replace(block, "")
    assert not re.search(r"^\s*(curl|call|api) ", rest, re.MULTILINE)
    assert sum(example.asks for example in EXAMPLES) > 100


def test_a_reader_fills_in_the_first_block_alone() -> None:
    first = blocks(PAGE.read_text())[0]
    assert tuple(re.findall(r"^([A-Z]+)=", first, re.MULTILINE)) == FILLED_IN


@pytest.mark.server
def test_each_example_is_answered_as_the_page_says(walk: Walk) -> None:
    wrong = [
        (example.command, answers)
        for number, example in enumerate(EXAMPLES)
        if not example.is_answered_by(answers := walk.answers.get(number, []))
    ]
    assert not wrong, walk.output[-9000:]


@pytest.mark.server
def test_each_variable_got_a_value(walk: Walk) -> None:
    assert "unbound variable" not in walk.output
    paths = [answer.path for answers in walk.answers.values() for answer in answers]
    assert [path for path in paths if re.search(r"null|//|[?&=/]&", path)] == []


def groups_of(patterns: list[URLPattern | URLResolver], prefix: str) -> set[str]:
    """Return the first words of all addresses behind `api/` and `media/`."""
    found = set()
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and "django-admin" not in route:
            found |= groups_of(pattern.url_patterns, route)
        elif named := re.match(r"(?:api|media)/([\w-]+)", route):
            found.add(named[1])
    return found


@pytest.mark.server
def test_each_group_of_addresses_has_an_example(walk: Walk) -> None:
    asked = {
        re.split("[/?]", answer.path)[1]
        for answers in walk.answers.values()
        for answer in answers
    }
    groups = groups_of(get_resolver().url_patterns, "")
    assert len(groups) > 60
    assert groups - asked == set(NO_EXAMPLE)

"""Names come from the published lists, in words for people."""

from collections.abc import Callable
from pathlib import Path

import pytest

from librephotos.ml.places365 import labels
from librephotos.ml.places365.errors import ModelFileError

READERS = {
    labels.CATEGORIES_FILE: labels.read_categories,
    labels.ENVIRONMENTS_FILE: labels.read_outdoor,
    labels.ATTRIBUTES_FILE: labels.read_attributes,
}


def test_categories_lose_the_letter_and_their_marks(tmp_path: Path) -> None:
    names = ["/a/airfield", "/a/arena/hockey", "/c/car_interior", "/t/tower"]
    names += [f"/x/x{n}" for n in range(4, 365)]
    lines = [f"{name} {number}" for number, name in enumerate(names)]
    (tmp_path / labels.CATEGORIES_FILE).write_text("\n".join(lines))

    found = labels.read_categories(tmp_path)

    assert found[:4] == ("airfield", "arena hockey", "car interior", "tower")
    assert len(found) == 365


def test_two_is_outdoor(tmp_path: Path) -> None:
    lines = [f"/x/x{number} {1 + number % 2}" for number in range(365)]
    (tmp_path / labels.ENVIRONMENTS_FILE).write_text("\r\n".join(lines))

    assert labels.read_outdoor(tmp_path)[:3] == (False, True, False)


def test_attributes_keep_their_words(tmp_path: Path) -> None:
    lines = ["no horizon", "driving ", "far-away_horizon", "rusty/oxidized"]
    lines += [f"a{n}" for n in range(4, 102)]
    (tmp_path / labels.ATTRIBUTES_FILE).write_text("\n".join(lines) + "\n")

    found = labels.read_attributes(tmp_path)[:4]

    assert found == ("no horizon", "driving", "far-away horizon", "rusty oxidized")


@pytest.mark.parametrize(("name", "read"), READERS.items(), ids=READERS)
@pytest.mark.parametrize(
    "content",
    [b"", b"/a/airfield 0\n", b"404: Not Found", b"\xff\xfe\x00", b"/a/a x\n" * 365],
    ids=["empty", "short", "a message", "no text", "no numbers"],
)
def test_another_list_is_refused(
    name: str, read: Callable[[Path], object], content: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ModelFileError, match=f"{name} is not the list.*download"):
        read(tmp_path)


def test_a_list_out_of_order_is_refused(tmp_path: Path) -> None:
    lines = [f"/x/x{number} {number}" for number in reversed(range(365))]
    (tmp_path / labels.CATEGORIES_FILE).write_text("\n".join(lines))

    with pytest.raises(ModelFileError):
        labels.read_categories(tmp_path)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_missing_list_is_named(
    read: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises(ModelFileError, match="cannot be read.*No such file"):
        read(tmp_path)

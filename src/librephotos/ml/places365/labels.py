"""The names of scene categories and attributes, from the published lists."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from librephotos.ml.places365.errors import ModelFileError

CATEGORIES_FILE = "categories_places365.txt"
ENVIRONMENTS_FILE = "IO_places365.txt"
ATTRIBUTES_FILE = "labels_sunattribute.txt"

CATEGORIES = 365
ATTRIBUTES = 102

T = TypeVar("T")


def read_categories(folder: Path) -> tuple[str, ...]:
    """Return the 365 category names in the network's order, such as "arena hockey".

    Raises ModelFileError if the list in `folder` is missing, or is not that list.
    """
    rows = _numbered(folder / CATEGORIES_FILE)
    if [number for _, number in rows] != list(range(CATEGORIES)):
        raise _not_the_list(folder / CATEGORIES_FILE)
    return tuple(_readable(key[len("/a/") :]) for key, _ in rows)


def read_outdoor(folder: Path) -> tuple[bool, ...]:
    """Return for each of the 365 categories whether it is an outdoor scene.

    Raises ModelFileError if the list in `folder` is missing, or is not that list.
    """
    indoor, outdoor = 1, 2
    numbers = [number for _, number in _numbered(folder / ENVIRONMENTS_FILE)]
    if len(numbers) != CATEGORIES or not set(numbers) <= {indoor, outdoor}:
        raise _not_the_list(folder / ENVIRONMENTS_FILE)
    return tuple(number == outdoor for number in numbers)


def read_attributes(folder: Path) -> tuple[str, ...]:
    """Return the names of the 102 attributes of the SUN database, such as "no horizon".

    Raises ModelFileError if the list in `folder` is missing, or is not that list.
    """
    names = _parsed(folder / ATTRIBUTES_FILE, _readable)
    if len(names) != ATTRIBUTES:
        raise _not_the_list(folder / ATTRIBUTES_FILE)
    return tuple(names)


def _numbered(path: Path) -> list[tuple[str, int]]:
    return _parsed(path, _key_and_number)


def _key_and_number(line: str) -> tuple[str, int]:
    key, number = line.split()
    return key, int(number)


def _parsed(path: Path, parse: Callable[[str], T]) -> list[T]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        return [parse(line) for line in lines if line.strip()]
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise ModelFileError(path, problem) from error
    except ValueError as error:
        raise _not_the_list(path) from error


def _readable(key: str) -> str:
    return " ".join(key.replace("/", " ").replace("_", " ").split())


def _not_the_list(path: Path) -> ModelFileError:
    return ModelFileError(path, "is not the list that it should be")

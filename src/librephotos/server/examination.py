"""What `librephotos doctor` looks at: each part of the server, and how to mend it."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.core.checks import ERROR, run_checks

from librephotos.api.models import ScanDirectory
from librephotos.api.pipeline.scanning.walk import is_empty
from librephotos.api.queries.operations.health import tables_are_current, workers_alive
from librephotos.api.services.model_downloads import listed_models
from librephotos.server import database
from librephotos.server.errors import DatabaseError

# Distribution and module of each native decoder, and what it is for.
_DECODERS = (
    ("pyvips", "pyvips", "pictures"),
    ("pillow-heif", "pillow_heif", "HEIC and HEIF"),
    ("pillow-jxl-plugin", "pillow_jxl", "JPEG XL"),
    ("rawpy", "rawpy", "camera RAW"),
    ("exiv2", "exiv2", "EXIF, IPTC and XMP"),
    ("av", "av", "videos"),
)
_PAGE = Path(__file__).resolve().parent.parent / "web/static/ui/index.html"


class State(StrEnum):
    """How a part is."""

    WELL = "ok"
    DOUBTFUL = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One part of the server: how it is, and what mends it."""

    part: str
    state: State
    text: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Yield a finding for every part; what depends on a broken part is left out."""
    yield _well("LibrePhotos", importlib.metadata.version("librephotos"))
    yield _well("Python", sys.version.split()[0])
    yield _data_folder()
    yield _free_space()
    yield _web_page()
    yield from _decoders()
    yield from _configuration()
    reached = _database()
    yield reached
    if reached.state is State.WELL:
        yield from _tables()


def _well(part: str, text: str) -> Finding:
    return Finding(part, State.WELL, text)


def _data_folder() -> Finding:
    data = settings.DATA
    if os.access(data, os.R_OK | os.W_OK | os.X_OK):
        return _well("Data folder", str(data))
    return Finding(
        "Data folder",
        State.WRONG,
        f"{data} cannot be written",
        "give it to the user who runs LibrePhotos (chown), or choose another with "
        "--data or LIBREPHOTOS_DATA",
    )


def _free_space() -> Finding:
    free = shutil.disk_usage(settings.DATA).free // 2**20
    text = f"{free:,} MiB free"
    if free >= settings.MIN_FREE_MIB:
        return _well("Disk", text)
    return Finding(
        "Disk",
        State.WRONG,
        f"{text}, less than LIBREPHOTOS_MIN_FREE_MIB ({settings.MIN_FREE_MIB})",
        "make room: below that nothing more is scanned",
    )


def _web_page() -> Finding:
    if _PAGE.exists():
        return _well("Web page", "built")
    return Finding(
        "Web page", State.DOUBTFUL, "not built; the API works", "run script/setup"
    )


def _decoders() -> Iterator[Finding]:
    for distribution, module, purpose in _DECODERS:
        part = f"Decoder: {purpose}"
        try:
            importlib.import_module(module)
        except ImportError as error:
            yield Finding(part, State.WRONG, f"{error}", "run script/setup")
        else:
            version = importlib.metadata.version(distribution)
            yield _well(part, f"{distribution} {version}")


def _configuration() -> Iterator[Finding]:
    messages = [message for message in run_checks() if not message.is_silenced()]
    for message in messages:
        wrong = message.is_serious(ERROR)
        state = State.WRONG if wrong else State.DOUBTFUL
        yield Finding("Settings", state, message.msg, message.hint or "")
    if not messages:
        yield _well("Settings", "no complaint")


def _database() -> Finding:
    where = "in the data folder" if settings.EMBEDDED_POSTGRES else "of DATABASE_URL"
    try:
        version = database.require_fit_server()
    except DatabaseError as error:
        return Finding("Database", State.WRONG, str(error))
    return _well("Database", f"PostgreSQL {version} {where}")


def _tables() -> Iterator[Finding]:
    if not tables_are_current():
        yield Finding(
            "Tables",
            State.WRONG,
            "not of this version",
            "run `librephotos migrate`, or start the server, which does it",
        )
        return
    yield _well("Tables", "up to date")
    yield _workers()
    yield from _models()
    for directory in ScanDirectory.objects.select_related("user"):
        yield _scan_directory(directory)


def _workers() -> Finding:
    alive = workers_alive()
    if alive:
        return _well("Workers", f"{alive} at work")
    return Finding(
        "Workers",
        State.WRONG,
        "none is running, so nothing is scanned",
        "start the server with `librephotos serve`, or one with `librephotos worker`",
    )


def _models() -> Iterator[Finding]:
    """Tell of the models that the settings want what a download would fetch."""
    for listed in listed_models():
        if not listed.active:
            continue
        name = listed.model.name
        if listed.state == "installed":
            yield _well(f"Model {name}", "installed")
            continue
        size = listed.model.download_mib
        amount = f"about {size:,} MiB" if size else "its files"
        revision = listed.model.revision if listed.model.repository else ""
        at = f", revision {revision[:12]}" if revision else ""
        yield Finding(
            f"Model {name}",
            State.DOUBTFUL,
            f"{listed.state}; a download fetches {amount} from "
            f"{', '.join(listed.sources)}{at}",
            f"run `librephotos models download {name}`, download it on the page under "
            "Models, or switch off there what it is for",
        )


def _scan_directory(directory: ScanDirectory) -> Finding:
    part = f"Pictures of {directory.user.username}"
    problem = _folder_problem(directory.path)
    if not problem:
        return _well(part, str(directory))
    return Finding(
        part,
        State.WRONG,
        f"{directory} {problem}",
        "mount it, or let the user who runs LibrePhotos read it",
    )


def _folder_problem(folder: bytes) -> str:
    try:
        os.scandir(folder).close()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "is empty" if is_empty(folder) else ""

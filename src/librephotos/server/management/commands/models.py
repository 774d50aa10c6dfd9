"""`librephotos models`: the published models, and what is here of them."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
)
from rich.progress import Progress as Bars
from rich.progress import TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Column, Table

from librephotos.api.pipeline.ml_models.installed import model_store
from librephotos.logs.printable import printable
from librephotos.ml.errors import MlError
from librephotos.ml.model_store import ModelState, ModelStore, Progress
from librephotos.server.errors import ServerError

_LINE_INTERVAL_S = 5.0
_STYLES = {
    ModelState.INSTALLED: "green",
    ModelState.PARTIAL: "yellow",
    ModelState.MISSING: "dim",
}


class Command(BaseCommand):
    help = (
        "List, download, verify and remove the published models for scenes, captions "
        "and search by meaning. Faces need none. A model of the hub that is not "
        "listed is named by its repository, as org/name."
    )
    # No database is needed, nor a data folder that can be written.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        actions.add_parser("list", help="what there is, and what is installed")
        download = actions.add_parser("download", help="fetch, or go on fetching")
        verify = actions.add_parser("verify", help="compare with the checksums")
        remove = actions.add_parser("remove", help="delete from the disk")
        for action in (download, remove):
            action.add_argument("names", nargs="+", metavar="NAME", help="a model")
        download.add_argument(
            "--newest",
            action="store_true",
            help="whatever the publisher has by now, not the revision that is known",
        )
        verify.add_argument(
            "names", nargs="*", metavar="NAME", help="a model (all that are installed)"
        )
        verify.add_argument(
            "--quality",
            action="store_true",
            help="show known pictures to the models, too, which needs scikit-image",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actions = {
            "list": self._list,
            "download": self._download,
            "verify": self._verify,
            "remove": self._remove,
        }
        try:
            actions[options["action"]](model_store(), options)
        except MlError as error:
            raise ServerError(str(error)) from error

    def _list(self, store: ModelStore, options: dict[str, Any]) -> None:
        # A name that is cut cannot be typed.
        name = Column("Model", no_wrap=True)
        table = Table(name, "State", "MiB", "Licence", "What it is for")
        for model in store.models():
            state = store.state(model.name)
            size = f"{store.size(model.name) / 2**20:,.0f}"
            table.add_row(
                escape(printable(model.name)),
                f"[{_STYLES[state]}]{state}[/]",
                "" if state is ModelState.MISSING else size,
                model.licence,
                escape(model.about),
            )
        console = Console()
        console.print(table)
        console.print(printable(f"in {store.folder}"), soft_wrap=True, markup=False)

    def _download(self, store: ModelStore, options: dict[str, Any]) -> None:
        for name in options["names"]:
            with _shown() as show:
                folder = store.download(name, newest=options["newest"], progress=show)
            self.stdout.write(printable(f"{name} is installed in {folder}"))

    def _verify(self, store: ModelStore, options: dict[str, Any]) -> None:
        names = options["names"] or _installed(store)
        if not names:
            self.stdout.write("no model is installed")
        wrong = [name for name in names if not self._is_well(store, name, options)]
        if wrong:
            self.stdout.write(
                f"Download again what is wrong: librephotos models download "
                f"{' '.join(wrong)}"
            )
            sys.exit(1)

    def _is_well(self, store: ModelStore, name: str, options: dict[str, Any]) -> bool:
        faults = store.verify(name)
        for fault in faults:
            self.stdout.write(printable(f"{name}: {fault.path} {fault.reason}"))
        if faults:
            return False
        self.stdout.write(f"{name}: all files are whole")
        return not options["quality"] or self._is_good(store, name)

    def _is_good(self, store: ModelStore, name: str) -> bool:
        from librephotos.ml.model_store.quality import Outcome, check_quality

        quality = check_quality(
            store.model(name), store.folder_of(name), device=settings.DEVICE
        )
        self.stdout.write(f"{name}: quality {quality.outcome} ({quality.detail})")
        return quality.outcome is not Outcome.FAILED

    def _remove(self, store: ModelStore, options: dict[str, Any]) -> None:
        for name in options["names"]:
            store.remove(name)
            self.stdout.write(f"{name} is removed")


def _installed(store: ModelStore) -> list[str]:
    return [
        model.name
        for model in store.models()
        if store.state(model.name) is ModelState.INSTALLED
    ]


@contextmanager
def _shown() -> Iterator[Callable[[Progress], None]]:
    """Give what shows a download: a bar in a terminal, lines elsewhere."""
    console = Console(highlight=False)
    if not console.is_terminal:
        yield _Lines(console)
        return
    with Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as bars:
        task = bars.add_task("", total=None)

        def show(progress: Progress) -> None:
            bars.update(
                task,
                description=escape(printable(f"{progress.model} · {progress.file}")),
                completed=progress.done,
                total=progress.total,
            )

        yield show


class _Lines:
    """Prints how far a download is, every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown_at = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() - self._shown_at < _LINE_INTERVAL_S:
            return
        self._shown_at = time.monotonic()
        total = f" of {progress.total / 2**20:,.0f}" if progress.total else ""
        self._console.print(
            f"{progress.model}: {progress.done / 2**20:,.0f}{total} MiB",
            soft_wrap=True,
            markup=False,
        )

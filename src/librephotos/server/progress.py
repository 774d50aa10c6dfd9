"""A job as a person follows it: bars in a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TextIO

from django.db import DatabaseError, InterfaceError, close_old_connections
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from librephotos.api.models import Job, JobFailure, JobStage
from librephotos.api.models.fields import readable_path
from librephotos.api.models.operations.photo_stage import stage_name
from librephotos.api.pipeline.work.kinds import KINDS, Unit
from librephotos.api.pipeline.work.registry import stage_names
from librephotos.api.queries.operations.failed_files import count_failed_before
from librephotos.logs.printable import printable

INTERVAL_S = 0.5
_LINE_INTERVAL_S = 5.0
_FOLLOWED_S = 10.0
_FAILURES_SHOWN = 10


class LibraryProgress:
    """Shows a job of a user, and those that follow it, one after the other.

    A scan is shown at once: what learns from the one before it goes on beside it.
    """

    def __init__(self, job: Job, stream: TextIO = sys.stdout) -> None:
        """Take the first job; nothing is shown before the first `refresh`."""
        self._user_id = job.started_by_id
        self._stream = stream
        self._bars: JobProgress | None = JobProgress(job, stream)
        self._idle_since = 0.0

    def refresh(self) -> bool:
        """Show how far the jobs are; return whether none has followed for a while."""
        if self._bars is not None and self._bars.refresh():
            self._bars, self._idle_since = None, time.monotonic()
            return False
        if self._bars is not None and _is_scan(self._bars.job):
            return False
        following = self._unfinished_job()
        if following is not None and (self._bars is None or _is_scan(following)):
            self.close()
            self._bars = JobProgress(following, self._stream)
        idle_s = time.monotonic() - self._idle_since
        return self._bars is None and idle_s > _FOLLOWED_S

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._bars is not None:
            self._bars.close()

    def _unfinished_job(self) -> Job | None:
        try:
            waiting = Job.objects.unfinished().filter(started_by=self._user_id)
            return waiting.to_be_shown().first()
        except (DatabaseError, InterfaceError):
            close_old_connections()  # the next call opens a new one
            return None


def _is_scan(job: Job) -> bool:
    return bool(job.kind == Job.Kind.SCAN_PHOTOS)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Go on in silence: what is followed does not end with who looks on."""
        self.quiet = True


class JobProgress:
    """Shows one job from its rows; whatever process works on it does not matter."""

    def __init__(self, job: Job, stream: TextIO = sys.stdout) -> None:
        """Take the job; nothing is shown before the first `refresh`."""
        self.job = job
        self._console = _Console(file=stream, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[failed]}", style="red"),
            console=self._console,
            auto_refresh=False,
        )
        self._bars: dict[str, TaskID] = {}
        self._last_line = ("", 0.0)
        self.removed = False
        """Whether somebody has deleted the job while it was followed."""

    def refresh(self) -> bool:
        """Show how far the job is; return whether it has come to its end.

        That includes that somebody deletes it, or the account that it belongs to. A
        database that is away for a while only delays what is shown.
        """
        try:
            self.job.refresh_from_db()
            stages = list(self.job.stages.all())
            outcome = _outcome(self.job) if self.job.finished else []
        except Job.DoesNotExist:
            self.removed = True
            stages, outcome = [], [f"{self.job.get_kind_display()}: removed"]
        except (DatabaseError, InterfaceError):
            close_old_connections()  # the next call opens a new one
            return False
        if self._console.is_terminal:
            self._show_bars(stages)
        else:
            self._print_line(stages)
        if outcome:
            self.close()
        for line in outcome:
            self._console.print(printable(line), soft_wrap=True, markup=False)
        return bool(outcome)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._console.is_terminal:  # elsewhere it would print an empty line
            self._progress.stop()

    def _show_bars(self, stages: Sequence[JobStage]) -> None:
        self._progress.start()
        for stage in stages:
            if stage.stage not in self._bars:
                self._bars[stage.stage] = self._progress.add_task(
                    stage_name(stage.stage), total=None, failed=""
                )
            self._progress.update(
                self._bars[stage.stage],
                completed=_settled(stage),
                total=stage.total if self.job.enumerated or stage.total else None,
                failed=f"{stage.failed} failed" if stage.failed else "",
            )
        self._progress.refresh()

    def _print_line(self, stages: Sequence[JobStage]) -> None:
        line = ", ".join(
            f"{stage_name(s.stage)} {_settled(s)}/{s.total}" for s in stages
        )
        previous, shown_at = self._last_line
        due = time.monotonic() - shown_at >= _LINE_INTERVAL_S or self.job.finished
        if line and line != previous and due:
            self._console.print(printable(line), soft_wrap=True, markup=False)
            self._last_line = (line, time.monotonic())


def _outcome(job: Job) -> list[str]:
    """Return the lines that tell how a finished job has ended."""
    failures = JobFailure.objects.filter(job=job)
    count = failures.count()
    lines = [
        f"  {readable_path(failure.path)}: {failure.message}"
        for failure in failures[:_FAILURES_SHOWN]
    ]
    if count > _FAILURES_SHOWN:
        more = count - _FAILURES_SHOWN
        lines.append(f"  and {more} more: /failures/{job.job_id} on the page")
    notes = [] if job.cancelled else _notes(job)
    return [*lines, _conclusion(job, count), *(f"  {note}" for note in notes)]


def _settled(stage: JobStage) -> int:
    return stage.done + stage.failed + stage.skipped


def _conclusion(job: Job, failures: int) -> str:
    name = job.get_kind_display()
    if job.cancelled:
        return f"{name}: cancelled"
    outcome = "failed" if job.failed else "finished"
    counted = f", {_files(failures)} failed" if failures else ""
    return f"{name}: {outcome}{counted}"


def _notes(job: Job) -> list[str]:
    notes = job.message.splitlines()
    if KINDS[Job.Kind(job.kind)].unit is Unit.FILES:
        earlier = count_failed_before(job, stages=stage_names())
        if earlier:
            notes.append(
                f"{_files(earlier)} of earlier scans could not be read: "
                "see Problems on the page"
            )
    return notes


def _files(count: int) -> str:
    return f"{count} {'file' if count == 1 else 'files'}"

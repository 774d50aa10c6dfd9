"""Jobs over HTTP: looking at them, starting and ending them."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.pagination import (
    PAGING,
    Page,
    RegularPagination,
    TinyPagination,
    paginated,
)
from librephotos.api.http.started_jobs import (
    StartJobByGetView,
    StartJobView,
    documented_start,
)
from librephotos.api.models import Job, User
from librephotos.api.pipeline.work import jobs
from librephotos.api.queries.operations.jobs import (
    find_job,
    has_something_to_scan,
    job_list,
    unfinished_job,
)
from librephotos.api.serializers.operations.job import (
    CancelledJob,
    JobFailureRow,
    JobRow,
    WorkerAvailability,
    failure_row,
    job_row,
)

_ENDED = "This job has ended already."
_NO_FOLDER = (
    "You have no folder that could be scanned. An administrator gives you one: in the"
    " settings of accounts, or by /api/manage/user/ID/directories/."
)


class JobListView(APIView):
    """One's jobs, the newest first; everybody's for staff unless `mine` is set."""

    @documented("jobs", query=("mine", *PAGING), answer=Page[JobRow])
    def get(self, request: Request) -> Response:
        # Sent as `?mine`, without a value.
        asked = "mine" in request.query_params
        mine = asked and request.query_params["mine"].lower() not in ("false", "0")
        rows = job_list(request.user, mine=mine)
        return paginated(
            TinyPagination(), rows, request, lambda page: list(map(job_row, page))
        )


class JobView(APIView):
    """One job, named by its number or UUID."""

    @documented("job", path=("name",), answer=JobRow)
    def get(self, request: Request, name: str) -> Response:
        return Response(job_row(_job(request, name)))

    @documented("job_delete", path=("name",))
    def delete(self, request: Request, name: str) -> Response:
        jobs.remove(_job(request, name))
        return Response(status=204)


class JobCancelView(APIView):
    """End a job early; what it has done stays. One that has ended is left alone."""

    @documented("job_cancel", path=("name",), answer=CancelledJob)
    def post(self, request: Request, name: str) -> Response:
        job = _job(request, name)
        if job.finished:
            told = {"status": False, "message": _ENDED, **envelope({"detail": _ENDED})}
            return Response(told, status=400)
        jobs.cancel(job)
        answer: CancelledJob = {"status": True, "job": job_row(_job(request, name))}
        return Response(answer)


class JobFailuresView(APIView):
    """The files that a job could not process, and why."""

    @documented(
        "job_failures", path=("name",), query=PAGING, answer=Page[JobFailureRow]
    )
    def get(self, request: Request, name: str) -> Response:
        return paginated(
            RegularPagination(),
            _job(request, name).failures.all(),
            request,
            lambda page: list(map(failure_row, page)),
        )


def _job(request: Request, name: str) -> Job:
    job = find_job(request.user, name)
    if job is None:
        raise NotFound("There is no such job.")
    return job


class WorkerAvailabilityView(APIView):
    """Is a job running? Polled every two seconds."""

    @documented("worker_availability", answer=WorkerAvailability)
    def get(self, request: Request) -> Response:
        job = unfinished_job(request.user)
        started = job is not None and job.started_at is not None
        answer: WorkerAvailability = {
            "status": True,
            "queue_can_accept_job": job is None,
            "job_detail": job_row(job) if job and started else None,
        }
        return Response(answer)


@documented_start("scan", by_get="scan_deprecated")
class ScanView(StartJobByGetView):
    """Scan one's directories for new and changed files; GET is deprecated."""

    kind = Job.Kind.SCAN_PHOTOS
    full = False

    def start(self, user: User) -> Job:
        return jobs.start_scan(user=user, full=self.full)

    def post(self, request: Request) -> Response:
        if not has_something_to_scan(caller(request)):
            told = {
                "status": False,
                "message": _NO_FOLDER,
                **envelope({"detail": _NO_FOLDER}),
            }
            return Response(told, status=400)
        return super().post(request)


@documented_start("full_scan", by_get="full_scan_deprecated")
class FullScanView(ScanView):
    """Scan one's directories and read every file anew; GET is deprecated."""

    full = True


@documented_start("upload_scan", by_get="upload_scan_deprecated")
class UploadScanView(FullScanView):
    """What older clients call after an upload: a full scan."""


@documented_start("classify_media")
class ClassifyMediaView(StartJobView):
    """Find anew which of one's pictures are screenshots and documents."""

    kind = Job.Kind.CLASSIFY_MEDIA_CATEGORIES


@documented_start("delete_missing", by_get="delete_missing_deprecated")
class DeleteMissingView(StartJobByGetView):
    """Forget one's photos none of whose files is there; GET is deprecated."""

    kind = Job.Kind.DELETE_MISSING_PHOTOS

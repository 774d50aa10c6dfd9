"""Events over HTTP, as for who has none: nothing finds events yet."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Page, StandardPagination, paginated
from librephotos.api.http.started_jobs import StartedJob, started
from librephotos.api.models import Job
from librephotos.api.pipeline.work import jobs
from librephotos.api.serializers.library.event import EventDetails, ListedEvent
from librephotos.api.views.library.albums import LIST_QUERY

NONE_FOUND = "This server does not find events yet."


class EventListView(APIView):
    """One's events, the newest first."""

    @documented("events", query=LIST_QUERY, answer=Page[ListedEvent])
    def get(self, request: Request) -> Response:
        return paginated(StandardPagination(), [], request, list)


class EventView(APIView):
    """One of one's events."""

    @documented("event", path=("event_id",), answer=EventDetails)
    def get(self, request: Request, event_id: int) -> Response:
        raise NotFound("You have no such event.")

    @documented("event_delete", path=("event_id",), answer=None)
    def delete(self, request: Request, event_id: int) -> Response:
        raise NotFound("You have no such event.")


class EventsDeleteView(APIView):
    """Forget all of one's events."""

    @documented("events_delete", answer=str)
    def post(self, request: Request) -> Response:
        return Response("success")


class EventsJobView(APIView):
    """A job over one's events, which says that there are none."""

    kind: Job.Kind

    @documented("events_find", answer=StartedJob)
    def post(self, request: Request) -> Response:
        return started(jobs.ended(self.kind, user=caller(request), message=NONE_FOUND))


class EventsFindView(EventsJobView):
    """Find events among one's photos."""

    kind = Job.Kind.GENERATE_EVENT_ALBUMS


class EventTitlesView(EventsJobView):
    """Name one's events anew; older clients ask with GET."""

    kind = Job.Kind.REGENERATE_EVENT_TITLES

    @documented("event_titles_by_get", answer=StartedJob)
    def get(self, request: Request) -> Response:
        return self.post(request)

    @documented("event_titles", answer=StartedJob)
    def post(self, request: Request) -> Response:
        return super().post(request)

"""The processes behind the web server, for administrators.

They are children of `librephotos serve`, or of what else the operator has start them,
and none of the web server's: it tells how they are, and neither starts nor ends any.
"""

from __future__ import annotations

from typing import TypedDict

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.permissions import IsStaff
from librephotos.api.queries.operations.health import known_workers

NO_PORT = 0
WEB, DATABASE = "web", "database"
_LOOKED_AFTER = (
    "This process is looked after by `librephotos serve`, or by what else starts it on"
    " your machine, and starts again by itself. End or start it there."
)


class Services(TypedDict):
    """The services by name; none has a port that a client could use (0)."""

    services: dict[str, int]


class ServiceHealth(TypedDict):
    """Whether a service is at work; nothing switches one off."""

    service_name: str
    healthy: bool
    enabled: bool
    feature_flag: str | None


class ServiceChanged(TypedDict):
    """What was done with a service."""

    message: str


def _services() -> dict[str, bool]:
    """Return the services, and whether each is well.

    Whoever reads this has been answered by the web server, out of the database. Of a
    worker, each of its loops that takes tasks is one: these give the signs of life.
    """
    loops = {f"worker-{worker}": alive for worker, alive in known_workers()}
    return {WEB: True, DATABASE: True, **loops}


def _health(name: str) -> bool:
    services = _services()
    if name not in services:
        raise UnknownService
    return services[name]


class UnknownService(NotFound):
    """No service of this name."""

    default_detail = "There is no such service."


class ServiceView(APIView):
    """What the views of services share."""

    permission_classes = (IsStaff,)

    def handle_exception(self, exc: Exception) -> Response:
        answer = super().handle_exception(exc)
        if isinstance(exc, UnknownService):
            answer.data["error"] = str(exc.detail)
        return answer


class ServiceListView(ServiceView):
    """Which services there are."""

    @documented("services", answer=Services)
    def get(self, request: Request) -> Response:
        return Response(Services(services=dict.fromkeys(_services(), NO_PORT)))


class ServiceHealthView(ServiceView):
    """Whether a service gives signs of life."""

    @documented("service", path=("name",), answer=ServiceHealth)
    def get(self, request: Request, name: str) -> Response:
        healthy = _health(name)
        answer: ServiceHealth = {
            "service_name": name,
            "healthy": healthy,
            "enabled": True,
            "feature_flag": None,
        }
        return Response(answer)


class ServiceControlView(ServiceView):
    """Starting and ending a service is refused: who has started it does that."""

    def post(self, request: Request, name: str) -> Response:
        _health(name)
        refusal = {"error": _LOOKED_AFTER, "feature_flag": None}
        return Response({**refusal, **envelope({"detail": _LOOKED_AFTER})}, status=409)


class ServiceStartView(ServiceControlView):
    """Start a service: refused."""

    @documented("service_start", path=("name",), answer=ServiceChanged)
    def post(self, request: Request, name: str) -> Response:
        return super().post(request, name)


class ServiceStopView(ServiceControlView):
    """End a service: refused."""

    @documented("service_stop", path=("name",), answer=ServiceChanged)
    def post(self, request: Request, name: str) -> Response:
        return super().post(request, name)

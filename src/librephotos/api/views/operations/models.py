"""The published models over HTTP: what there is, fetching and removing it."""

from __future__ import annotations

from typing import Literal, TypedDict, cast

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.answer_schema import UuidText
from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.pagination import Results
from librephotos.api.http.permissions import IsStaff, MayStart
from librephotos.api.http.started_jobs import StartedJob, started
from librephotos.api.models import Job
from librephotos.api.serializers.operations.model_download import (
    ModelDownloadSerializer,
)
from librephotos.api.services.model_downloads import (
    ListedModel,
    download_model,
    listed_models,
    remove_model,
)

# As `ml.model_store` has them, which the web process does not load.
PurposeName = Literal["scenes", "captions", "semantic_search", "tagging"]
StateName = Literal["missing", "partial", "installed"]


class ModelItem(TypedDict):
    """A published model, and whether it is there."""

    name: str
    purposes: list[PurposeName]
    about: str
    licence: str
    repository: str | None
    state: StateName
    size: int
    active: bool
    job_id: UuidText | None
    download_size: int | None
    revision: str | None
    sources: list[str]


class ModelListView(APIView):
    """All published models; `state` is `missing`, `partial` or `installed`.

    `size` is in bytes on this server, `active` says that the settings want it, and
    `job_id` names the job that is downloading it. A download fetches about
    `download_size` bytes (null where nobody knows) of `revision` from `sources`.
    """

    @documented("models", answer=Results[ModelItem])
    def get(self, request: Request) -> Response:
        answer: Results[ModelItem] = {
            "results": [_row(listed) for listed in listed_models()]
        }
        return Response(answer)


def _row(listed: ListedModel) -> ModelItem:
    model = listed.model
    return {
        "name": model.name,
        "purposes": cast(list[PurposeName], list(model.purposes)),
        "about": model.about,
        "licence": model.licence,
        "repository": model.repository or None,
        "state": cast(StateName, listed.state),
        "size": listed.size,
        "active": listed.active,
        "job_id": str(listed.job.job_id) if listed.job else None,
        "download_size": model.download_mib * 2**20 or None,
        "revision": model.revision if model.repository else None,
        "sources": listed.sources,
    }


class ModelDownloadView(APIView):
    """Download a model, named as in the list or as `org/name` of the hub, in a job.

    Where its publisher has withdrawn the revision that is known, the job says so, and
    `newest` takes the newest.
    """

    kind = Job.Kind.DOWNLOAD_MODELS
    permission_classes = [MayStart]

    @documented(
        "model_download",
        path=("name",),
        request=ModelDownloadSerializer,
        answer=StartedJob,
    )
    def post(self, request: Request, name: str) -> Response:
        asked = ModelDownloadSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        newest = asked.validated_data["newest"]
        return started(download_model(name, user=caller(request), newest=newest))


class ModelView(APIView):
    """Remove a model from the disk; what was learnt with it stays."""

    permission_classes = [IsStaff]

    @documented("model_delete", path=("name",))
    def delete(self, request: Request, name: str) -> Response:
        remove_model(name)
        return Response(status=204)

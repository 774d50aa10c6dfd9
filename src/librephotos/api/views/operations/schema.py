"""The OpenAPI description of the API."""

from __future__ import annotations

import threading
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

_lock = threading.Lock()
_written: dict[str, str | bytes] = {}


class SchemaView(SpectacularAPIView):
    """The description, which is the same for everybody, in the form asked for.

    It is made once in each process and form: that takes seconds, and the generator is
    not made for several threads.
    """

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        with _lock:
            if renderer.media_type not in _written:
                generator = self.generator_class()
                schema = generator.get_schema(  # type: ignore[no-untyped-call]
                    request=None, public=True
                )
                _written[renderer.media_type] = renderer.render(schema)
        name = f"LibrePhotos.{renderer.format}"
        return HttpResponse(
            _written[renderer.media_type],
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )

"""The files beside the page, scripts and styles among them."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

_PAGE = "ui/"


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves static files: those of the start, and of the page what there is now.

    Its entry document is read for each request, and names files that a build may have
    put there a moment ago, in place of those that were there at the start.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        url = request.path_info
        fresh = self.autorefresh or url.startswith(f"{self.static_prefix}{_PAGE}")
        found = self.find_file(url) if fresh else self.files.get(url)
        answer: HttpResponseBase = (
            self.serve(found, request) if found else self.get_response(request)
        )
        return answer

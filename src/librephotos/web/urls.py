"""All addresses of the server."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView

import librephotos.api.http.answer_schema  # noqa: F401  describes answers
import librephotos.api.http.schema  # noqa: F401  registers how signing in is described
from librephotos.api.urls.routing import both
from librephotos.api.views.operations.schema import SchemaView
from librephotos.web import views

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error

# As an answer to OPTIONS they look for a template that there is not.
_SAFE = ["get", "head"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/django-admin/", admin.site.urls),
    both("api/schema", SchemaView.as_view(), name="schema"),
    both(
        "api/swagger",
        SpectacularSwaggerSplitView.as_view(http_method_names=_SAFE),
        name="swagger",
    ),
    both(
        "api/redoc",
        SpectacularRedocView.as_view(
            http_method_names=_SAFE, template_name="librephotos/redoc.html"
        ),
        name="redoc",
    ),
    path("api/", include("librephotos.api.urls.accounts")),
    path("", include("librephotos.api.urls.library")),
]
if apps.is_installed("silk"):
    urlpatterns.append(path("api/silk/", include("silk.urls", namespace="silk")))
urlpatterns.append(re_path(r"^(?!(?:api|media|static)/)(?P<path>.*)$", views.page))

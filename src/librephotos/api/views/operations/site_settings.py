"""Settings of the whole server."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from librephotos.api.http.permissions import IsStaffOrReadOnly
from librephotos.api.models import SiteSettings
from librephotos.api.serializers.operations.site_settings import (
    ChangedSiteSettingsSerializer,
    SiteSettingsSerializer,
    shown_settings,
)
from librephotos.api.services.model_downloads import missing_models
from librephotos.api.services.site_settings import change_site_settings


class SiteSettingsView(GenericAPIView[SiteSettings]):
    """Anybody reads the settings, administrators change some of them.

    The answer to a change also names the models that are wanted and not installed:
    nothing is downloaded unasked.
    """

    permission_classes = (IsStaffOrReadOnly,)
    serializer_class = SiteSettingsSerializer

    def get(self, request: Request) -> Response:
        return Response(shown_settings(SiteSettings.current(), viewer=request.user))

    @extend_schema(
        request=SiteSettingsSerializer(partial=True),
        responses=ChangedSiteSettingsSerializer,
    )
    def post(self, request: Request) -> Response:
        form = self.get_serializer(
            SiteSettings.current(), data=request.data, partial=True
        )
        form.is_valid(raise_exception=True)
        site = change_site_settings(form.validated_data)
        shown = shown_settings(site, viewer=request.user)
        return Response({**shown, "missing_models": missing_models()})

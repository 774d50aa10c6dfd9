"""Addresses of accounts, settings and the server's own state."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from librephotos.api.urls.routing import both
from librephotos.api.views import auth

urlpatterns: list[URLPattern | URLResolver] = [
    both("auth/token/obtain", auth.ObtainToken.as_view(), name="token-obtain"),
    both("auth/token/refresh", auth.RefreshToken.as_view(), name="token-refresh"),
    both("auth/token/blacklist", auth.RevokeToken.as_view(), name="token-blacklist"),
    both("firsttimesetup", auth.FirstTimeSetup.as_view(), name="first-time-setup"),
]

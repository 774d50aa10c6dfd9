"""Addresses of what administrators look after, and of rules and directories."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver
from rest_framework.views import APIView

from librephotos.api.urls.routing import both
from librephotos.api.views.accounts import (
    burst_rules,
    date_rules,
    dirtree,
    nextcloud,
    scan_directories,
)
from librephotos.api.views.operations import mail, server_log, services


def _api(route: str, view: type[APIView], **options: Any) -> URLPattern:
    return both(f"api/{route}", view.as_view(**options))


urlpatterns: list[URLPattern | URLResolver] = [
    _api("serverlogs/view", server_log.ServerLogView),
    _api("serverlogs", server_log.ServerLogFileView),
    _api("services", services.ServiceListView),
    _api("services/<str:name>/start", services.ServiceStartView),
    _api("services/<str:name>/stop", services.ServiceStopView),
    _api("services/<str:name>", services.ServiceHealthView),
    _api("email-config", mail.MailConfigView),
    _api("email-config/test", mail.TestMailView),
    _api("predefinedburstrules", burst_rules.PredefinedBurstRules),
    _api("defaultburstrules", burst_rules.DefaultBurstRules),
    _api("datetimerules/preview", date_rules.DateRulesPreviewView),
    _api("nextcloud/listdir", nextcloud.NextcloudListView),
    _api("nextcloud/scanphotos", nextcloud.NextcloudScanView),
    _api("dirtree/roots", dirtree.ScanRoots),
    _api("scandirectories", scan_directories.OwnScanDirectoriesView),
    _api(
        "manage/user/<number:user_id>/directories", scan_directories.ScanDirectoriesView
    ),
    _api(
        "manage/user/<number:user_id>/directories/<number:directory_id>",
        scan_directories.ScanDirectoryView,
    ),
    _api("manage/user/<number:user_id>/scan", scan_directories.AccountScanView),
]

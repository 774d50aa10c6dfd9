"""Addresses of accounts, settings and the server's own state."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from librephotos.api.urls.routing import both
from librephotos.api.views.accounts import auth, date_rules, dirtree, users
from librephotos.api.views.operations import health, help, site_settings

urlpatterns: list[URLPattern | URLResolver] = [
    both("auth/token/obtain", auth.ObtainToken.as_view(), name="token-obtain"),
    both("auth/token/refresh", auth.RefreshToken.as_view(), name="token-refresh"),
    both("auth/token/blacklist", auth.RevokeToken.as_view(), name="token-blacklist"),
    both("firsttimesetup", auth.FirstTimeSetup.as_view(), name="first-time-setup"),
    both("user", users.UserList.as_view(), name="users"),
    both("user/<number:pk>", users.UserDetail.as_view(), name="user"),
    both("manage/user", users.ManagedUserList.as_view(), name="managed-users"),
    both(
        "manage/user/<number:pk>",
        users.ManagedUserDetail.as_view(),
        name="managed-user",
    ),
    both("delete/user/<number:pk>", users.DeleteUser.as_view(), name="delete-user"),
    both(
        "sitesettings", site_settings.SiteSettingsView.as_view(), name="site-settings"
    ),
    both("timezones", date_rules.TimeZones.as_view(), name="time-zones"),
    both("predefinedrules", date_rules.PredefinedRules.as_view(), name="all-rules"),
    both("defaultrules", date_rules.DefaultRules.as_view(), name="default-rules"),
    both("dirtree", dirtree.DirectoryTree.as_view(), name="directory-tree"),
    both("imagetag", help.ImageTag.as_view(), name="image-tag"),
    both("help", help.Help.as_view(), name="help"),
    both("healthz", health.Probe.as_view(), name="alive"),
    both("healthz/postgresql", health.DatabaseProbe.as_view(), name="database-alive"),
    both("healthz/queue", health.QueueProbe.as_view(), name="queue-alive"),
    both("healthz/ready", health.ReadyProbe.as_view(), name="ready"),
]

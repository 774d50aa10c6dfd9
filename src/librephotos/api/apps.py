"""The Django app that holds the data model and the HTTP API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "librephotos.api"
    label = "api"
    verbose_name = "LibrePhotos"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from librephotos.api import checks  # noqa: F401  registers them
        from librephotos.logs.outages import outages

        connection_created.connect(outages.connected)

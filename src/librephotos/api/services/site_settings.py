"""Changing the settings of the whole server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from librephotos.api.models import SiteSettings


@transaction.atomic
def change_site_settings(changes: Mapping[str, Any]) -> SiteSettings:
    """Change some of the settings and return all of them."""
    SiteSettings.current()
    site = SiteSettings.objects.select_for_update().get()
    for name, value in changes.items():
        setattr(site, name, value)
    site.save(update_fields=list(changes))
    return site

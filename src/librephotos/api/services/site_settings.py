"""Changing the settings of the whole server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from librephotos.api.models import Job, SiteSettings
from librephotos.api.pipeline.ml_models.watch import request_catch_up
from librephotos.api.pipeline.work import jobs
from librephotos.api.pipeline.work.kinds import learning_with


@transaction.atomic
def change_site_settings(changes: Mapping[str, Any]) -> SiteSettings:
    """Change some of the settings and return all of them.

    Where another model is wanted, what it has yet to learn is begun, if it is there.
    """
    site = SiteSettings.locked()
    changed = {name for name, value in changes.items() if getattr(site, name) != value}
    for name, value in changes.items():
        setattr(site, name, value)
    site.save(update_fields=list(changes))
    kinds = learning_with(changed)
    if kinds:
        _learn_anew(kinds)
    return site


def _learn_anew(kinds: Iterable[Job.Kind]) -> None:
    """End the jobs that learn with what is not wanted any more; start others.

    Everybody's photos are learnt from with what is wanted now. What was learnt before
    stays, and serves until then.
    """
    for job in Job.objects.unfinished().filter(kind__in=list(kinds)):
        jobs.cancel(job)
    request_catch_up()

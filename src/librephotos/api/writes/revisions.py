"""Writing down which revisions of models were seen."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from librephotos.api.models import (
    ModelRevision,
    PhotoEmbedding,
    PhotoStage,
    SiteSettings,
    TextEmbedding,
)
from librephotos.api.queries.operations.model_revisions import (
    latest_revision,
    model_name,
)

_SHOWN = 12  # characters of a revision


def key_of(model: str, revision: str) -> str:
    """Return the key of an installed revision.

    Where nothing was learnt with any revision, that of the model serves for this one.
    """
    learnt = PhotoEmbedding.objects.filter(model=model)
    if latest_revision(model) is None and not learnt.exists():
        return model
    return remember(model, revision)


def remember(model: str, revision: str) -> str:
    """Note that a revision is learnt with, the latest from now on; return its key."""
    latest = latest_revision(model)
    if latest is not None and latest.revision == revision:
        return latest.key
    with transaction.atomic():
        SiteSettings.locked()  # or two workers would both see the first one
        latest = latest_revision(model)
        key = model if latest is None else f"{model}@{revision[:_SHOWN]}"
        now = timezone.now()
        # Seen before the clock was set back: no later than this one.
        ahead = ModelRevision.objects.filter(model=model, seen_at__gte=now)
        ahead.update(seen_at=now - timedelta(seconds=1))
        found, _ = ModelRevision.objects.update_or_create(
            model=model,
            revision=revision,
            defaults={"seen_at": now},
            create_defaults={"key": key},
        )
    return found.key


def forget_superseded(owner: int, *, key: str) -> None:
    """Remove what other revisions of the model than this have made of photos.

    To be called once this one knows the library.
    """
    others = list(
        ModelRevision.objects.filter(model=model_name(key))
        .exclude(key=key)
        .values_list("key", flat=True)
    )
    if not others:
        return
    with transaction.atomic():
        PhotoEmbedding.objects.filter(owner=owner, model__in=others).delete()
        stages = [f"{stage}:{other}" for stage in _STAGES for other in others]
        PhotoStage.objects.filter(photo__owner=owner, stage__in=stages).delete()
        kept = PhotoEmbedding.objects.filter(model__in=others).values("model")
        TextEmbedding.objects.filter(model__in=others).exclude(model__in=kept).delete()


_STAGES = ("embeddings", "tags")

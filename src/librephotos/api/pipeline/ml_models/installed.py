"""The published models in use: which, where they lie, and whether they are there.

The store is imported when it is asked for: with it come an HTTP library and readers of
weights, which an idle process does without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from librephotos.api.models import SiteSettings
from librephotos.api.pipeline.sandboxed.model_files import ModelFiles
from librephotos.api.queries.operations import model_revisions
from librephotos.api.writes import revisions
from librephotos.ml.errors import MlError, ModelUnusable

if TYPE_CHECKING:
    from librephotos.ml.model_store import ModelStore

WIDE_SCENES = "places365-wideresnet18"
ORDINARY_SCENES = "places365-resnet18"


def model_store() -> ModelStore:
    """Return the store that the settings describe."""
    from librephotos.ml.model_store import ModelStore

    return ModelStore(
        settings.MODELS,
        endpoint=settings.HF_ENDPOINT,
        mirror=settings.MODEL_MIRROR,
        offline=settings.HF_HUB_OFFLINE,
    )


def missing_reason(name: str) -> str:
    """Return why a model cannot be loaded, in a sentence for users; "" if it can."""
    try:
        model_store().folder_of(name)
    except MlError as error:
        return in_sentence_case(f"{error}.")
    return ""


def in_sentence_case(text: str) -> str:
    """Return what the store says with a capital first letter."""
    return text[:1].upper() + text[1:]


def learning_key(name: str) -> str:
    """Return the key of the model as it is installed, or was last; "" for none."""
    if not name:
        return ""
    try:
        revision = model_store().revision(name)
    except (MlError, OSError):
        return model_revisions.latest_key(name)
    return revisions.key_of(name, revision)


def unusable_reason(key: str) -> str:
    """Return why a revision of a model cannot be loaded, "" if it can."""
    name = model_revisions.model_name(key)
    reason = missing_reason(name)
    if not reason and learning_key(name) != key:
        return f"Another revision of the model {name} is installed by now."
    return reason


def model_files(key: str) -> ModelFiles:
    """Return what a child needs to load a revision of a model.

    Raises ModelUnusable if it is gone.
    """
    reason = unusable_reason(key)
    if reason:
        raise ModelUnusable(reason)
    name = model_revisions.model_name(key)
    store = model_store()
    try:
        folder, revision = store.folder_of(name), store.revision(name)
    except (MlError, OSError) as error:
        raise ModelUnusable(in_sentence_case(f"{error}.")) from error
    return ModelFiles(name, str(folder), settings.DEVICE, revision)


def known_model(name: str, *, purpose: str) -> str | None:
    """Return the name of a model that serves a purpose, None if there is none.

    A repository of the hub stands for the model of the manifest that it holds.
    """
    try:
        model = model_store().model(name)
    except MlError:
        return None
    return model.name if purpose in model.purposes else None


def scene_model() -> str:
    """Return the model that names scenes, "" if the settings want another tagger.

    The ordinary one stands in while the wide one, which knows attributes too, is not
    installed.
    """
    if SiteSettings.current().tagging_model != SiteSettings.Tagger.PLACES365:
        return ""
    if missing_reason(WIDE_SCENES) and not missing_reason(ORDINARY_SCENES):
        return ORDINARY_SCENES
    return WIDE_SCENES


def embedding_model() -> str:
    """Return the model that turns pictures into vectors, "" if nobody wants them."""
    return SiteSettings.current().embedding_model


def tag_model() -> str:
    """Return the model whose vectors are compared with a vocabulary, or ""."""
    site = SiteSettings.current()
    zero_shot = site.tagging_model == SiteSettings.Tagger.SIGLIP2
    return site.embedding_model if zero_shot else ""


def caption_model() -> str:
    """Return the model that writes captions, "" if captioning is switched off."""
    return SiteSettings.current().caption_model


def models_in_use() -> set[str]:
    """Return the names of all models that the settings want."""
    named = scene_model(), embedding_model(), tag_model(), caption_model()
    return {name for name in named if name}

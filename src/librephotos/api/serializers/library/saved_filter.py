"""The filter that a user has saved for the timeline, where a client asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from librephotos.api.serializers.library.timeline_filter import flag

_OVERRIDES = {
    "media": ("media", "video", "photo"),
    "favorite": ("favorite",),
    "hide_screenshots": ("hide_screenshots", "is_screenshot"),
    "hide_documents": ("hide_documents", "is_document"),
}
"""Of each parameter of the filter, those that say otherwise."""


def with_saved_filter(params: Mapping[str, Any], *, viewer: Any) -> Mapping[str, Any]:
    """Return query parameters, with `apply_default` those of the saved filter as well.

    What is asked for in so many words overrides what is saved; also `favorite=false`.
    """
    if not (viewer.is_authenticated and flag(params, "apply_default")):
        return params
    saved = dict(viewer.default_timeline_filter)
    saved["favorite"] = saved.pop("favorites", False)
    asked = {name: params.get(name) for name in params if params.get(name) != ""}
    kept = {
        name: value
        for name, value in saved.items()
        if value and not asked.keys() & set(_OVERRIDES[name])
    }
    return {**kept, **asked}

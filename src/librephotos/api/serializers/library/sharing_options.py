"""What is told of photos besides the picture, by the contract's five names."""

from __future__ import annotations

from typing import TypedDict, cast

from librephotos.api.models import Shown


class SharingOptions(TypedDict):
    """What is told of shared photos besides the picture."""

    share_location: bool
    share_camera_info: bool
    share_timestamps: bool
    share_captions: bool
    share_faces: bool


class ChosenOptions(TypedDict):
    """What has been chosen to be told; null follows the defaults of the owner."""

    share_location: bool | None
    share_camera_info: bool | None
    share_timestamps: bool | None
    share_captions: bool | None
    share_faces: bool | None


def sharing_options(shown: int) -> SharingOptions:
    """Return what is told in the contract's shape."""
    return cast(SharingOptions, Shown(shown).options)

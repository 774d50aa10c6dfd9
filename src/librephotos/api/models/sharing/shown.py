"""What is told of photos to others, by a link or as users of the server."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag

from librephotos.api.models.accounts.user import User


class Shown(IntFlag):
    """What is told of a photo besides its picture."""

    NOTHING = 0
    PLACE = 1
    CAMERA = 2
    TIME = 4
    CAPTIONS = 8
    PEOPLE = 16

    @classmethod
    def all(cls) -> Shown:
        """Everything that its owner sees of it."""
        return cls.PLACE | cls.CAMERA | cls.TIME | cls.CAPTIONS | cls.PEOPLE

    @classmethod
    def by_default(cls, owner: User) -> Shown:
        """What an owner tells people of the server who are named one by one.

        All but who is on it: names are private labels, unless their owner tells them
        to anybody.
        """
        told = cls.all() & ~cls.PEOPLE
        return told.changed(
            {name: True for name, on in owner.public_sharing_defaults.items() if on}
        )

    @classmethod
    def by_link(cls, owner: User, chosen: Mapping[str, bool | None]) -> Shown:
        """What a link tells: what is chosen for it, else what its owner tells all."""
        told = {name: on is True for name, on in owner.public_sharing_defaults.items()}
        return cls.NOTHING.changed(told).changed(chosen)

    @property
    def options(self) -> dict[str, bool]:
        """The contract's five switches."""
        return {name: bool(self & flag) for name, flag in OPTIONS.items()}

    def changed(self, options: Mapping[str, bool | None]) -> Shown:
        """Return what is told after some switches were set; None leaves one as is."""
        told = self
        for name, flag in OPTIONS.items():
            on = options.get(name)
            if on is not None:
                told = told | flag if on else told & ~flag
        return told


OPTIONS = {
    "share_location": Shown.PLACE,
    "share_camera_info": Shown.CAMERA,
    "share_timestamps": Shown.TIME,
    "share_captions": Shown.CAPTIONS,
    "share_faces": Shown.PEOPLE,
}
"""The contract's names of what is told."""

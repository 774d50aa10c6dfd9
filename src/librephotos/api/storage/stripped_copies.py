"""Where copies without metadata are kept."""

from __future__ import annotations

from django.conf import settings

from librephotos.api.storage.copy_folder import CopyFolder, NoRoom

__all__ = [
    "NoRoom",
    "all_deleted",
    "copy_name",
    "files_with_copies",
    "is_kept",
    "keep_copy",
    "keep_reason",
    "make_room",
    "open_copy",
    "partial_copy",
    "reason_for_none",
    "room_is_there_for",
]

_COPIES = CopyFolder(
    "stripped",
    version=5,  # to be raised when copies are to be made anew
    limit_mib=lambda: settings.STRIPPED_MIB,
    what="a copy without metadata",
)

copy_name = _COPIES.copy_name
open_copy = _COPIES.open_copy
is_kept = _COPIES.is_kept
reason_for_none = _COPIES.reason_for_none
partial_copy = _COPIES.partial_copy
keep_copy = _COPIES.keep_copy
keep_reason = _COPIES.keep_reason
room_is_there_for = _COPIES.room_is_there_for
make_room = _COPIES.make_room
all_deleted = _COPIES.all_deleted
files_with_copies = _COPIES.files_with_copies

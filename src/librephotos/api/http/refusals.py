"""What the layers below refuse, and how that is answered: the only table of it."""

from __future__ import annotations

from typing import NamedTuple

from rest_framework.exceptions import (
    APIException,
    NotAuthenticated,
    NotFound,
    PermissionDenied,
    ValidationError,
)

from librephotos.api.http.authentication import PASSWORD_CHANGED
from librephotos.api.models import User
from librephotos.api.services.avatars import InvalidAvatar
from librephotos.api.services.bulk_edits import BulkEditError, EditGone
from librephotos.api.services.corrections import NoSuchEdit
from librephotos.api.services.erasing import ErasingError, ErasingOff
from librephotos.api.services.links import NothingToLink, SlugTaken
from librephotos.api.services.model_downloads import ModelKept, UnknownModel
from librephotos.api.services.people_edits import Gone, PeopleEditError
from librephotos.api.services.sharing import NoSuchRecipient
from librephotos.api.services.uploads import (
    UploadExpired,
    UploadGone,
    UploadHasNoPlace,
    UploadRefused,
    UploadsOff,
    UploadTooLarge,
)
from librephotos.api.services.user_albums import (
    AlbumGone,
    AlbumLocked,
    AlbumTitleTaken,
    CoverGone,
    NotTheOwner,
)
from librephotos.api.services.user_tags import TagGone, TagNameTaken
from librephotos.api.services.users import (
    DirectoryTaken,
    NotUploadable,
    SignInEnded,
    StaysActive,
    SuperuserProtected,
    UnknownDirectory,
    UserNameTaken,
)
from librephotos.api.storage.directories import NotScannable
from librephotos.api.storage.erasing import FileKept


class Conflict(APIException):
    """What is asked contradicts what is there."""

    status_code = 409
    default_code = "conflict"


class Expired(APIException):
    """What was asked for was there, and is given up for good (RFC 9110, 15.5.11)."""

    status_code = 410
    default_code = "expired"


class TooLarge(APIException):
    """More was sent than is taken (RFC 9110, 15.5.14)."""

    status_code = 413
    default_code = "too_large"


class NoPlace(APIException):
    """What was sent cannot be kept (RFC 4918, 11.5)."""

    status_code = 507
    default_code = "insufficient_storage"


class SignInIsOver(NotAuthenticated):
    """The sign-in that a request came with has ended meanwhile."""

    default_detail = PASSWORD_CHANGED


class Refusal(NamedTuple):
    """The answer, and the field of the request that is to blame, if it is one.

    `told` says that the error's message is a sentence for users.
    """

    answer: type[APIException]
    field: str = ""
    told: bool = True


REFUSALS: dict[type[Exception], Refusal] = {
    Gone: Refusal(NotFound),
    PeopleEditError: Refusal(Conflict),
    EditGone: Refusal(NotFound),
    ErasingOff: Refusal(PermissionDenied),
    ErasingError: Refusal(ValidationError, "path"),
    FileKept: Refusal(Conflict),
    BulkEditError: Refusal(Conflict),
    UnknownModel: Refusal(NotFound),
    ModelKept: Refusal(ValidationError),
    InvalidAvatar: Refusal(ValidationError, "avatar"),
    NoSuchEdit: Refusal(NotFound),
    TagGone: Refusal(NotFound),
    TagNameTaken: Refusal(ValidationError, "name"),
    AlbumGone: Refusal(NotFound),
    AlbumLocked: Refusal(ValidationError, "locked"),
    AlbumTitleTaken: Refusal(ValidationError, "title"),
    NoSuchRecipient: Refusal(ValidationError, "target_user_id"),
    NotTheOwner: Refusal(PermissionDenied),
    CoverGone: Refusal(ValidationError, "cover_photo"),
    NothingToLink: Refusal(NotFound),
    SlugTaken: Refusal(ValidationError, "slug"),
    NotScannable: Refusal(ValidationError, "scan_directory"),
    NotUploadable: Refusal(ValidationError, "upload_directory"),
    DirectoryTaken: Refusal(ValidationError, "scan_directory"),
    UnknownDirectory: Refusal(NotFound),
    SignInEnded: Refusal(SignInIsOver, told=False),
    StaysActive: Refusal(ValidationError, "is_active"),
    SuperuserProtected: Refusal(ValidationError, "detail"),
    UploadRefused: Refusal(ValidationError, "detail"),
    UploadsOff: Refusal(PermissionDenied),
    UploadGone: Refusal(NotFound),
    UploadExpired: Refusal(Expired),
    UploadTooLarge: Refusal(TooLarge),
    UploadHasNoPlace: Refusal(NoPlace),
    User.DoesNotExist: Refusal(NotFound, told=False),  # deleted while it was changed
    UserNameTaken: Refusal(ValidationError, "username"),
}
"""Of an error's classes, the nearest that is a key counts."""


def refusal_of(error: Exception) -> APIException | None:
    """Return what to answer to an error of a layer below, None to all others."""
    rows = (REFUSALS.get(each) for each in type(error).__mro__)
    row = next(filter(None, rows), None)
    if row is None:
        return None
    if not row.told:
        return row.answer()
    return row.answer({row.field: str(error)} if row.field else str(error))

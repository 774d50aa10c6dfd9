"""What people do with accounts; each function is one transaction."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from librephotos.api.locks import lock_account, lock_shares_with
from librephotos.api.models import (
    File,
    Job,
    Photo,
    ScanDirectory,
    SiteSettings,
    Upload,
    User,
    folders_of_others,
)
from librephotos.api.models.fields import readable_path
from librephotos.api.pipeline.ml_models.watch import request_catch_up
from librephotos.api.pipeline.previews.leftovers import request_clean_up
from librephotos.api.pipeline.previews.removals import delete_copies
from librephotos.api.pipeline.previews.store import delete_previews, preview_names
from librephotos.api.pipeline.scanning.dates import redate_library
from librephotos.api.pipeline.scanning.ingest import read_skipped_raw_again
from librephotos.api.pipeline.scanning.search_texts import request_search_texts
from librephotos.api.pipeline.work import jobs
from librephotos.api.queries.operations.users import administrator_exists
from librephotos.api.services.avatars import replace_avatar
from librephotos.api.storage.directories import NotScannable, scannable
from librephotos.api.storage.uploads import remove_part
from librephotos.api.writes.invalidation import OfOwner, Reason, invalidate


class SignUpClosed(Exception):
    """Nobody may make an account now but an administrator."""


class UserNameTaken(ValueError):
    """Another account has this user name already."""


class SignInEnded(Exception):
    """The caller's password has been changed since they were found to be signed in."""


class SuperuserProtected(ValueError):
    """An administrator's account cannot be deleted by this way."""


class NotUploadable(NotScannable):
    """A directory for uploads that is none, outside the scan roots, or taken."""


class StaysActive(ValueError):
    """An account that may not be deactivated; the text says why."""


class DirectoryTaken(ValueError):
    """A directory that holds, or lies in, one of another account."""


class UnknownDirectory(ValueError):
    """No directory of this account."""


def refuse_sign_up(caller: User | AnonymousUser) -> None:
    """Raise SignUpClosed unless the caller may make an account now."""
    if caller.is_staff or SiteSettings.current().allow_registration:
        return
    if administrator_exists():
        raise SignUpClosed


def create_user(
    caller: User | AnonymousUser,
    *,
    username: str,
    password: str,
    email: str = "",
    first_name: str = "",
    last_name: str = "",
    scan_directory: str = "",
    is_superuser: bool = False,
) -> User:
    """Make an account: the administrator if there is none yet, else as is asked for.

    `scan_directory` and `is_superuser` are for administrators and superusers to say.
    Raises SignUpClosed if neither the caller nor the site settings allow it,
    UserNameTaken, NotScannable and DirectoryTaken.
    """
    user = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        favorite_min_rating=settings.DEFAULT_FAVORITE_MIN_RATING,
    )
    user.set_password(password)  # slow, so nobody is to wait for it at the lock
    with transaction.atomic():
        SiteSettings.locked()  # or two at once would both be the first
        refuse_sign_up(caller)
        user.is_superuser = is_superuser or not administrator_exists()
        user.is_staff = user.is_superuser
        _save(user)
        if scan_directory:
            set_scan_directory(user, scan_directory)
    return user


@transaction.atomic
def change_user(
    user: User, changes: Mapping[str, Any], *, by: User | None = None
) -> None:
    """Change an account: any fields of the model, `password`, `scan_directory`.

    An `upload_directory` is text as well, "" for none.

    A new `password` ends all sign-ins. New date rules or another time zone are applied
    to all photos by a scan that is started; another `confidence` has their scenes
    recognised again, and switching on semantic search has the photos embedded that are
    not. `avatar` is an uploaded file. `by` is who asks, as read when their sign-in was
    looked at. Raises UserNameTaken, InvalidAvatar, NotScannable, DirectoryTaken,
    SignInEnded, and User.DoesNotExist if the account has been deleted.
    """
    # As it is now: what others have changed since it was read is not set back.
    user.refresh_from_db(from_queryset=User.objects.select_for_update(no_key=True))
    if by is not None and by.pk == user.pk and by.password != user.password:
        raise SignInEnded
    fields = dict(changes)
    searched = user.semantic_search_topk > 0
    dating = (user.datetime_rules, user.default_timezone)
    skipped_raw, confidence = user.skip_raw_files, user.confidence
    password = fields.pop("password", "")
    if password:
        user.set_password(password)
    avatar = fields.pop("avatar", None)
    if avatar:
        replace_avatar(user, avatar)
    _take_directories(user, fields)
    for name, value in fields.items():
        setattr(user, name, value)
    _save(user)
    if skipped_raw and not user.skip_raw_files:
        read_skipped_raw_again(user)
    changed = dating != (user.datetime_rules, user.default_timezone)
    if changed and Photo.objects.filter(owner=user).exists():
        redate_library(user)
    if user.confidence != confidence:
        invalidate(["scenes"], of=OfOwner(user.pk), reason=Reason.SETTINGS)
        request_catch_up()
    if user.semantic_search_topk > 0 and not searched:
        jobs.start(Job.Kind.CALCULATE_CLIP_EMBEDDINGS, user=user)


@transaction.atomic
def manage_user(user: User, changes: Mapping[str, Any], *, by: User) -> None:
    """Change an account as an administrator does: `change_user`, and `is_active`.

    Raises StaysActive besides.
    """
    fields = dict(changes)
    active = fields.pop("is_active", None)
    change_user(user, fields, by=by)
    if active is not None:
        set_active(user, active, by=by)


@transaction.atomic
def set_active(user: User, active: bool, *, by: User) -> None:
    """Let somebody sign in again, or no longer.

    Deactivating ends all sign-ins, for good, and the jobs of the account. Raises
    StaysActive for one's own account and for the last active administrator's.
    """
    if active == user.is_active:
        return
    if not active:
        _refuse_to_deactivate(user, by)
        user.ended_sign_ins += 1
        transaction.on_commit(partial(jobs.cancel_all, user))
    user.is_active = active
    user.save(update_fields=["is_active", "ended_sign_ins"])


def _refuse_to_deactivate(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise StaysActive("You cannot deactivate your own account.")
    SiteSettings.locked()  # or two administrators could deactivate each other
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    if user.is_superuser and not others.exists():
        raise StaysActive("The last active administrator cannot be deactivated.")


@transaction.atomic
def set_scan_directory(user: User, path: str) -> None:
    """Make a directory the first of a user's, in place of the one before.

    `path` is text as clients see it. Nothing changes if it is the first one already.
    Raises NotScannable unless it exists and lies in a scan root, and DirectoryTaken.
    """
    if path == user.scan_directory:
        return
    resolved = free_directory(path, user.pk)
    first = user.scan_directories.first() or ScanDirectory(user=user)
    user.scan_directories.filter(path=resolved).exclude(pk=first.pk).delete()
    first.path = resolved
    first.save()
    request_search_texts(user.pk)


def _take_directories(user: User, fields: dict[str, Any]) -> None:
    """Apply what is said of directories, and take it out of the fields."""
    scan_directory = fields.pop("scan_directory", "")
    if scan_directory:
        set_scan_directory(user, scan_directory)
    if "upload_directory" in fields:
        user.upload_directory = _uploadable(user, fields.pop("upload_directory") or "")


def _uploadable(user: User, path: str) -> bytes:
    """Return a directory for uploads, b"" for the one in the scan directory."""
    if path == readable_path(user.upload_directory):
        return user.upload_directory
    try:
        return free_directory(path, user.pk) if path else b""
    except (NotScannable, DirectoryTaken) as error:
        raise NotUploadable(str(error)) from error


@transaction.atomic
def add_scan_directory(user: User, path: str) -> ScanDirectory:
    """Have a directory scanned for a user, in addition to the others.

    `path` is text as clients see it. Raises NotScannable and DirectoryTaken.
    """
    resolved = free_directory(path, user.pk)
    directory, is_new = user.scan_directories.get_or_create(path=resolved)
    if is_new:
        request_search_texts(user.pk)
    return directory


@transaction.atomic
def remove_scan_directory(user: User, directory_id: int) -> None:
    """Have a directory of a user scanned no more; raises UnknownDirectory.

    The next scan marks its photos as missing, and no file is touched.
    """
    deleted, _ = user.scan_directories.filter(pk=directory_id).delete()
    if not deleted:
        raise UnknownDirectory("This account has no such directory.")
    request_search_texts(user.pk)


def free_directory(path: str, owner: int | None) -> bytes:
    """Return a directory, links resolved, that shares nothing with another account's.

    What one would do with its files, such as deleting them, the other would suffer;
    and what one uploads, the other would see. `owner` is None for an account to be.
    Raises NotScannable and DirectoryTaken.
    """
    resolved = scannable(path)
    SiteSettings.locked()  # or two could take directories within each other at once
    for other in folders_of_others(owner):
        if os.path.commonpath([other, resolved]) in (other, resolved):
            raise DirectoryTaken(
                "This directory holds, or lies in, one of another account. Choose one"
                " beside it."
            )
    return resolved


@transaction.atomic
def delete_user(user: User) -> None:
    """Delete an account with all that belongs to it; the originals stay on disk.

    Raises SuperuserProtected for an administrator.
    """
    if user.is_superuser:
        raise SuperuserProtected("An administrator's account cannot be deleted.")
    storage, avatar = user.avatar.storage, user.avatar.name
    photos = Photo.objects.filter(owner=user)
    lock_account(user)
    names = preview_names(photos.only("pk").iterator(), former=True)
    files = set(File.objects.filter(owner=user).values_list("pk", flat=True))
    uploads = list(Upload.objects.filter(owner=user).values_list("pk", flat=True))
    # Before the counts of their days, which the database keeps while photos go.
    photos.delete()
    lock_shares_with(user)
    user.delete()
    request_clean_up()
    transaction.on_commit(lambda: delete_previews(names))
    transaction.on_commit(lambda: delete_copies(files))
    transaction.on_commit(lambda: list(map(remove_part, uploads)))
    if avatar:
        transaction.on_commit(lambda: storage.delete(avatar))


def _save(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise UserNameTaken("A user with that username already exists.") from error

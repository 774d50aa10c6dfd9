"""Files that clients send in chunks: taken, checked, and put into a user's folder.

UploadRefused
├── UploadsOff           an administrator has switched uploads off
├── UploadGone           there is no such upload of this user
├── UploadExpired        nothing came for a day
├── UploadTooLarge       the file is larger than the server takes
├── UploadMisfit         what was sent does not fit to what came before, or is no photo
└── UploadHasNoPlace     what is to be made room for, or named, first
    └── NoUploadFolder   the user has no folder that can be written to

What passes by itself is none of these: a disk that does not answer raises OSError, one
that is full DataFolderFull.
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from librephotos.api.locks import lock_content, lock_uploads
from librephotos.api.models import Photo, SiteSettings, Upload, User
from librephotos.api.models.library.upload import expiry
from librephotos.api.pipeline.scanning.uploaded import take_in
from librephotos.api.queries.library import uploads as queries
from librephotos.api.storage import uploads as storage
from librephotos.api.storage.landing import FOLDERS, Landed, Landing
from librephotos.api.storage.uploads import Spool
from librephotos.full_disk import FULL, DataFolderFull
from librephotos.media.errors import UnsupportedFormat
from librephotos.media.files import signatures
from librephotos.media.files.formats import Format, sniff_open
from librephotos.media.files.safe_names import safe_name
from librephotos.silent_disk import answer

State = Upload.State

_MD5 = re.compile(r"[0-9a-f]{32}", re.ASCII)
_TOLD_ENOUGH: Final = 1024
"""Bytes of a beginning by which a file that is none of ours is known."""

_LATEST_FILE_TIME_S: Final = 2**31 - 1
"""In 2038, beyond which some file systems know no time."""

NOT_MEDIA = "This is no picture, video or sidecar (XMP) of a kind that is known here."
NO_FOLDER = (
    "There is no folder to upload to yet: an administrator has to give this account a "
    "scan directory."
)


TOO_LARGE = "The file is larger than {:,} MiB, the most that this server takes."


class UploadRefused(Exception):
    """What was sent is not taken; the message says why and what to do."""


class UploadsOff(UploadRefused):
    """An administrator has switched uploads off."""


class UploadGone(UploadRefused):
    """There is no such upload of this user."""


class UploadExpired(UploadRefused):
    """Nothing came for a day."""


class UploadTooLarge(UploadRefused):
    """The file is larger than the server takes."""


class UploadHasNoPlace(UploadRefused):
    """What the user may store is used up."""


class UploadMisfit(UploadRefused):
    """What was sent does not fit to what came before; `offset` is what is expected."""

    def __init__(self, message: str, offset: int | None = None) -> None:
        super().__init__(message)
        self.offset = offset


class NoUploadFolder(UploadRefused):
    """The user has no folder that can be written to; the upload stays."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a client says of a file: size in bytes, MD5, name; each may be unknown."""

    size: int | None = None
    md5: str = ""
    file_name: str = ""


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What a client says when it has sent everything; times as the device knows them.

    Of `md5` the first 32 characters count: some clients send more.
    """

    md5: str
    file_name: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None


def refuse_if_off() -> None:
    """Raise UploadsOff if nobody may upload."""
    if not SiteSettings.current().allow_upload:
        raise UploadsOff("Uploads are switched off on this server.")


def receive(
    owner: User, chunk: Spool, *, upload: str, start: int | None, told: Told
) -> Upload:
    """Keep a chunk: the first of a new upload where `upload` is "", else its next.

    Returns the upload with what it holds by now. A chunk that is there already is taken
    as said again. Raises UploadRefused and DataFolderFull.
    """
    if not chunk.size:
        raise UploadMisfit("The file is empty.")
    if not upload:
        return _begun(owner, chunk, start=start, told=told)
    with transaction.atomic():
        _commit_quickly()
        _count_alone(owner)
        row = _locked(owner, upload)
        _require_receiving(row)
        there = min(row.received, storage.part_size(row.pk))
        begins = 0 if start is None else start
        if begins < there and begins + chunk.size <= there:
            if storage.holds(row.pk, chunk, at=begins):
                return row
        if begins != there:
            raise UploadMisfit(
                f"The chunk begins at {begins:,}, and {there:,} bytes are here.", there
            )
        _require_size(there + chunk.size)
        _require_room(owner, more=chunk.size, rest=chunk.size)
        storage.append(row.pk, chunk, at=there)
        row.received = there + chunk.size
        row.expires_on = expiry()
        row.save(update_fields=["received", "expires_on"])
    return row


def _commit_quickly() -> None:
    """Have the transaction count at once, and be on disk a moment later.

    A database that is killed, or has no power, may forget the last chunks: clients are
    told where to go on. Only what is completed has to be there whatever happens; to
    wait for the disk with each chunk would take longer than all else.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _begun(owner: User, chunk: Spool, *, start: int | None, told: Told) -> Upload:
    if start:
        raise UploadMisfit("A new upload begins at 0.", 0)
    size = max(chunk.size, told.size or 0)
    _require_size(size)
    if _is_foreign(chunk):
        raise UploadMisfit(NOT_MEDIA)
    row = Upload(
        owner=owner,
        received=chunk.size,
        told_size=told.size,
        told_md5=told.md5 if _MD5.fullmatch(told.md5) else "",
        file_name=told.file_name.replace("\0", "")[:255],
    )
    try:
        with transaction.atomic():
            _count_alone(owner)
            _require_room(owner, more=size, rest=size - chunk.size)
            row.save(force_insert=True)
            chunk.keep_as(row.pk)  # last: what the database refuses leaves no bytes
    except IntegrityError as error:
        storage.remove_part(row.pk)
        raise UploadGone("The account has been deleted.") from error
    return row


def _count_alone(owner: User) -> None:
    """Where there is a quota, have nobody else use up the room that is found."""
    if settings.UPLOAD_QUOTA_MIB:
        lock_uploads(owner.pk)


def _require_size(size: int) -> None:
    if size > settings.UPLOAD_MAX_MIB * 2**20:
        raise UploadTooLarge(TOO_LARGE.format(settings.UPLOAD_MAX_MIB))


def _require_room(owner: User, *, more: int, rest: int) -> None:
    """Raise what there is to say against so many bytes more of an owner's.

    `rest` of them have yet to be written to the data folder.
    """
    quota = settings.UPLOAD_QUOTA_MIB * 2**20
    if quota and queries.bytes_of(owner) + more > quota:
        raise UploadHasNoPlace(
            f"Your library may take {settings.UPLOAD_QUOTA_MIB:,} MiB, and has no room "
            "for this file: delete some, or ask an administrator."
        )
    if storage.free_bytes() < rest:
        raise DataFolderFull(FULL)


def _is_foreign(chunk: Spool) -> bool:
    """Whether a beginning is of no format of ours, whatever its name may be."""
    if len(chunk.head) < _TOLD_ENOUGH:
        return False  # complete looks again
    head = BytesIO(chunk.head)
    return not (signatures.format_name(head) or signatures.xmp_if_markup(head))


def complete(owner: User, upload: str, said: Completion) -> Upload:
    """Check an upload, put it into the owner's folder, and have it taken in.

    It may be called again, also after a kill at any instruction, and by two at once:
    the outcome is the same, and one of them imports. Raises UploadRefused,
    DataFolderFull, and OSError where the folder cannot be written to now.
    """
    md5 = said.md5[:32].lower()
    if not _MD5.fullmatch(md5):
        raise UploadMisfit(
            "The MD5 of the whole file is missing: 32 hexadecimal digits."
        )
    row, format = _verified(owner, upload, md5, said)
    with transaction.atomic():
        lock_content(md5)  # or two clients that send the same would store it twice
        row = _locked(owner, upload)
        if row.state != State.LANDED:
            _land(row, owner, format, said)
    storage.remove_part(row.pk)
    return row


def _verified(
    owner: User, upload: str, md5: str, said: Completion
) -> tuple[Upload, Format | None]:
    """Return an upload whose bytes are the client's file and will stay so.

    One whose bytes are another's, or no photo's, is dropped.
    """
    with transaction.atomic():
        row = _locked(owner, upload)
        if row.state != State.RECEIVING:
            if row.md5 != md5:
                raise UploadMisfit("The upload is complete already, with another MD5.")
            found = None if row.state == State.LANDED else _format_of(row, said)
            return row, found
        there = min(row.received, storage.part_size(row.pk))
        actual = storage.md5_of(row.pk, size=there) if there else ""
        refusal = "" if actual == md5 else _mismatch(row, there)
        found = None if refusal else _format_of(row, said)
        if not refusal and found is None:
            refusal = NOT_MEDIA
        if not refusal:
            row.state, row.md5, row.received = State.VERIFIED, md5, there
            row.save(update_fields=["state", "md5", "received"])
            return row, found
        if there < (row.told_size or 0):  # what lacks may still come
            raise UploadMisfit(refusal, there)
        Upload.objects.filter(pk=row.pk).delete()
    storage.remove_part(row.pk)
    raise UploadMisfit(refusal)


def _mismatch(row: Upload, there: int) -> str:
    return (
        f"What has arrived, {there:,} bytes, is not the file: its MD5 is another one. "
        "Send it again."
    )


def _format_of(row: Upload, said: Completion) -> Format | None:
    """Return the format by the content; the name settles what that leaves open."""
    name = (said.file_name or row.file_name).encode("utf-8", "replace")
    try:
        with open(storage.part_path(row.pk), "rb") as file:
            return sniff_open(file, name)
    except UnsupportedFormat:
        return None
    except FileNotFoundError as error:
        raise UploadGone("The upload was lost. Send the file again.") from error


def _land(row: Upload, owner: User, format: Format | None, said: Completion) -> None:
    """Put a verified upload into its folder and the library; the row is locked."""
    known = queries.file_there(owner, row.md5)
    if known is None:
        assert format is not None
        landed = _put(row, owner, format, said)
        take_in(owner.pk, landed.path, md5=row.md5, device_created_at=said.created_at)
        row.path, row.imported = landed.path, landed.new
    else:
        row.path, row.imported = known.path, False
    row.state = State.LANDED
    row.save(update_fields=["state", "path", "imported"])


def _put(row: Upload, owner: User, format: Format, said: Completion) -> Landed:
    root, within = upload_folder(owner)
    landing = Landing(
        source=storage.part_path(row.pk),
        upload=row.pk,
        root=root,
        within=within,
        name=safe_name(said.file_name or row.file_name, format),
        mark=Photo.hash_of(row.md5, owner),
        mtime_s=_file_time(said.modified_at or said.created_at),
    )
    try:
        if answer(landing.is_near, at=root):
            storage.synchronise(row.pk)
        return answer(landing.land, at=root, progress=lambda: landing.done)
    except OSError as error:
        if _is_in_the_way(error):
            raise NoUploadFolder(_folder_problem(error)) from error
        raise


def _file_time(moment: datetime | None) -> float | None:
    """Return a time that every file system takes, None for others."""
    seconds = moment.timestamp() if moment else 0
    return seconds if 0 < seconds < _LATEST_FILE_TIME_S else None


def upload_folder(owner: User) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the folder of a user, and the folders below it, that uploads go to."""
    if owner.upload_directory:
        return owner.upload_directory, FOLDERS[1:]
    first = owner.scan_directories.first()
    if first is None:
        raise NoUploadFolder(NO_FOLDER)
    return first.path, FOLDERS


_IN_THE_WAY = {
    errno.ENOENT: "it is not there",
    errno.ENOTDIR: "a file or a link is in its place",
    errno.ELOOP: "a link is in its place",
    errno.EACCES: "the server may not write to it",
    errno.EPERM: "the server may not write to it",
    errno.EROFS: "its disk is read-only",
}


def _is_in_the_way(error: OSError) -> bool:
    return error.errno in _IN_THE_WAY


def _folder_problem(error: OSError) -> str:
    return (
        f"The upload folder cannot be used: {_IN_THE_WAY[error.errno or 0]}. An "
        "administrator has to mend that; the upload is kept for a day."
    )


def discard(owner: User, upload: str) -> None:
    """Forget an upload that has not landed; raise UploadGone if there is none."""
    with transaction.atomic():
        row = _locked(owner, upload)
        if row.state == State.LANDED:
            return
        Upload.objects.filter(pk=row.pk).delete()
    storage.remove_part(row.pk)


def find(owner: User, upload: str) -> Upload:
    """Return an owner's upload; raise UploadGone or UploadExpired."""
    return _found(Upload.objects.filter(owner=owner), upload)


def _locked(owner: User, upload: str) -> Upload:
    rows = Upload.objects.select_for_update(no_key=True).filter(owner=owner)
    return _found(rows, upload)


def _found(rows: Any, upload: str) -> Upload:
    try:
        row = rows.filter(pk=UUID(upload)).first()
    except ValueError:
        row = None
    if row is None:
        raise UploadGone("There is no such upload. Send the file again.")
    found: Upload = row
    if found.is_expired:
        raise UploadExpired(
            "Nothing more came for a day, so the upload was given up. Send it again."
        )
    return found


def _require_receiving(row: Upload) -> None:
    if row.state != State.RECEIVING:
        raise UploadMisfit("The upload is complete already.", row.received)

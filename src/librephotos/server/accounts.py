"""Accounts as an operator makes them, without the web page."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from librephotos.api.models import ScanDirectory, User
from librephotos.api.models.accounts.user import NAME_TAKEN
from librephotos.api.models.accounts.user_name import canonical_name
from librephotos.api.pipeline.scanning.search_texts import request_search_texts
from librephotos.api.queries.operations.users import first_administrator
from librephotos.server.errors import ServerError
from librephotos.silent_disk import answer


def first_admin() -> tuple[User, str]:
    """Return the oldest active administrator and "", or a new one and its password.

    The new one has the name and the password of the settings; a password that nobody
    set is drawn and returned, this once.
    """
    with transaction.atomic():
        found = first_administrator()
        if found is not None:
            return found, ""
        password = settings.ADMIN_PASSWORD or secrets.token_urlsafe(12)
        admin = create_account(settings.ADMIN_USERNAME, password, admin=True)
    return admin, "" if settings.ADMIN_PASSWORD else password


def create_account(
    username: str, password: str, *, admin: bool = False, email: str = ""
) -> User:
    """Return a new account.

    Raises ServerError for a name that is taken, looks like another one or is none, for
    a weak password, and for what is no mail address.
    """
    if not username.strip() or not password:
        raise ServerError("an account needs a user name and a password")
    try:
        if email:
            User._meta.get_field("email").run_validators(email)
        username = User.objects.free_name(username)
        validate_password(password, User(username=username, email=email))
    except ValidationError as error:
        if getattr(error, "code", None) == NAME_TAKEN:
            known = canonical_name(username)
            raise ServerError(
                f"the user {known} exists: to give it a new password run "
                f"`librephotos changepassword {known}`"
            ) from error
        raise ServerError(" ".join(error.messages)) from error
    create = User.objects.create_superuser if admin else User.objects.create_user
    return create(username, email, password)


def add_scan_directories(user: User, folders: list[Path]) -> None:
    """Have pictures in these folders scanned for a user, in addition to the others."""
    known = ScanDirectory.objects.filter(user=user)
    with transaction.atomic():
        before = known.count()
        for folder in folders:
            ScanDirectory.objects.get_or_create(user=user, path=os.fsencode(folder))
        if known.count() > before:
            request_search_texts(user.pk)


def existing_folder(text: str) -> Path:
    """Return a folder's absolute path; raise ServerError if it cannot be listed."""
    folder = Path(text).expanduser().absolute()

    def look() -> Path:
        with os.scandir(folder):
            return folder.resolve()

    try:
        return answer(look, at=os.fsencode(folder))
    except FileNotFoundError:
        raise ServerError(f"there is no folder {folder}") from None
    except OSError as error:
        raise ServerError(
            f"the folder {folder} cannot be read ({error.strerror})"
        ) from error

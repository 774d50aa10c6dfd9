"""Names to sign in with: one spelling of each, and no two that look alike."""

from __future__ import annotations

import unicodedata

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from librephotos.api.models.visible_text import has_fillers

LONGEST_NAME = 150

# Each has letters that look like those of another: the a of аdmin may be Cyrillic.
_ALIKE = frozenset(
    ("ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK", "LATIN", "LISU")
)


def canonical_name(name: str) -> str:
    """Return the one spelling that stands for all that Unicode calls compatible.

    Lower case, and without the blanks around it (NFKC, as Django normalises too).
    """
    lower = unicodedata.normalize("NFKC", name).lower()
    return unicodedata.normalize("NFKC", lower).strip()


def refuse_odd_name(name: str) -> None:
    """Raise ValidationError for a canonical name that nobody may be given anew."""
    UnicodeUsernameValidator()(name)
    if len(name) > LONGEST_NAME:
        raise ValidationError(f"A user name has at most {LONGEST_NAME} characters.")
    if has_fillers(name):
        raise ValidationError("A user name has no invisible characters.")
    alphabets = _ALIKE.intersection(map(_alphabet, name))
    if len(alphabets) > 1:
        mixed = " and ".join(sorted(word.capitalize() for word in alphabets))
        raise ValidationError(
            f"This user name mixes {mixed} letters, which look alike: use one alphabet."
        )


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]

"""Whether a picture is a screenshot or a document, by what its file says of itself.

Nothing is guessed from pixels: a picture that says nothing is a photo.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import StrEnum


class Category(StrEnum):
    """What kind of picture it is."""

    PHOTO = "photo"
    SCREENSHOT = "screenshot"
    DOCUMENT = "document"


# What systems name screenshots, in the languages of which that is documented: Android
# and Windows (Screenshot_…, Screenshots), macOS (Screen Shot, Screenshot and its
# translations), GNOME (Screenshot from …), KDE (Screenshot_…).
_SCREENSHOT = re.compile(
    r"(?:^|[^a-z])(?:screen ?shots?|screen ?captures?|bildschirmfotos?"
    r"|captures? d.?\s?\u00e9cran|captura de (?:pantalla|tela|ecr\u00e3)"
    r"|schermata|istantanea schermo|schermafbeelding|sk\u00e4rmavbild|skjermbilde"
    r"|sk\u00e6rmbillede|zrzut ekranu"
    r"|\u0441\u043d\u0438\u043c\u043e\u043a \u044d\u043a\u0440\u0430\u043d\u0430"
    r"|\u30b9\u30af\u30ea\u30fc\u30f3\u30b7\u30e7\u30c3\u30c8"
    r"|\u622a\u5c4f|\u5c4f\u5e55\u5feb\u7167)(?:$|[^a-z])",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(
    r"^(?:camscanner|adobe ?scan|office ?lens|microsoft ?lens|genius ?scan|scanbot"
    r"|scan(?:ned)?[ _-]?(?:document|doc|page)?[ _-]?\d{2,}|doc[ _-]?scan"
    r"|document[ _-]scan)(?:$|[^a-z])",
    re.IGNORECASE,
)
_SCANNERS = re.compile(
    r"camscanner|adobe scan|office lens|microsoft lens|genius scan|scanbot|vuescan"
    r"|silverfast|epson scan|canoscan|hp scan|scansnap",
    re.IGNORECASE,
)
_SAID_BY_APPLE = "screenshot"
_SOFTWARE = ("EXIF:Software", "XMP:CreatorTool", "Exif.Image.Software")


def category_of(
    path: str,
    *,
    description: str = "",
    camera: str = "",
    tags: Mapping[str, object] | None = None,
) -> Category:
    """Return the category of the still at `path`, of which its metadata says this.

    Apple writes the one word \"Screenshot\" into EXIF's UserComment, which is read as
    the description. A name counts for no picture that a camera says it took.
    """
    if description.strip().lower() == _SAID_BY_APPLE:
        return Category.SCREENSHOT
    software = " ".join(str((tags or {}).get(name, "")) for name in _SOFTWARE)
    if _SCANNERS.search(f"{software} {camera}"):
        return Category.DOCUMENT
    if camera:
        return Category.PHOTO
    folder, name = os.path.split(path)
    parent = os.path.basename(folder)
    stem = os.path.splitext(name)[0].replace("_", " ")
    if _SCREENSHOT.search(stem) or _SCREENSHOT.fullmatch(parent):
        return Category.SCREENSHOT
    return Category.DOCUMENT if _DOCUMENT.search(stem) else Category.PHOTO

"""Names of copies that other programs keep beside pictures, and no one calls photos.

Sources: exiftool's application documentation (-overwrite_original); GNU coreutils,
"Backup options" (`~`, `.~1~`); patch(1) (`.orig`); the browsers' names for downloads
under way; GoPro, "What are the LRV and THM file types"; DJI (LRF); Sony, XAVC S folder
structure (M4ROOT); Synology and QNAP, shared folder recycle bins; Microsoft, "System
Volume Information"; Apple, AppleDouble (RFC 1740), and the bundles of Photos, iPhoto
and Lightroom. Names that begin with a dot are left out anyway.
"""

import os
import re
from typing import Final

from librephotos.media.files.formats import CANDIDATE_EXTENSIONS

_FOLDERS: Final = frozenset(
    (
        b"@eadir",  # Synology: previews
        b"@tmp",  # Synology: uploads under way
        b"#recycle",  # Synology
        b"#snapshot",  # Synology
        b"@recycle",  # QNAP
        b"@recently-snapshot",  # QNAP
        b"lost+found",  # ext file systems
        b"$recycle.bin",  # Windows
        b"recycler",  # Windows, older
        b"system volume information",  # Windows
        b"__macosx",  # AppleDouble files out of archives
        b"network trash folder",  # macOS on file servers
        b"temporary items",  # macOS on file servers
        b"thmbnl",  # Sony: pictures of films
    )
)
_PREVIEW_BUNDLES: Final = (b".lrdata",)
_LIBRARY_BUNDLES: Final = (
    b".photoslibrary",
    b".photolibrary",
    b".migratedphotolibrary",
)
_ORIGINALS_IN_BUNDLES: Final = frozenset((b"originals", b"masters"))
_PROXIES: Final = frozenset((b".thm", b".lrv", b".lrf"))
"""Small copies that cameras write beside their films."""

_EXTENSIONS = b"|".join(
    re.escape(os.fsencode(extension)) for extension in sorted(CANDIDATE_EXTENSIONS)
)
# exiftool's, GNU's and editors' copies of a picture, and downloads under way.
_COPY = re.compile(
    rb"(?:%b)(?:_original|_exiftool_tmp|~|\.~\d+~|\.(?:bak\d*|backup|old|orig|te?mp"
    rb"|sav|swp|part|partial|crdownload|download|opdownload|filepart|!ut))\Z"
    % _EXTENSIONS,
    re.IGNORECASE,
)


def is_unwanted_file(name: bytes) -> bool:
    """Whether a file of this name is a copy that a program keeps of another."""
    extension = os.path.splitext(name)[1].lower()
    return extension in _PROXIES or _COPY.search(name) is not None


def is_unwanted_folder(name: bytes, *, within: bytes) -> bool:
    """Whether a folder of this name, in the folder `within`, holds no originals."""
    lower = name.lower()
    if within.lower().endswith(_LIBRARY_BUNDLES):
        return lower not in _ORIGINALS_IN_BUNDLES
    return lower in _FOLDERS or lower.endswith(_PREVIEW_BUNDLES)

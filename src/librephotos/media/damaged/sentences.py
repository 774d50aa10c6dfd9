"""What is told of a damaged file, in words for its owner."""

from typing import Final, Literal

from librephotos.media.decoding.pixels import DAMAGED

_BROKEN: Final = "The file is damaged or cut short"
_MEND: Final = "Restore it from a copy."

_NO_DIRECTORY: Final = (
    "The file is cut short: its directory, which says how large the picture is and "
    "where it lies, stood in the part that is lacking. Restore it from a copy."
)
_NO_PART_OF_JXL: Final = (
    "The file is damaged or cut short, and of a JPEG XL no part can be shown by "
    "itself. Restore it from a copy."
)


def damage_text(share: float | None, *, what: str = "picture") -> str:
    """Return the sentence for a picture of which this share is there, "" for all.

    None stands for a share that cannot be told.
    """
    if share is None:
        return (
            f"{_BROKEN}: parts of the {what}, or its fine detail, are lacking or "
            f"wrong. {_MEND}"
        )
    if share >= 1:
        return ""
    percent = min(99, max(1, round(share * 100)))
    return f"{_BROKEN}: about {percent} % of the {what} can be shown. {_MEND}"


def preview_text(width: int, height: int) -> str:
    """Return the sentence for a file of which only a preview inside it is shown."""
    return (
        f"The picture itself cannot be read: only the preview of {width} × {height} "
        "pixels in the file is shown. If the file is damaged or cut short, restore it "
        "from a copy."
    )


def lost_text(data: bytes, format_name: str) -> str:
    """Return why nothing of a damaged picture can be shown."""
    if format_name == "JXL":
        return _NO_PART_OF_JXL
    directory = _directory_offset(data) if format_name == "TIFF" else 0
    return _NO_DIRECTORY if directory >= len(data) else DAMAGED


def _directory_offset(data: bytes) -> int:
    # TIFF 6.0, section 2; BigTIFF has 43 for 42, and eight bytes behind two numbers.
    order: Literal["little", "big"] = "big" if data[:2] == b"MM" else "little"
    big = int.from_bytes(data[2:4], order) == 43
    return int.from_bytes(data[8:16] if big else data[4:8], order)

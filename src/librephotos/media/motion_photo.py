"""The video inside a motion photo: Google's, Samsung's, in JPEG and HEIC."""


def embedded_video_range(path: bytes | str) -> tuple[int, int] | None:
    """Return (offset, length) in bytes of the video inside the file, None without."""
    return None


def extract_video(path: bytes | str) -> bytes:
    """Return the bytes of the video inside the file."""
    return b""

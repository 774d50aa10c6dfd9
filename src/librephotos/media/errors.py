"""What can be wrong with a file, in words for its owner.

MediaError
├── UnreadableFile      missing, no permission, empty, truncated or corrupt
│   └── UnavailableFile  not the file's fault: gone, locked, an unplugged disk
├── UnsupportedFormat   readable, but nothing that we know how to decode
└── LimitExceeded       more pixels, frames, seconds or metadata than allowed

Each message is one plain sentence that says what is wrong and, where there is one,
the mend. It holds no path: whoever records the failure knows which file it was.
"""


class MediaError(Exception):
    """A file that cannot be used; the message says why in one sentence."""


class UnreadableFile(MediaError):
    """The bytes cannot be read, or are not what their format promises."""


class UnavailableFile(UnreadableFile):
    """The system did not give the bytes out; that may be different next time."""


class UnsupportedFormat(MediaError):
    """The content is of no format that we decode."""


class LimitExceeded(MediaError):
    """The file is larger, in some sense, than the limits allow."""


def unreadable_because(error: OSError) -> UnavailableFile:
    """Return the operating system's complaint as a sentence for the file's owner."""
    if isinstance(error, FileNotFoundError):
        return UnavailableFile("The file is not there any more.")
    if isinstance(error, PermissionError):
        return UnavailableFile(
            "The server may not read the file; give its user read permission."
        )
    if isinstance(error, IsADirectoryError):
        return UnavailableFile("The path names a folder, not a file.")
    reason = error.strerror or "unknown input/output error"
    return UnavailableFile(f"The file cannot be read: {reason}.")

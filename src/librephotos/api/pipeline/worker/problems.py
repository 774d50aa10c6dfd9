"""What keeps a task from going on, in words for the user of its job: one table.

Paths are left out: users are not told where the server keeps things.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable
from typing import Final
from urllib.error import URLError

from librephotos.silent_disk import SILENT

_OF_THE_NETWORK = (URLError, socket.gaierror, socket.herror, ssl.SSLError)
_BROKEN_OFF = (ConnectionError, TimeoutError)

_UNREACHABLE = {
    errno.EADDRNOTAVAIL,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.ENETRESET,
    errno.ENETUNREACH,
    errno.ENOTCONN,
}

_USED_UP = {errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
"""No memory, process, thread or descriptor is left, of this process or the system."""


def _is_process(error: OSError) -> bool:
    return isinstance(error, BrokenPipeError | ChildProcessError)


def _is_shortage(error: OSError) -> bool:
    return error.errno in _USED_UP and not isinstance(error, _OF_THE_NETWORK)


def _is_network(error: OSError) -> bool:
    if isinstance(error, _OF_THE_NETWORK):
        return True
    # A network drive may break off as well: that is told of its file, or its folder.
    if error.filename is not None or error.strerror == SILENT:
        return False
    return isinstance(error, _BROKEN_OFF) or error.errno in _UNREACHABLE


_PROBLEMS: Final[tuple[tuple[Callable[[OSError], bool], str], ...]] = (
    (
        _is_process,
        "Another process of the server ended in the middle ({reason}): look into the"
        " server's log",
    ),
    (
        _is_shortage,
        "The server has run out of memory, processes or open files ({reason}): have it"
        " given more",
    ),
    (
        _is_network,
        "A connection over the network failed ({reason}): have that mended",
    ),
    (
        lambda error: True,
        "A file cannot be read or written ({reason}): have that mended",
    ),
)
"""What an error of the system is taken for, by the first row that fits it."""


def problem(error: OSError) -> str:
    """Return what is wrong and how it is mended; ", then …." makes it a sentence."""
    sentence = next(told for fits, told in _PROBLEMS if fits(error))
    return sentence.format(reason=_reason(error))


def _reason(error: OSError) -> str:
    if isinstance(error, URLError) and isinstance(error.reason, OSError):
        return _reason(error.reason)
    return error.strerror or type(error).__name__

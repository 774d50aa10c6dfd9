"""Why the web server cannot send an original, as far as the system tells."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from librephotos.api.storage.originals import PATIENCE_S
from librephotos.silent_disk import Place, answer, anybody, disk_of

_MOUNTS = "/proc/self/mountinfo"
_BY_MOUNT = re.compile(
    r"vfat|exfat|ntfs3?|fuseblk|cifs|smb3?|9p|drvfs|virtiofs|fuse\.(sshfs|rclone)"
)
"""File systems whose files get owner and mode from how they are mounted."""
_NETWORK = re.compile(r"nfs4?|cifs|smb3?|9p|ceph|glusterfs|fuse\.(sshfs|rclone)")


class Cause(StrEnum):
    """Why it cannot be read; UNKNOWN also where it can."""

    MISSING = "missing"
    MODE_BITS = "mode_bits"
    NOT_MODE_BITS = "not_mode_bits"
    UNKNOWN = "unknown"


class Remedy(StrEnum):
    """What may help."""

    CHMOD = "chmod"
    MOUNT_OPTIONS = "mount_options"
    MOUNT_DEEPER = "mount_deeper"
    READ_ONLY = "read_only"
    NETWORK_FS = "network_fs"
    LABELS = "labels"


@dataclass(frozen=True)
class Blocking:
    """The first step of a path that does not let the web server pass."""

    path: bytes
    is_directory: bool
    mode: int
    uid: int
    gid: int


@dataclass(frozen=True)
class Mount:
    """What a path lies on."""

    point: bytes
    type: str
    options: tuple[str, ...]

    @property
    def read_only(self) -> bool:
        """Whether nothing there can be changed."""
        return "ro" in self.options

    @property
    def permissions_from_mount(self) -> bool:
        """Whether owner and mode of all files are told by how it is mounted."""
        return bool(_BY_MOUNT.fullmatch(self.type))

    @property
    def network(self) -> bool:
        """Whether another machine decides."""
        return bool(_NETWORK.fullmatch(self.type))


@dataclass(frozen=True)
class Diagnosis:
    """What was found out about an original."""

    exists: bool
    readable: bool
    cause: Cause
    blocking: Blocking | None
    mount: Mount | None
    remedies: tuple[Remedy, ...]


def diagnose(path: bytes, *, place: Place = anybody) -> Diagnosis:
    """Return why an original cannot be read. Raises TimeoutError of a silent disk."""
    return answer(
        partial(_diagnosis, path),
        at=disk_of(path),
        patience_s=PATIENCE_S,
        place=place,
    )


def _diagnosis(path: bytes) -> Diagnosis:
    mount = _mount_of(path)
    blocked = _blocking(path)
    if blocked is None and not os.path.isfile(path):
        return Diagnosis(False, False, Cause.MISSING, None, mount, ())
    if blocked is None and _opens(path):
        return Diagnosis(True, True, Cause.UNKNOWN, None, mount, ())
    explained = blocked is not None and not _bits_allow(blocked)
    cause = Cause.MODE_BITS if explained else Cause.NOT_MODE_BITS
    remedies = tuple(_remedies(cause, blocked, mount))
    return Diagnosis(True, False, cause, blocked, mount, remedies)


def _blocking(path: bytes) -> Blocking | None:
    """Return the first step that refuses, None if none does or one is not there."""
    steps = path.strip(b"/").split(b"/")
    for count in range(len(steps) + 1):
        step = b"/" + b"/".join(steps[:count])
        is_last = count == len(steps)
        try:
            facts = os.stat(step)
        except OSError:
            return None
        wanted = os.R_OK if is_last else os.X_OK
        if not os.access(step, wanted, effective_ids=True):
            mode = stat.S_IMODE(facts.st_mode)
            return Blocking(step, not is_last, mode, facts.st_uid, facts.st_gid)
    return None


def _bits_allow(step: Blocking) -> bool:
    """Whether owner, group and mode would let the web server pass."""
    wanted = 1 if step.is_directory else 4
    if step.uid == os.geteuid():
        return bool(step.mode >> 6 & wanted)
    if step.gid in {os.getegid(), *os.getgroups()}:
        return bool(step.mode >> 3 & wanted)
    return bool(step.mode & wanted)


def _opens(path: bytes) -> bool:
    try:
        with open(path, "rb") as file:
            file.read(1)
    except OSError:
        return False
    return True


def _remedies(
    cause: Cause, blocking: Blocking | None, mount: Mount | None
) -> Iterator[Remedy]:
    above = blocking and mount and mount.point != b"/"
    if above and blocking and mount and not _within(blocking.path, mount.point):
        yield Remedy.MOUNT_DEEPER
    if cause is Cause.MODE_BITS:
        if mount and mount.permissions_from_mount:
            yield Remedy.MOUNT_OPTIONS
        elif mount and mount.read_only:
            yield Remedy.READ_ONLY
        else:
            yield Remedy.CHMOD
    elif mount and mount.network:
        yield Remedy.NETWORK_FS
    else:
        yield Remedy.LABELS


def _within(path: bytes, point: bytes) -> bool:
    return path == point or path.startswith(point.rstrip(b"/") + b"/")


def _mount_of(path: bytes) -> Mount | None:
    """Return what a path lies on, by proc_pid_mountinfo(5); None elsewhere."""
    try:
        with open(_MOUNTS, "rb") as lines:
            mounts = [_mount(line) for line in lines]
    except OSError:
        return None
    around = [mount for mount in mounts if _within(path, mount.point)]
    return max(around, key=lambda mount: len(mount.point), default=None)


def _mount(line: bytes) -> Mount:
    fields, _, rest = line.partition(b" - ")
    point, options = fields.split()[4:6]
    kind = rest.split()[0] if rest.split() else b""
    unescaped = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), point)
    return Mount(unescaped, kind.decode(), tuple(options.decode().split(",")))

"""What can go wrong with published models, in one line for an operator.

MlError
└── ModelStoreError
    ├── UnknownModel         no such name, and no repository `org/name` either
    ├── ModelNotInstalled    not there, or not yet whole; the message says how to get it
    ├── ModelBusy            another process is downloading or checking it
    ├── DownloadStopped      as asked for; a later download goes on from there
    ├── StoreFolderError     the folder cannot be written
    │   └── NotEnoughSpace   the disk is too full for the files
    └── DownloadFailed       what the other side is to blame for
        ├── HostUnreachable  no network, no answer, or broken off too often
        ├── NotServed        refused, not found, or nothing that our loaders can read
        │   └── RevisionGone the publisher has withdrawn the revision, and has another
        └── NotAsPublished   other bytes than checksum or size promise: deleted

No message holds a password or a signed address: hosts and file names only.
"""

from __future__ import annotations

from librephotos.ml.errors import MlError


class ModelStoreError(MlError):
    """A model that cannot be had; the message is one line and names the mend."""


class UnknownModel(ModelStoreError):
    """The name is neither in the manifest nor of the form `org/name`."""


class ModelNotInstalled(ModelStoreError):
    """The model's files are not all there."""


class ModelBusy(ModelStoreError):
    """Another process is downloading the model, or checks it."""


class DownloadStopped(ModelStoreError):
    """The download was asked to stop; what has come is kept."""


class StoreFolderError(ModelStoreError):
    """The folder of the models cannot be written."""


class NotEnoughSpace(StoreFolderError):
    """The files do not fit on the disk."""


class DownloadFailed(ModelStoreError):
    """The model could not be fetched."""


class HostUnreachable(DownloadFailed):
    """The server cannot be reached, or the connection breaks again and again."""


class NotServed(DownloadFailed):
    """The server has no such file, refuses it, or has none that we can load."""


class RevisionGone(NotServed):
    """The revision that we know is withdrawn; the message offers the newest."""


class NotAsPublished(DownloadFailed):
    """The bytes are not those that were published."""

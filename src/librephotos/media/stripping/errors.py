"""Why a file has no copy without metadata.

MediaError
└── NotStrippable       its metadata cannot be told from its picture, or came through
"""

from librephotos.media.errors import MediaError


class NotStrippable(MediaError):
    """No copy without metadata can be made, or what was made still holds some."""

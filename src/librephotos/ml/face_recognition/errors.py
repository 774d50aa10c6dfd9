"""What can go wrong with faces, apart from a bug in the caller."""


class FaceError(Exception):
    """Faces cannot be analysed; the message says why in one sentence."""


class FaceModelsMissing(FaceError):
    """The weights are not installed, or lack a file."""

"""What can go wrong with faces, apart from a bug in the caller."""

from librephotos.ml.errors import ModelUnusable


class FaceModelsMissing(ModelUnusable):
    """The weights are not installed, or lack a file; the message is one sentence."""

"""What can go wrong with search by meaning.

MlError
├── ModelUnusable
│   ├── MissingModelFile    the folder lacks a file, or it cannot be read
│   └── UnsupportedModel    whole, but of a kind that gives no vectors
└── VectorIndexError
    └── DamagedIndex        files of the index contradict one another; build it anew
"""

from librephotos.ml.errors import MlError, ModelUnusable


class MissingModelFile(ModelUnusable):
    """A file of the model is not there or damaged; the message names it."""


class UnsupportedModel(ModelUnusable):
    """The model is of a kind that cannot put pictures and texts into one space."""


class VectorIndexError(MlError):
    """An index of vectors cannot be used."""


class DamagedIndex(VectorIndexError):
    """The files contradict one another; vectors have to be added to a new index."""

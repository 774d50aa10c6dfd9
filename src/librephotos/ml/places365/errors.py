"""What can be wrong with the files of a scene model.

MlError
└── ModelUnusable
    └── ModelFileError  missing, damaged, or not the file that the model needs
"""

from pathlib import Path

from librephotos.ml.errors import ModelUnusable


class ModelFileError(ModelUnusable):
    """A file of the model cannot be used; the message names it and the mend."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path} {problem}; download the model again.")
        self.path = path

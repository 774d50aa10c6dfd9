"""What can be wrong with a captioner.

MlError
└── ModelUnusable
    ├── UnknownCaptioner    no captioner of this name
    └── CaptionerUnusable   files of the model are missing, damaged or of another kind
"""

from pathlib import Path

from librephotos.ml.errors import ModelUnusable


class UnknownCaptioner(ModelUnusable):
    """There is no captioner of this name; the message lists those that there are."""


class CaptionerUnusable(ModelUnusable):
    """The model's files cannot be used; the message names the folder and the mend."""

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(f"{folder} {problem}; download the model again.")
        self.folder = folder

"""What the scene tagger says of a picture."""

from dataclasses import dataclass
from enum import StrEnum


class Environment(StrEnum):
    """Whether a picture was taken under a roof."""

    INDOOR = "indoor"
    OUTDOOR = "outdoor"


class Variant(StrEnum):
    """Which of the two published networks; only the wide one knows attributes."""

    WIDE = "wideresnet18"
    ORDINARY = "resnet18"


@dataclass(frozen=True)
class Scene:
    """The scene of one picture, the most likely first.

    categories are (name, probability between 0 and 1), none where the network is
    unsure. attributes are (name, response), where a response has no unit and no bound
    and means something only beside the others; the ordinary network gives none.
    """

    environment: Environment
    categories: tuple[tuple[str, float], ...]
    attributes: tuple[tuple[str, float], ...]

"""dlib's models and the weights that face_recognition_models carries.

This module alone knows dlib, which has no types. Each model is loaded once a process,
on first use.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import dlib  # type: ignore[import-untyped]

from librephotos.ml.face_recognition.boxes import Box
from librephotos.ml.face_recognition.errors import FaceModelsMissing

PACKAGE: Final = "face_recognition_models"
CNN_FILE: Final = "mmod_human_face_detector.dat"
LANDMARKS_FILE: Final = "shape_predictor_5_face_landmarks.dat"
ENCODER_FILE: Final = "dlib_face_recognition_resnet_model_v1.dat"


def weights_folder() -> Path:
    """Return the folder of the weights; raise FaceModelsMissing if there is none.

    The package is found, not imported: importing it needs pkg_resources, which newer
    versions of setuptools have no more.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FaceModelsMissing(f"The Python package {PACKAGE} is not installed.")
    return Path(spec.submodule_search_locations[0]) / "models"


def _weights(name: str) -> str:
    path = weights_folder() / name
    if not path.is_file():
        raise FaceModelsMissing(f"The weights {name} are missing from {PACKAGE}.")
    return str(path)


@cache
def hog_detector() -> Any:
    """Return dlib's frontal face detector, which is built in."""
    return dlib.get_frontal_face_detector()


@cache
def cnn_detector() -> Any:
    """Return dlib's convolutional face detector (max-margin object detection)."""
    return dlib.cnn_face_detection_model_v1(_weights(CNN_FILE))


@cache
def landmark_predictor() -> Any:
    """Return the predictor of five points: corners of the eyes and the nose."""
    return dlib.shape_predictor(_weights(LANDMARKS_FILE))


@cache
def encoder() -> Any:
    """Return the residual network that turns an aligned face into 128 numbers."""
    return dlib.face_recognition_model_v1(_weights(ENCODER_FILE))


def face_chip(rgb: Any, shape: Any, *, size: int, padding: float) -> Any:
    """Return the face of a landmark predictor's answer, upright and cut out."""
    return dlib.get_face_chip(rgb, shape, size=size, padding=padding)


def rectangle(box: Box) -> Any:
    """Return the box as dlib's rectangle, whose right and bottom are inside."""
    left, top = round(box.left), round(box.top)
    right, bottom = round(box.right) - 1, round(box.bottom) - 1
    return dlib.rectangle(left, top, max(left, right), max(top, bottom))


def box_of(rectangle: Any) -> Box:
    """Return dlib's rectangle as a box."""
    return Box(
        float(rectangle.left()),
        float(rectangle.top()),
        float(rectangle.right() + 1),
        float(rectangle.bottom() + 1),
    )

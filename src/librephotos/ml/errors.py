"""The root of all errors of this package.

MlError
└── ModelUnusable    a model is missing, damaged or of an unknown kind
"""


class MlError(Exception):
    """Something went wrong while learning; the message is a sentence for users."""


class ModelUnusable(MlError):
    """A model cannot be worked with, whatever it is given; the message names it."""

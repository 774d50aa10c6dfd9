"""Arithmetic on rows of vectors."""

import numpy as np
import torch
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""n × d; rows of length one where the docstring says normalised."""


def normalised(features: torch.Tensor) -> Vectors:
    """Return features (n, d) as float32 rows of length one, in main memory."""
    rows = torch.nn.functional.normalize(features.float(), dim=-1).cpu().numpy()
    return np.ascontiguousarray(rows, np.float32)

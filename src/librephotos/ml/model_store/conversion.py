"""Weights as torch.save wrote them, turned into safetensors once and for all.

Some publishers have only `pytorch_model.bin`, a pickle. It is read with weights_only,
which runs no code, in a process of its own: whoever asks for models stays without torch
and gets the memory back. Loaders then find one format only.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from librephotos.ml.model_store.errors import NotServed

# A gigabyte takes seconds on an ordinary disk, and minutes on a slow card.
_TIMEOUT_S = 900
_ERROR = "Error: "


def convert(legacy: Path, target: Path) -> None:
    """Write the tensors of a legacy file as safetensors.

    Raises NotServed if it holds none, or anything that would run code.
    """
    program = "librephotos.ml.model_store.conversion_program"
    try:
        finished = subprocess.run(
            [sys.executable, "-P", "-m", program, str(legacy), str(target)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise NotServed(f"{legacy.name} takes too long to convert") from error
    if finished.returncode:
        # The last line of a traceback may be long advice; the first one says what.
        said = [line for line in finished.stderr.splitlines() if _ERROR in line]
        reason = said[-1].split(". ")[0] if said else f"code {finished.returncode}"
        raise NotServed(f"{legacy.name} cannot be made safetensors of ({reason})")

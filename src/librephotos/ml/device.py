"""Which processor computes, and at which precision."""

from typing import Final

import torch

from librephotos.ml.errors import MlError

AUTOMATIC: Final = "auto"
# Without one of these a processor emulates bfloat16, slower than float32.
_BFLOAT16_INSTRUCTIONS: Final = ("avx512_bf16", "amx_bf16")


class UnavailableDevice(MlError):
    """The named device is unknown or not in this machine; the message says which."""


def choose_device(name: str = AUTOMATIC) -> torch.device:
    """Return the device called `name`; "auto" is the fastest that is there.

    Names are PyTorch's: "cpu", "cuda", "cuda:1", "mps". Raises UnavailableDevice.
    """
    if name == AUTOMATIC:
        return _fastest()
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UnavailableDevice(f"PyTorch knows no device called {name!r}.") from error
    if not _is_present(device):
        raise UnavailableDevice(f"This machine has no device {name!r} for PyTorch.")
    return device


def choose_dtype(device: torch.device) -> torch.dtype:
    """Return the fastest precision that `device` computes natively.

    bfloat16 where the instructions exist, float16 on other graphics processors,
    float32 elsewhere. bfloat16 keeps float32's range, so no activation overflows.
    """
    if device.type == "cuda":
        native = torch.cuda.is_bf16_supported(including_emulation=False)
        return torch.bfloat16 if native else torch.float16
    if device.type == "mps":
        return torch.float16
    capabilities = torch.cpu.get_capabilities()
    if any(capabilities.get(name) for name in _BFLOAT16_INSTRUCTIONS):
        return torch.bfloat16
    return torch.float32


def _fastest() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def _is_present(device: torch.device) -> bool:
    if device.type == "cuda":
        return (device.index or 0) < torch.cuda.device_count()
    if device.type == "mps":
        return torch.backends.mps.is_available()
    return device.type == "cpu"

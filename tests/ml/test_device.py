"""Which processor computes, and how precisely."""

import pytest
import torch

from librephotos.ml.device import UnavailableDevice, choose_device, choose_dtype


def test_automatic_choice_is_usable() -> None:
    device = choose_device()

    total = torch.ones(3, device=device, dtype=choose_dtype(device)).sum()

    assert float(total) == 3


def test_a_named_device_is_taken() -> None:
    assert choose_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["abacus", "cuda:99", "meta"])
def test_a_device_that_is_not_there_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnavailableDevice, match=name):
        choose_device(name)


def test_half_precision_only_where_the_processor_has_it() -> None:
    capabilities = torch.cpu.get_capabilities()
    native = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")

    expected = torch.bfloat16 if native else torch.float32

    assert choose_dtype(torch.device("cpu")) is expected

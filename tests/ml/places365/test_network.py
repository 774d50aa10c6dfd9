"""The network is the published one: names, shapes and what it computes."""

import re
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from transformers import ResNetConfig, ResNetForImageClassification

from librephotos.ml.places365.network import ResNet18
from tests.ml.places365 import published


@pytest.mark.parametrize("wide", [True, False])
def test_the_parameters_have_the_published_names_and_shapes(wide: bool) -> None:
    state = ResNet18(365, wide=wide).state_dict()
    counters = {name for name in state if name.endswith("num_batches_tracked")}

    found = {name: tuple(state[name].shape) for name in state.keys() - counters}

    assert found == published.shapes()


@pytest.mark.parametrize(("wide", "side"), [(False, 128), (True, 64)])
@torch.inference_mode()
def test_the_scores_equal_those_of_the_reference(wide: bool, side: int) -> None:
    state = published.random_state()
    network = ResNet18(365, wide=wide).eval()
    network.load_state_dict(state)
    reference = reference_network(state, wide=wide)
    pictures = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(1))

    ours, theirs = network(pictures), reference(pictures).logits

    assert theirs.std() > 0.1
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


@torch.inference_mode()
def test_the_wide_network_ends_in_maps_of_14_by_14() -> None:
    network = ResNet18(365, wide=True).eval()
    seen: list[Tensor] = []
    network.get_submodule("layer4").register_forward_hook(
        lambda _module, _inputs, maps: seen.append(maps)
    )

    features = network.features(torch.zeros(1, 3, 224, 224))

    assert [tuple(maps.shape) for maps in seen] == [(1, 512, 14, 14)]
    assert tuple(features.shape) == (1, 512)


def reference_network(
    state: dict[str, Tensor], *, wide: bool
) -> ResNetForImageClassification:
    config = ResNetConfig(
        embedding_size=64,
        hidden_sizes=[64, 128, 256, 512],
        depths=[2, 2, 2, 2],
        layer_type="basic",
        num_labels=365,
    )
    reference = ResNetForImageClassification(config).eval()
    mapped = {reference_name(name): tensor for name, tensor in state.items()}
    missing, unexpected = reference.load_state_dict(mapped, strict=False)
    assert all(name.endswith("num_batches_tracked") for name in missing)
    assert not unexpected
    if wide:
        reference.resnet.embedder.pooler = nn.Identity()
    return reference


def reference_name(name: str) -> str:
    stem = "resnet.embedder.embedder"
    block = r"resnet.encoder.stages.{}.layers.\2"
    for stage in range(4):
        at = rf"^layer({stage + 1})\.(\d)\."
        name = re.sub(at, block.format(stage) + ".", name)
    name = re.sub(r"^conv1\.", f"{stem}.convolution.", name)
    name = re.sub(r"^bn1\.", f"{stem}.normalization.", name)
    name = re.sub(r"\.conv([12])\.", _inner("convolution"), name)
    name = re.sub(r"\.bn([12])\.", _inner("normalization"), name)
    name = name.replace(".downsample.0.", ".shortcut.convolution.")
    name = name.replace(".downsample.1.", ".shortcut.normalization.")
    return re.sub(r"^fc\.", "classifier.1.", name)


def _inner(part: str) -> Callable[[re.Match[str]], str]:
    return lambda found: f".layer.{int(found[1]) - 1}.{part}."

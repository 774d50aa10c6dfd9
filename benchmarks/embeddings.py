"""Pictures embedded in a second, from JPEG bytes, against a bare loop over tensors.

The models are of full size with random weights, which compute as long as trained ones.
The floor is the network alone over ready tensors, at the batch size and precision that
we choose; ours begins with the bytes of previews 500 pixels high. Both are run in turns
and the medians compared, since other processes disturb both. Tokenizers and text halves
are left small.

Run: python -m benchmarks.embeddings [--pictures N] [--turns N] [--device NAME]
"""

import argparse
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
import transformers
from PIL import Image
from skimage import data
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import (
    SiglipImageProcessorPil,
)

from librephotos.ml.device import choose_device, choose_dtype
from librephotos.ml.pictures import decode
from librephotos.ml.semantic_search.checkpoint import Half, load_tower
from librephotos.ml.semantic_search.image_encoder import ImageEncoder

SIZE = (667, 500)
QUALITY = 82


def siglip(folder: Path) -> None:
    """Save a model of SigLIP 2's base size, patches of 16 pixels."""
    text = {"num_hidden_layers": 1}
    config = transformers.SiglipConfig(text_config=text, vision_config={})
    transformers.SiglipModel(config).save_pretrained(folder)
    SiglipImageProcessorPil().save_pretrained(folder)


def clip(folder: Path) -> None:
    """Save a model of CLIP's ViT-B/32 size."""
    text = {"num_hidden_layers": 1}
    config = transformers.CLIPConfig(text_config=text, vision_config={})
    transformers.CLIPModel(config).save_pretrained(folder)
    CLIPImageProcessorPil().save_pretrained(folder)


MODELS: dict[str, Callable[[Path], None]] = {
    "SigLIP 2 B/16-224": siglip,
    "CLIP B/32": clip,
}


def previews(count: int) -> list[bytes]:
    """Return JPEGs of a photograph, no two alike."""
    photograph = Image.fromarray(data.astronaut())
    found = []
    for number in range(count):
        shift = number % 64
        target = io.BytesIO()
        part = photograph.crop((shift, 0, 448 + shift, 336)).resize(SIZE)
        part.save(target, "JPEG", quality=QUALITY)
        found.append(target.getvalue())
    return found


def measure(name: str, folder: Path, options: argparse.Namespace) -> None:
    """Print one row of the table."""
    device = choose_device(options.device)
    dtype = choose_dtype(device)
    encoder = ImageEncoder.load(folder, device=device, dtype=dtype)
    size = encoder.batch_size
    count = max(size, options.pictures // size * size)
    jpegs = previews(count)
    ready = torch.randn(size, 3, 224, 224).to(device, dtype)
    tower = load_tower(folder, Half.IMAGE, device=device, dtype=dtype)

    def bare() -> None:
        with torch.inference_mode():
            for _ in range(count // size):
                tower.forward(pixel_values=ready).float().cpu()

    def ours() -> None:
        side = encoder.shortest_side
        encoder.embed(decode(jpeg, at_least=side) for jpeg in jpegs)

    times: dict[str, list[float]] = {"bare": [], "ours": []}
    spent: dict[str, list[float]] = {"bare": [], "ours": []}
    for _ in range(options.turns):
        for label, run in (("bare", bare), ("ours", ours)):
            start, cpu = time.perf_counter(), time.process_time()
            run()
            times[label].append(time.perf_counter() - start)
            spent[label].append(time.process_time() - cpu)
    cpu_ms = (statistics.median(spent[label]) / count * 1000 for label in spent)
    floor, own = (count / statistics.median(times[label]) for label in times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kind = str(dtype).removeprefix("torch.")
    print(
        f"| {name} | {device} {kind} | {size} | {floor:.1f} | {own:.1f} "
        f"| {own / floor:.2f} | {' / '.join(f'{ms:.0f}' for ms in cpu_ms)} "
        f"| {peak:.0f} |",
        flush=True,
    )


def main() -> None:
    """Print a table: model, device, batch, pictures a second, ratio, memory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=128)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    options = parser.parse_args()
    print(
        "| model | computes on | batch | bare, 1/s | ours, 1/s | ratio "
        "| processor ms each, bare / ours | peak MiB |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in options.models:
        with tempfile.TemporaryDirectory() as folder:
            MODELS[name](Path(folder))
            measure(name, Path(folder), options)


if __name__ == "__main__":
    main()

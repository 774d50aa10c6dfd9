"""Pictures embedded in a second, from JPEG bytes, against bare loops.

The models are of full size with random weights, which compute as long as trained ones.
The floor is the network alone over ready tensors, all threads sharing each batch, at
the precision that we choose and the batch size that suits it best. A second loop
decodes previews 500 pixels high with Pillow and prepares them with the model's own
processor, one batch after the other; ours begins with the same bytes. All are run in
turns and the medians compared, since other processes disturb them. Tokenizers and text
halves are left small.

Run: python -m benchmarks.embeddings [--pictures N] [--turns N] [--device NAME]
"""

import argparse
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
import transformers
from PIL import Image
from skimage import data
from transformers import AutoImageProcessor
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import (
    SiglipImageProcessorPil,
)

from librephotos.ml.device import choose_device, choose_dtype
from librephotos.ml.semantic_search.checkpoint import Half, load_tower
from librephotos.ml.semantic_search.image_encoder import ImageEncoder

SIZE = (667, 500)
QUALITY = 82
HANDED_OUT = 64
"""Pictures that a worker takes at once."""
SIZES = (4, 8, 16, 32, 64)
"""Batches that the floor may choose from."""


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


def speed(forward: Callable[[int], None], size: int) -> float:
    """Return the pictures a second of the best of some batches."""
    times = []
    for _ in range(-(-HANDED_OUT * 2 // size)):
        start = time.perf_counter()
        forward(size)
        times.append(time.perf_counter() - start)
    return size / min(times)


def measure(name: str, folder: Path, options: argparse.Namespace) -> None:
    """Print one row of the table."""
    device = choose_device(options.device)
    dtype = choose_dtype(device)
    encoder = ImageEncoder.load(folder, device=device, dtype=dtype)
    tower = load_tower(folder, Half.IMAGE, device=device, dtype=dtype)

    def forward(size: int) -> None:
        ready = torch.zeros(size, 3, 224, 224).to(device, dtype)
        with torch.inference_mode():
            tower.forward(pixel_values=ready).float().cpu()

    size = max(SIZES, key=partial(speed, forward))
    count = -(-options.pictures // HANDED_OUT) * HANDED_OUT
    jpegs = previews(count)

    def bare() -> None:
        for start in range(0, count, size):
            forward(min(size, count - start))

    processor = AutoImageProcessor.from_pretrained(folder, backend="pil")

    def loop() -> None:
        for start in range(0, count, size):
            opened = [Image.open(io.BytesIO(at)) for at in jpegs[start : start + size]]
            found = processor(opened, return_tensors="pt")["pixel_values"]
            with torch.inference_mode():
                tower.forward(pixel_values=found.to(device, dtype)).float().cpu()

    def ours() -> None:
        for start in range(0, count, HANDED_OUT):
            encoder.embed(jpegs[start : start + HANDED_OUT])

    runs = (bare, loop, ours)
    times: dict[Callable[[], None], list[float]] = {run: [] for run in runs}
    spent: dict[Callable[[], None], list[float]] = {run: [] for run in runs}
    for _ in range(options.turns):
        for run in runs:
            start, cpu = time.perf_counter(), time.process_time()
            run()
            times[run].append(time.perf_counter() - start)
            spent[run].append(time.process_time() - cpu)
    cpu_ms = [statistics.median(spent[run]) / count * 1000 for run in runs]
    floor, plain, own = (count / statistics.median(times[run]) for run in runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kind = str(dtype).removeprefix("torch.")
    print(
        f"| {name} | {device} {kind} | {size} / {encoder.batch_size} "
        f"| {floor:.1f} | {plain:.1f} | {own:.1f} "
        f"| {own / floor:.2f} | {own / plain:.2f} "
        f"| {' / '.join(f'{ms:.0f}' for ms in cpu_ms)} "
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
        "| model | computes on | batch, bare / ours | bare, 1/s "
        "| with decoding, 1/s | ours, 1/s | ours / bare | ours / with decoding "
        "| processor ms each, bare / with decoding / ours | peak MiB |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in options.models:
        with tempfile.TemporaryDirectory() as folder:
            MODELS[name](Path(folder))
            measure(name, Path(folder), options)


if __name__ == "__main__":
    main()

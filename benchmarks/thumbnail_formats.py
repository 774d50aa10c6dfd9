"""Time and bytes of a preview in JPEG, WebP and AVIF at equal visual quality.

Each encoder's quality is searched until the structural similarity (SSIM, of the
brightness) to the unencoded preview reaches what JPEG at Q 82 reaches on the same
picture. Encoding time is CPU time of one thread. The pictures are scikit-image's
`astronaut` (a photograph, 512 × 512, so its 500-pixel preview is nearly native) and
generated ones with grain and texture at 1440 × 1080.

Run: python -m benchmarks.thumbnail_formats
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

os.environ["VIPS_CONCURRENCY"] = "1"

import numpy as np  # noqa: E402  libvips reads its number of threads when loaded
import pyvips  # noqa: E402
from skimage import data  # noqa: E402
from skimage.metrics import structural_similarity  # noqa: E402

REFERENCE_QUALITY = 82
REPEATS = 5

Encode = Callable[[pyvips.Image, int], bytes]


@dataclass(frozen=True)
class Candidate:
    """A way to encode a preview."""

    name: str
    encode: Encode


CANDIDATES = (
    Candidate("JPEG", lambda image, q: image.jpegsave_buffer(Q=q, keep="none")),
    Candidate(
        "JPEG, optimised tables",
        lambda image, q: image.jpegsave_buffer(Q=q, optimize_coding=True, keep="none"),
    ),
    Candidate(
        "JPEG, progressive",
        lambda image, q: image.jpegsave_buffer(Q=q, interlace=True, keep="none"),
    ),
    Candidate(
        "WebP, effort 0", lambda i, q: i.webpsave_buffer(Q=q, effort=0, keep="none")
    ),
    Candidate(
        "WebP, effort 2", lambda i, q: i.webpsave_buffer(Q=q, effort=2, keep="none")
    ),
    Candidate(
        "WebP, effort 4", lambda i, q: i.webpsave_buffer(Q=q, effort=4, keep="none")
    ),
    Candidate("AVIF, effort 0", lambda i, q: _avif(i, q, effort=0)),
    Candidate("AVIF, effort 4", lambda i, q: _avif(i, q, effort=4)),
)


def _avif(image: pyvips.Image, quality: int, *, effort: int) -> bytes:
    return image.heifsave_buffer(
        Q=quality, compression="av1", effort=effort, keep="none"
    )


def pictures() -> Iterator[tuple[str, pyvips.Image]]:
    """Yield names and 8-bit sRGB previews of different character."""
    astronaut = pyvips.Image.new_from_array(data.astronaut())
    astronaut = astronaut.copy(interpretation="srgb")
    yield "photograph, 500 px", astronaut.thumbnail_image(2000, height=500)
    large = astronaut.resize(1440 / 512, vscale=1080 / 512)
    for name, grain in (("grain 2, 1080 px", 2.0), ("grain 6, 1080 px", 6.0)):
        noise = pyvips.Image.gaussnoise(1440, 1080, sigma=grain, mean=0, seed=7)
        yield name, (large + noise).cast("uchar").copy(interpretation="srgb")
    texture = pyvips.Image.perlin(1440, 1080, cell_size=24, seed=7) * 90 + 128
    colours = texture.bandjoin([texture.rot180(), texture.fliphor()])
    yield "texture, 1080 px", colours.cast("uchar").copy(interpretation="srgb")


def similarity(encoded: bytes, reference: pyvips.Image) -> float:
    """Return the SSIM of the brightness, 1 for equal pictures."""
    image = pyvips.Image.new_from_buffer(encoded, "")
    a, b = (_brightness(picture) for picture in (image, reference))
    return float(structural_similarity(a, b, data_range=255))


def _brightness(image: pyvips.Image) -> np.ndarray:
    grey = image.colourspace("b-w").numpy()
    return grey.reshape(image.height, image.width)


def matching_quality(encode: Encode, image: pyvips.Image, target: float) -> int:
    """Return the lowest quality whose similarity reaches `target`."""
    low, high = 1, 99
    while low < high:
        middle = (low + high) // 2
        if similarity(encode(image, middle), image) >= target:
            high = middle
        else:
            low = middle + 1
    return low


def cpu_ms(encode: Encode, image: pyvips.Image, quality: int) -> float:
    """Return the median CPU time of one encoding in milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        encode(image, quality)
        times.append((time.process_time() - start) * 1000)
    return sorted(times)[REPEATS // 2]


def main() -> None:
    """Print a table: per picture and encoder the quality, time, bytes and ratios."""
    print("| picture | encoder | Q | SSIM | CPU ms | KiB | time × | bytes × |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, picture in pictures():
        image = picture.copy_memory()
        jpeg = CANDIDATES[0].encode(image, REFERENCE_QUALITY)
        target = similarity(jpeg, image)
        base_ms = cpu_ms(CANDIDATES[0].encode, image, REFERENCE_QUALITY)
        for candidate in CANDIDATES:
            quality = matching_quality(candidate.encode, image, target)
            encoded = candidate.encode(image, quality)
            spent = cpu_ms(candidate.encode, image, quality)
            print(
                f"| {name} | {candidate.name} | {quality} "
                f"| {similarity(encoded, image):.4f} | {spent:.1f} "
                f"| {len(encoded) / 1024:.0f} | {spent / base_ms:.1f} "
                f"| {len(encoded) / len(jpeg):.2f} |"
            )


if __name__ == "__main__":
    main()

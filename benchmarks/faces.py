"""Faces found, grouped and mixed up; the speed of finding, encoding and clustering.

FOLDER holds `person/*.jpg`; the largest face of a picture is its person's. A folder
named `groups` holds pictures of several unnamed people. Pictures are taken as the
large preview has them, at most 1080 pixels high. With --degraded each face is looked
at in worse pictures too. With --synthetic N, N made-up encodings are clustered: the
floor is the distance products alone.

Run: python -m benchmarks.faces [FOLDER] [--detector hog|cnn] [--degraded]
         [--synthetic N]
"""

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from benchmarks._faces_degraded import degraded
from benchmarks._faces_labelled import agreement, analysed
from benchmarks._faces_synthetic import clustered_crowd
from librephotos.ml.face_recognition.alignment import CHIP_SIDE
from librephotos.ml.face_recognition.detection import (
    CnnDetector,
    Detector,
    HogDetector,
)
from librephotos.ml.face_recognition.encoding import encode
from librephotos.ml.face_recognition.quality import LEAST_QUALITY

DETECTORS: dict[str, Detector] = {"hog": HogDetector(), "cnn": CnnDetector()}
PREVIEW = 1440, 1080
ENCODED = 32


def report_folder(folder: Path, detector: Detector) -> None:
    """Print recall, false detections and how clusters agree with the labels."""
    found = analysed(folder, detector)
    result = agreement(found)
    wanted = sum(found.pictures.values())
    seen = sum(person != "" for person in found.persons)
    poor = sum(
        person != "" and face.quality < LEAST_QUALITY
        for person, face in zip(found.persons, found.faces, strict=True)
    )
    labelled = set(np.array(found.photos)[np.array(found.persons, dtype=object) != ""])
    extra = sum(
        person == "" and photo in labelled
        for person, photo in zip(found.persons, found.photos, strict=True)
    )
    wrong = result.together - result.right
    print(f"pictures of labelled people        {wanted:>8}")
    print(
        f"  with a face found                {seen:>8}  ({seen / max(1, wanted):.3f})"
    )
    print(f"  whose face is of poor quality    {poor:>8}")
    print(f"  further detections in them       {extra:>8}")
    print(f"faces in other pictures            {len(found.faces) - seen - extra:>8}")
    print(f"pairwise precision                 {result.precision:>8.4f}")
    print(f"pairwise recall                    {result.recall:>8.4f}")
    print(f"pairwise F1                        {result.f1:>8.4f}")
    print(f"false merges, of pairs together    {wrong:>8}  of {result.together}")
    print(f"clusters that mix labelled people  {result.mixed:>8}")
    print(
        f"all of it, seconds a megapixel     {found.seconds / found.megapixels:>8.3f}"
    )


def report_degraded(folder: Path, detector: Detector) -> None:
    """Print what becomes of the faces when each is in thirteen worse pictures too."""
    worse = degraded(folder, detector)
    labels = worse.labelled.clusters
    result = agreement(worse.labelled)
    count = len(worse.labelled.faces)
    print(f"\nfaces made worse, and as they were {worse.wanted:>8}")
    print(f"  found again                      {count:>8}")
    print(f"  in no group                      {(labels < 0).sum():>8}")
    print(f"pairwise recall of those found     {result.recall:>8.4f}")
    print(f"groups that mix people             {result.mixed:>8}")


def report_speed(detector: Detector) -> None:
    """Print the processor time that one preview and one face take."""
    preview = np.asarray(Image.fromarray(data.astronaut()).resize(PREVIEW))
    detector.detect(preview)
    start = time.process_time()
    detector.detect(preview)
    detecting = time.process_time() - start
    chance = np.random.default_rng(0)
    chips = chance.integers(0, 255, (ENCODED, CHIP_SIDE, CHIP_SIDE, 3), dtype=np.uint8)
    encode(list(chips[:1]))
    start = time.process_time()
    encode(list(chips))
    encoding = (time.process_time() - start) / ENCODED
    print(f"detection, 1440 × 1080, ms of CPU  {detecting * 1000:>8.0f}")
    print(f"encoding, ms of CPU a face         {encoding * 1000:>8.0f}")


def report_crowd(count: int) -> None:
    """Print time, memory and errors of clustering made-up faces."""
    outcome = clustered_crowd(count)
    ratio = outcome.cpu_s / outcome.floor_cpu_s
    print(f"\n{'':<28}{'ours':>10}{'floor':>10}{'ratio':>8}")
    label = f"cluster {outcome.faces:,} faces, CPU s"
    print(f"{label:<28}{outcome.cpu_s:>10.1f}{outcome.floor_cpu_s:>10.1f}{ratio:>8.2f}")
    print(f"{'the same, wall clock s':<28}{outcome.wall_s:>10.1f}")
    for fresh, cpu_s in outcome.fresh_cpu_s.items():
        print(f"{f'{fresh:,} fresh ones, CPU s':<28}{cpu_s:>10.1f}")
    print(f"{'peak memory above data, MiB':<28}{outcome.peak_mib:>10.0f}")
    print(f"{'pairwise precision':<28}{outcome.precision:>10.5f}")
    print(f"{'pairwise recall':<28}{outcome.recall:>10.4f}")
    print(f"{'faces among another’s':<28}{outcome.foreign_faces:>10}")
    print(f"{'people merged':<28}{outcome.clusters_with_two_of_another:>10}")
    print(f"{'second run changes nothing':<28}{outcome.fixed_point!s:>10}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--detector", choices=sorted(DETECTORS), default="hog")
    parser.add_argument("--degraded", action="store_true")
    parser.add_argument("--synthetic", type=int, default=0, metavar="N")
    options = parser.parse_args()
    detector = DETECTORS[options.detector]
    if options.folder:
        report_folder(options.folder, detector)
        if options.degraded:
            report_degraded(options.folder, detector)
        report_speed(detector)
    if options.synthetic:
        report_crowd(options.synthetic)


if __name__ == "__main__":
    main()

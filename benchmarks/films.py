"""A film made playable beside PyAV alone with the same settings: seconds, processor.

The film is made here: moving noise in HEVC, as phones record it, with sound. The floor
decodes it, scales each frame and encodes it, and nothing else.

Run: script/bench films [--seconds 10] [--width 1920] [--height 1080] [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from rich.console import Console
from rich.table import Table

from librephotos.media.decoding.transcoding import FilmOrder, make_playable
from librephotos.media.limits import Limits

console = Console()
_RATE = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="librephotos-bench-") as name:
        folder = Path(name)
        film = recorded(folder / "film.mp4", asked.seconds, asked.width, asked.height)
        ways: dict[str, Callable[[], object]] = {
            "PyAV alone": lambda: alone(film, folder / "alone.mp4", asked.threads),
            "ours": lambda: ours(film, folder, asked.threads),
        }
        found: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for _ in range(asked.rounds):
            for way, make in ways.items():
                began, cpu = time.perf_counter(), time.process_time()
                make()
                found[way].append(
                    (time.perf_counter() - began, time.process_time() - cpu)
                )
    table = Table("", "seconds (median)", "CPU seconds (median)")
    medians = {}
    for way, took in found.items():
        wall, cpu = (statistics.median(each) for each in zip(*took, strict=True))
        medians[way] = cpu
        table.add_row(way, f"{wall:.1f}", f"{cpu:.1f}")
    console.print(table)
    console.print(f"ours: {medians['PyAV alone'] / medians['ours']:.2f} of the floor")


def recorded(path: Path, seconds: int, width: int, height: int) -> Path:
    noise = np.random.default_rng(0).integers(0, 256, (height, width * 2, 3), np.uint8)
    with av.open(str(path), "w", format="mp4") as output:
        pictures = output.add_stream("libx265", rate=_RATE)
        pictures.width, pictures.height = width, height
        pictures.pix_fmt = "yuv420p"
        pictures.options = {
            "preset": "ultrafast",
            "crf": "30",
            "x265-params": "log-level=none",
        }
        sound = output.add_stream("aac", rate=48_000)
        blurred = noise[:: height // 20, :: width // 20].repeat(height // 20, 0)
        blurred = blurred.repeat(width // 20, 1)
        for number in range(seconds * _RATE):
            at = number * 4 % width
            shown = np.ascontiguousarray(blurred[:height, at : at + width])
            output.mux(pictures.encode(VideoFrame.from_ndarray(shown, "rgb24")))
        for number in range(seconds * 48_000 // 1024):
            heard = AudioFrame.from_ndarray(
                np.zeros((2, 1024), np.float32), format="fltp", layout="stereo"
            )
            heard.sample_rate, heard.pts = 48_000, number * 1024
            output.mux(sound.encode(heard))
        output.mux(sound.encode(None))
        output.mux(pictures.encode(None))
    return path


def ours(film: Path, folder: Path, threads: int) -> None:
    stat = film.stat()
    make_playable(
        FilmOrder(
            path=os.fsencode(film),
            format="MP4",
            live=folder / "ours.live",
            target=folder / "ours.mp4",
            size=stat.st_size,
            mtime_ns=stat.st_mtime_ns,
            limits=Limits(),
            max_bytes=10**10,
            threads=threads,
        )
    )


def alone(film: Path, target: Path, threads: int) -> None:
    with av.open(str(film)) as source, av.open(str(target), "w") as output:
        track, sound = source.streams.video[0], source.streams.audio[0]
        track.codec_context.thread_count = threads
        options = {
            "preset": "veryfast",
            "crf": "23",
            "maxrate": "2800k",
            "bufsize": "5600k",
            "threads": str(threads),
        }
        pictures = output.add_stream("libx264", rate=_RATE, options=options)
        height = min(720, track.height)
        width = round(track.width * height / track.height / 2) * 2
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        pictures.codec_context.time_base = Fraction(1, 90_000)
        voice = output.add_stream("aac", rate=48_000)
        for packet in source.demux(track, sound):
            for frame in packet.decode():
                if isinstance(frame, VideoFrame):
                    scaled = frame.reformat(
                        width=width,
                        height=height,
                        format="yuv420p",
                        interpolation="BILINEAR",
                    )
                    output.mux(pictures.encode(scaled))
                else:
                    output.mux(voice.encode(frame))
        output.mux(pictures.encode(None))
        output.mux(voice.encode(None))


if __name__ == "__main__":
    main()

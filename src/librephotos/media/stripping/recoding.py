"""A program of its own that writes a JPEG anew: from standard input to output.

mozjpeg ends its process at coefficients that it cannot write, without an exception.
"""

import sys

import mozjpeg_lossless_optimization as jpegtran


def main() -> None:
    """Write the same coefficients and the same markers, and nothing else."""
    data = sys.stdin.buffer.read()
    written = jpegtran.optimize(data, copy=jpegtran.COPY_MARKERS.ALL)
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main()

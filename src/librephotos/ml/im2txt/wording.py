"""What a model wrote, as a caption."""

import re

LONGEST = 300
"""Characters. A model that finds no end repeats itself, and nobody reads on."""

SENTENCE_END = re.compile(r"[.!?](?=\s|$)")


def tidy(text: str, *, finished: bool = True) -> str:
    """Return `text` as one line that starts with a capital and has no full stop.

    Unless the model `finished`, what follows its last whole sentence is left out.
    """
    line = " ".join(text.split())
    if not finished or len(line) > LONGEST:
        line = _whole_sentences(line[:LONGEST])
    line = line.strip(" \"'").removesuffix(".").rstrip()
    return line[:1].upper() + line[1:]


def _whole_sentences(line: str) -> str:
    ends = [found.end() for found in SENTENCE_END.finditer(line)]
    if ends:
        return line[: ends[-1]]
    # The last word may be cut through.
    return line.rpartition(" ")[0] or line

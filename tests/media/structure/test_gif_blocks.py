"""The one walk through the blocks of a GIF."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from librephotos.media.structure.gif_blocks import (
    EXTENSION,
    PICTURE,
    TRAILER,
    blocks,
    joined,
)
from tests.support.pictures.images import encoded, quadrants
from tests.support.pictures.marked import marked_gif


def test_each_block_begins_where_the_one_before_ends():
    for data in (encoded(quadrants(8, 6), "GIF"), marked_gif()):
        found = list(blocks(data))
        assert [block.start for block in found[1:]] == [b.end for b in found[:-1]]
        assert found[-1].kind == TRAILER
        assert PICTURE in {block.kind for block in found}


def test_a_cut_gif_ends_in_no_block():
    data = marked_gif()
    for length in range(13, len(data)):
        *others, last = blocks(data[:length])
        assert last.kind in (-1, TRAILER)
        assert all(block.kind in (EXTENSION, PICTURE) for block in others)


@given(st.binary(max_size=200))
def test_any_bytes_come_to_an_end(data):
    assert list(blocks(b"GIF89a" + data))[-1].kind not in (EXTENSION, PICTURE)
    assert len(joined(data)) <= len(data)

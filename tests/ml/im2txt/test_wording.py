"""What models write becomes one tidy line."""

import pytest

from librephotos.ml.im2txt.wording import LONGEST, tidy


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("a red square", "A red square"),
        (" A cat sits\non  a couch. ", "A cat sits on a couch"),
        ("Is it raining?", "Is it raining?"),
        ('"two dogs."', "Two dogs"),
        ("one. two.", "One. two"),
        ("été à la plage", "Été à la plage"),
        ("3 boats", "3 boats"),
        ("BBC van", "BBC van"),
        ("", ""),
        (" . ", ""),
    ],
)
def test_a_caption_is_one_line_with_a_capital(text: str, caption: str) -> None:
    assert tidy(text) == caption


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("A dog runs. It is bro", "A dog runs"),
        ("A dog runs after a bal", "A dog runs after a"),
        ("A price of 3.50 is pai", "A price of 3.50 is"),
        ("Rindfleischetikett", "Rindfleischetikett"),
    ],
)
def test_an_unfinished_end_is_left_out(text: str, caption: str) -> None:
    assert tidy(text, finished=False) == caption


def test_a_model_that_repeats_itself_is_stopped() -> None:
    assert tidy("It is a dog. " * 100) == ("It is a dog. " * 23).rstrip(". ")
    assert len(tidy("word " * 1000)) <= LONGEST

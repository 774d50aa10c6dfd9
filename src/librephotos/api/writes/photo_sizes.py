"""How large photos are, before they have previews that tell: as SQL, for `rows.update`.

What previews have told stands: they show these pixels until there are others.
"""

_TURN = "CASE WHEN old.video THEN 1 ELSE old.user_orientation END"
_ACROSS = f"({_TURN}) > 4"
_TOLD = "old.preview_format <> '' OR new.width IS NULL OR new.height IS NULL"


def _unless_told(column: str, sql: str) -> str:
    return f"CASE WHEN {_TOLD} THEN old.{column} ELSE {sql} END"


STORED = {
    "width": _unless_told(
        "width", f"CASE WHEN {_ACROSS} THEN new.height ELSE new.width END"
    ),
    "height": _unless_told(
        "height", f"CASE WHEN {_ACROSS} THEN new.width ELSE new.height END"
    ),
    "placeholder": _unless_told(
        "placeholder", f"CASE WHEN ({_TURN}) = 1 THEN new.placeholder ELSE '' END"
    ),
    "shown_orientation": _unless_told("shown_orientation", _TURN),
}
"""What is made of the upright size of a file, and of what its own thumbnail looks like,
by column: a person's turn comes on top."""

# As of previews: never 0, by which clients that lay out a grid would divide.
RATIO = "greatest(0.0001, round({width}::numeric / {height}, 4))"

SHOWN = {
    "aspect_ratio": (
        "CASE WHEN old.preview_format = '' AND old.width > 0 AND old.height > 0"
        f" THEN {RATIO.format(width='old.width', height='old.height')}"
        " ELSE old.aspect_ratio END"
    )
}
"""What makes a photo visible whose size is known."""

"""Find the days whose place an update may decide in time that grows with its rows.

The join of the rows before and after was planned for the first update of a session, of
one photo mostly, and kept: it then compared each of 50,000 photos with each.
"""

import importlib

from django.db import migrations

days = importlib.import_module("librephotos.api.migrations.0002_photo_days")

MOVED = """
SELECT owner_id, day FROM (
    SELECT id, owner_id, day, place_id, 1 AS change FROM gained
    WHERE visible AND place_id IS NOT NULL
    UNION ALL
    SELECT id, owner_id, day, place_id, -1 FROM lost
    WHERE visible AND place_id IS NOT NULL
) AS version
GROUP BY id, owner_id, day, place_id HAVING sum(change) <> 0
"""


def function(moved: str) -> str:
    """Return the statement that replaces what the trigger runs."""
    return (
        days.FUNCTION.partition("CREATE TRIGGER")[0]
        .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
        .format(
            operation="update",
            changes=f"{days.GAINED} UNION ALL {days.LOST}",
            placed=moved,
        )
    )


class Migration(migrations.Migration):
    dependencies = [("api", "0005_shown_faces_and_things")]
    operations = [migrations.RunSQL(function(MOVED), function(days.MOVED))]

"""Have the next scan read stills and films again that were joined by name alone.

Those that do not belong together become two photos then.
"""

from django.db import migrations

AGAIN = """
UPDATE api_file SET stat_key = NULL
WHERE missing_since IS NULL AND state = 'ready' AND photo_id IN (
    SELECT film.photo_id FROM api_file AS film
    JOIN api_file AS still ON still.photo_id = film.photo_id
    WHERE film.kind = 'video' AND film.content_identifier = ''
        AND still.kind IN ('image', 'raw')
)
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0011_file_clock")]

    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]

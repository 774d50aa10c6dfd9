"""Have the next scan show photos that were never shown, since they have no preview.

Their size is in the header of their file, which tells it when it is read again.
"""

from django.db import migrations

AGAIN = """
UPDATE api_photostage AS photo_stage SET state = 'pending', job_id = NULL
FROM api_photo AS photo
WHERE photo.id = photo_stage.photo_id AND photo.aspect_ratio IS NULL
    AND NOT photo.removed AND stage IN ('metadata', 'dates') AND state = 'done'
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0027_shared_sync")]

    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]

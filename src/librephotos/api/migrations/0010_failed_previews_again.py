"""Have the next scan make the previews that failed: more can be shown by now.

Photos whose previews exist keep them.
"""

from django.db import migrations

AGAIN = """
UPDATE api_photostage SET state = 'pending', error = '', job_id = NULL
WHERE stage = 'thumbnails' AND state = 'failed'
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0009_photo_damage")]

    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]

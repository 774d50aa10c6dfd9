"""Have the next scan try previews again that failed, and those of TIFFs.

More of what is damaged or odd can be shown by now.
"""

from django.db import migrations

AGAIN = """
UPDATE api_photostage AS photo_stage
SET state = 'pending', error = '', job_id = NULL
FROM api_photo AS photo JOIN api_file AS main ON main.id = photo.main_file_id
WHERE photo_stage.photo_id = photo.id AND photo_stage.stage = 'thumbnails'
    AND (photo_stage.state = 'failed'
        OR photo_stage.state = 'done' AND main.format = 'TIFF')
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0013_model_revisions")]

    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]

"""Have the next scan try previews again that failed, and those of TIFFs and cut GIFs.

Films with bad packets can be shown by now, and TIFFs that begin with a small version.
"""

from django.db import migrations

AGAIN = """
UPDATE api_photostage AS photo_stage
SET state = 'pending', error = '', job_id = NULL
FROM api_photo AS photo JOIN api_file AS main ON main.id = photo.main_file_id
WHERE photo_stage.photo_id = photo.id AND photo_stage.stage = 'thumbnails'
    AND (photo_stage.state = 'failed'
        OR photo_stage.state = 'done' AND (main.format = 'TIFF'
            OR main.format = 'GIF' AND photo.damage <> ''))
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0015_ended_sign_ins")]

    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]

"""Archives to download, the checksum that a file has in one, and how films play.

The next scan reads what films say of themselves again.
"""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FILMS_AGAIN = """
UPDATE api_photostage AS stage SET state = 'pending', job_id = NULL
FROM api_photo AS photo
WHERE photo.id = stage.photo_id AND photo.video AND NOT photo.removed
    AND stage.stage = 'metadata' AND stage.state = 'done'
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0021_uploads")]

    operations = [
        migrations.AddField(
            model_name="file",
            name="crc32",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="photometadata",
            name="video_playback_type",
            field=models.CharField(db_default="", default="", max_length=200),
        ),
        migrations.CreateModel(
            name="Download",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "photos",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), size=None
                    ),
                ),
                ("title", models.CharField(default="", max_length=200)),
                ("all_files", models.BooleanField(default=False)),
                (
                    "size",
                    models.CharField(
                        choices=[("original", "Original"), ("large", "Large")],
                        default="original",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "job",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="download",
                        to="api.job",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["created_at"], name="download_created")
                ],
            },
        ),
        # Last: no table can be changed that has rows to be checked at the end.
        migrations.RunSQL(FILMS_AGAIN, migrations.RunSQL.noop),
    ]

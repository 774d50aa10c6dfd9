"""What of a photo could not be shown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0008_preview_digest")]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="damage",
            field=models.TextField(default="", db_default=""),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                condition=models.Q(
                    ("removed", False), models.Q(("damage", ""), _negated=True)
                ),
                fields=["owner"],
                name="photo_damaged",
            ),
        ),
    ]

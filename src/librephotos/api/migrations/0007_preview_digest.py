from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0006_bulk_edits_of_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="preview_digest",
            field=models.UUIDField(null=True),
        ),
    ]

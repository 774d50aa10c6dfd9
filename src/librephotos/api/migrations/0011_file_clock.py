"""The camera's clock, by which a still and a film of one name are told apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0010_failed_previews_again")]

    operations = [
        migrations.AddField(
            model_name="file",
            name="clock",
            field=models.CharField(db_default="", default="", max_length=40),
        ),
    ]

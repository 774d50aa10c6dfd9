"""A table for what is counted for a time, which several web processes share."""

import django.contrib.postgres.fields
from django.db import migrations, models

_TABLE = "api_throttlehistory"


class Migration(migrations.Migration):
    dependencies = [("api", "0028_visible_once_known")]

    operations = [
        migrations.CreateModel(
            name="ThrottleHistory",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                (
                    "moments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), default=list, size=None
                    ),
                ),
                ("until", models.FloatField(db_index=True)),
            ],
        ),
        migrations.RunSQL(
            f"ALTER TABLE {_TABLE} SET UNLOGGED", f"ALTER TABLE {_TABLE} SET LOGGED"
        ),
    ]

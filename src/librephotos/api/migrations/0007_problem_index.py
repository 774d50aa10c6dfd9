"""One index for all that is listed as a problem: failed, or done with a remark."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0006_bulk_edits_of_days")]

    operations = [
        migrations.RemoveIndex(model_name="photostage", name="photo_stage_failed"),
        migrations.AddIndex(
            model_name="photostage",
            index=models.Index(
                condition=models.Q(
                    ("state", "failed"),
                    models.Q(
                        models.Q(("state", "done")),
                        models.Q(("error", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                fields=["photo"],
                name="photo_stage_problem",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0007_problem_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="photo",
            name="preview_digest",
            field=models.UUIDField(null=True),
        ),
    ]

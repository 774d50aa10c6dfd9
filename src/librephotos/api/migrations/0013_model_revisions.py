import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0012_paired_films_again"),
    ]

    operations = [
        migrations.AlterField(
            model_name="photoembedding",
            name="model",
            field=models.CharField(max_length=128),
        ),
        migrations.AlterField(
            model_name="textembedding",
            name="model",
            field=models.CharField(max_length=128),
        ),
        migrations.CreateModel(
            name="ModelRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("model", models.CharField(max_length=96)),
                ("revision", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=128, unique=True)),
                ("seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("model", "revision"), name="model_revision_once"
                    )
                ],
            },
        ),
    ]

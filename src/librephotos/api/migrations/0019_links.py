import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0018_sharing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Link",
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
                ("slug", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "password",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=128
                    ),
                ),
                ("downloads", models.BooleanField(db_default=True, default=True)),
                ("sharing_options", models.JSONField(default=dict)),
                ("views", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "album",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link",
                        to="api.useralbum",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "photo",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link",
                        to="api.photo",
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("album", None), ("photo__isnull", False)),
                            models.Q(("album__isnull", False), ("photo", None)),
                            _connector="OR",
                        ),
                        name="link_to_one",
                    )
                ],
            },
        ),
    ]

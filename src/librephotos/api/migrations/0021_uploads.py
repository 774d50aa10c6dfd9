"""Files that clients send, and what their devices say of when they were taken."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import librephotos.api.models.fields
import librephotos.api.models.library.upload


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0020_selection"),
    ]

    operations = [
        migrations.AddField(
            model_name="file",
            name="device_created_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="upload_directory",
            field=librephotos.api.models.fields.PathField(blank=True, default=b""),
        ),
        migrations.CreateModel(
            name="Upload",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("receiving", "Receiving"),
                            ("verified", "Verified"),
                            ("landed", "Landed"),
                            ("expired", "Expired"),
                        ],
                        default="receiving",
                        max_length=9,
                    ),
                ),
                ("created_on", models.DateTimeField(auto_now_add=True)),
                (
                    "expires_on",
                    models.DateTimeField(
                        default=librephotos.api.models.library.upload.expiry
                    ),
                ),
                ("received", models.BigIntegerField(default=0)),
                ("told_size", models.BigIntegerField(null=True)),
                ("told_md5", models.CharField(default="", max_length=32)),
                ("file_name", models.CharField(default="", max_length=255)),
                ("md5", models.CharField(default="", max_length=32)),
                ("path", librephotos.api.models.fields.PathField(default=b"")),
                ("imported", models.BooleanField(default=False)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("created_on", "id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("receiving", "verified"))),
                        fields=["owner"],
                        name="upload_unfinished",
                    ),
                    models.Index(fields=["expires_on"], name="upload_expiry"),
                ],
            },
        ),
    ]

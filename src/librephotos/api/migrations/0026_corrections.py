"""What people say of photos beyond stars and captions, and the history of it.

The position that counts becomes a column that the database computes, as the rating is:
no scan and no stage can put the file's above what a person said.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, NullIf

CATEGORIES = [
    ("photo", "Photo"),
    ("screenshot", "Screenshot"),
    ("document", "Document"),
]


# As in 0025, with what people say; computed columns have no value yet in such a trigger.
MIRRORED = (
    *("owner_id", "image_hash", "taken_at", "video", "motion_photo", "duration_s"),
    *("user_rating", "file_rating", "hidden", "in_trashcan", "removed", "public"),
    *("aspect_ratio", "place_id", "dominant_color", "file_latitude", "file_longitude"),
    *("user_latitude", "user_longitude", "user_nowhere"),
)


def numbered(columns: tuple[str, ...]) -> str:
    """Return what has the changes of columns numbered, which clients mirror."""
    versions = [
        f"({', '.join(f'{row}.{column}' for column in columns)})"
        for row in ("OLD", "NEW")
    ]
    return f"""
DROP TRIGGER photo_change_numbered ON api_photo;
CREATE TRIGGER photo_change_numbered BEFORE UPDATE ON api_photo FOR EACH ROW
WHEN ({" IS DISTINCT FROM ".join(versions)})
EXECUTE FUNCTION librephotos_number_change();
"""


def position(name: str) -> migrations.AddField:
    """Return the operation that computes one coordinate."""
    return migrations.AddField(
        "photo",
        name,
        models.GeneratedField(
            expression=Case(
                When(user_nowhere=True, then=Value(None)),
                default=Coalesce(f"user_{name}", f"file_{name}"),
                output_field=models.FloatField(),
            ),
            output_field=models.FloatField(),
            db_persist=True,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("api", "0025_delta_sync")]

    operations = [
        migrations.RenameField("photo", "latitude", "file_latitude"),
        migrations.RenameField("photo", "longitude", "file_longitude"),
        migrations.AddField(
            "photo",
            "user_timezone",
            models.CharField(max_length=64, default="", db_default=""),
        ),
        migrations.AddField("photo", "user_latitude", models.FloatField(null=True)),
        migrations.AddField("photo", "user_longitude", models.FloatField(null=True)),
        migrations.AddField(
            "photo",
            "user_nowhere",
            models.BooleanField(default=False, db_default=False),
        ),
        migrations.AddField(
            "photo",
            "user_category",
            models.CharField(
                max_length=10, choices=CATEGORIES, default="", db_default="", blank=True
            ),
        ),
        migrations.AddField(
            "photo",
            "user_orientation",
            models.PositiveSmallIntegerField(default=1, db_default=1),
        ),
        migrations.AddField(
            "photo",
            "user_main_md5",
            models.CharField(max_length=32, default="", db_default=""),
        ),
        migrations.AddField(
            "photo", "user_facts", models.JSONField(default=dict, db_default={})
        ),
        migrations.AddField(
            "photo",
            "found_category",
            models.CharField(
                max_length=10, choices=CATEGORIES, default="photo", db_default="photo"
            ),
        ),
        migrations.AddField(
            "photo",
            "shown_orientation",
            models.PositiveSmallIntegerField(default=1, db_default=1),
        ),
        position("latitude"),
        position("longitude"),
        migrations.AddField(
            "photo",
            "category",
            models.GeneratedField(
                expression=Coalesce(
                    NullIf(F("user_category"), Value("")), F("found_category")
                ),
                output_field=models.CharField(max_length=10),
                db_persist=True,
            ),
        ),
        migrations.AddIndex(
            "photo",
            models.Index(
                fields=("owner", "category", "day"),
                name="photo_categorised",
                condition=Q(visible=True) & ~Q(category="photo"),
            ),
        ),
        migrations.AlterField("thing", "title", models.CharField(max_length=512)),
        # Back where names are short, there are no tags of longer ones.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "DELETE FROM api_photothing WHERE thing_id IN"
            " (SELECT id FROM api_thing WHERE length(title) > 200);"
            "DELETE FROM api_thing WHERE length(title) > 200;"
            "SET CONSTRAINTS ALL IMMEDIATE;",
        ),
        migrations.AlterField(
            "thing",
            "kind",
            models.CharField(
                max_length=24,
                choices=[
                    ("places365_attribute", "Places365 Attribute"),
                    ("places365_category", "Places365 Category"),
                    ("places365_environment", "Places365 Environment"),
                    ("siglip2_tag", "Siglip2 Tag"),
                    ("hashtag_attribute", "Hashtag Attribute"),
                    ("user_tag", "User Tag"),
                ],
            ),
        ),
        migrations.CreateModel(
            name="PhotoEdit",
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
                ("batch", models.UUIDField()),
                ("field", models.CharField(max_length=20)),
                ("old_value", models.JSONField(null=True)),
                ("new_value", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edits",
                        to="api.photo",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ("-id",)},
        ),
        migrations.AddIndex(
            "photoedit",
            models.Index(fields=("photo", "-id"), name="photo_edit_history"),
        ),
        migrations.AddIndex(
            "photoedit", models.Index(fields=("batch",), name="photo_edit_batch")
        ),
        migrations.RunSQL(numbered(MIRRORED), numbered(MIRRORED[:-3])),
    ]

"""What clients mirror of photos has a number that rises with every change.

It is that of the transaction: unlike a time it can be compared with a snapshot, which
tells of changes that were made before one and committed after it.
"""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from librephotos.api.models.operations.sync import TransactionNumber

MIRRORED = (
    *("owner_id", "image_hash", "taken_at", "video", "motion_photo", "duration_s"),
    *("user_rating", "file_rating", "hidden", "in_trashcan", "removed", "public"),
    *("aspect_ratio", "latitude", "longitude", "place_id", "dominant_color"),
)


def versions(row: str) -> str:
    """Return the mirrored columns of a version of a photo."""
    return f"({', '.join(f'{row}.{column}' for column in MIRRORED)})"


NUMBERED = f"""
CREATE FUNCTION librephotos_number_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in = pg_current_xact_id()::text::bigint;
    NEW.last_modified = clock_timestamp();
    RETURN NEW;
END;
$$;
CREATE TRIGGER photo_change_numbered BEFORE UPDATE ON api_photo FOR EACH ROW
WHEN ({versions("OLD")} IS DISTINCT FROM {versions("NEW")})
EXECUTE FUNCTION librephotos_number_change();
"""

# Whether a photo is a favourite of its owner's is up to this setting as well.
FAVOURITES = """
CREATE FUNCTION librephotos_number_favorites() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE api_photo SET changed_in = pg_current_xact_id()::text::bigint,
        last_modified = clock_timestamp()
    WHERE id IN (
        SELECT id FROM api_photo WHERE owner_id = NEW.id
            AND rating >= least(OLD.favorite_min_rating, NEW.favorite_min_rating)
            AND rating < greatest(OLD.favorite_min_rating, NEW.favorite_min_rating)
        ORDER BY id FOR NO KEY UPDATE
    );
    RETURN NULL;
END;
$$;
CREATE TRIGGER favorites_numbered
AFTER UPDATE OF favorite_min_rating ON api_user FOR EACH ROW
WHEN (OLD.favorite_min_rating <> NEW.favorite_min_rating)
EXECUTE FUNCTION librephotos_number_favorites();
"""

REMEMBERED = """
CREATE FUNCTION librephotos_remember_removed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO api_photoremoval ("user", photo) SELECT owner_id, id FROM lost;
    RETURN NULL;
END;
$$;
CREATE TRIGGER photo_removal_remembered AFTER DELETE ON api_photo
REFERENCING OLD TABLE AS lost FOR EACH STATEMENT
EXECUTE FUNCTION librephotos_remember_removed();
"""


def installed(sql: str, trigger: str, table: str, function: str):
    """Return the operation that installs a trigger and can remove it again."""
    return migrations.RunSQL(
        sql, f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {function}();"
    )


def key():
    """Return the primary key of a table of this migration."""
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0024_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhotoRemoval",
            fields=[
                ("id", key()),
                ("user", models.BigIntegerField()),
                ("photo", models.UUIDField()),
                ("removed_in", models.BigIntegerField(db_default=TransactionNumber())),
                (
                    "removed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now()
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SyncEpoch",
            fields=[
                ("id", key()),
                ("name", models.UUIDField(default=uuid.uuid4, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="SyncItem",
            fields=[
                ("id", key()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Person"),
                            ("user_album", "User Album"),
                            ("event", "Event"),
                            ("thing", "Thing"),
                            ("place", "Place"),
                            ("tag", "Tag"),
                            ("user", "User"),
                        ],
                        max_length=16,
                    ),
                ),
                ("key", models.BigIntegerField()),
                ("digest", models.UUIDField()),
                ("version", models.BigIntegerField()),
                ("changed_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SyncedPhotos",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("count", models.IntegerField()),
                ("counted_at", models.DateTimeField()),
            ],
        ),
        # The number of the transaction as a default would have every row written anew.
        migrations.AddField(
            model_name="photo",
            name="changed_in",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="photo",
            name="changed_in",
            field=models.BigIntegerField(
                db_default=TransactionNumber(), editable=False
            ),
        ),
        migrations.AddIndex(
            model_name="photo",
            index=models.Index(
                fields=["owner", "changed_in", "id"], name="photo_changed"
            ),
        ),
        migrations.AddIndex(
            model_name="photoremoval",
            index=models.Index(
                fields=["user", "removed_in"], name="photo_removal_since"
            ),
        ),
        migrations.AddIndex(
            model_name="photoremoval",
            index=models.Index(fields=["removed_at"], name="photo_removal_age"),
        ),
        migrations.AddConstraint(
            model_name="syncepoch",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="sync_epoch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncitem",
            constraint=models.UniqueConstraint(
                fields=("user", "kind", "key"), name="sync_item_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncitem",
            constraint=models.UniqueConstraint(
                fields=("user", "kind", "version"), name="sync_item_version"
            ),
        ),
        installed(
            NUMBERED,
            "photo_change_numbered",
            "api_photo",
            "librephotos_number_change",
        ),
        installed(
            FAVOURITES,
            "favorites_numbered",
            "api_user",
            "librephotos_number_favorites",
        ),
        installed(
            REMEMBERED,
            "photo_removal_remembered",
            "api_photo",
            "librephotos_remember_removed",
        ),
    ]

"""Albums that people make, whose photos are counted as those of things are.

Who changes several photos or what they are in takes the photos first, in the order of
their ids, and then the albums, in that of theirs.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FOLLOW = """
CREATE OR REPLACE FUNCTION librephotos_follow_photos() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM (
            SELECT id, visible FROM gained UNION ALL SELECT id, visible FROM lost
        ) AS version
        GROUP BY id HAVING bool_or(visible) <> bool_and(visible)
    ) THEN
        RETURN NULL;
    END IF;
    EXECUTE 'SELECT FROM api_face AS face JOIN gained ON face.photo_id = gained.id
        WHERE face.visible <> gained.visible
        ORDER BY face.id FOR NO KEY UPDATE OF face';
    EXECUTE 'UPDATE api_face AS face SET visible = gained.visible
        FROM gained WHERE face.photo_id = gained.id AND face.visible <> gained.visible';
    EXECUTE 'UPDATE api_photothing AS tag SET visible = gained.visible
        FROM gained WHERE tag.photo_id = gained.id AND tag.visible <> gained.visible';
    {albums}
    RETURN NULL;
END;
$$;
"""

FOLLOW_INTO_ALBUMS = """
    EXECUTE 'UPDATE api_useralbumphoto AS member SET visible = gained.visible
        FROM gained WHERE member.photo_id = gained.id
            AND member.visible <> gained.visible';
"""

COUNT = """
CREATE FUNCTION librephotos_count_user_albums_after_{operation}() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM api_useralbum
    WHERE id IN (SELECT album_id FROM ({changes}) AS changes)
    ORDER BY id FOR UPDATE;
    UPDATE api_useralbum AS album SET photo_count = album.photo_count + changes.change
    FROM (
        SELECT album_id, sum(change) AS change FROM ({changes}) AS changes
        GROUP BY album_id HAVING sum(change) <> 0
    ) AS changes
    WHERE album.id = changes.album_id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER user_albums_counted_after_{operation}
AFTER {operation} ON api_useralbumphoto
REFERENCING {tables} FOR EACH STATEMENT
EXECUTE FUNCTION librephotos_count_user_albums_after_{operation}();
"""

GAINED = "SELECT album_id, 1 AS change FROM gained WHERE visible"
LOST = "SELECT album_id, -1 AS change FROM lost WHERE visible"


def counter(operation: str, tables: str, changes: str):
    """Return the operation that installs one trigger and can remove it again."""
    name = f"user_albums_counted_after_{operation}"
    return migrations.RunSQL(
        COUNT.format(operation=operation, tables=tables, changes=changes),
        f"DROP TRIGGER {name} ON api_useralbumphoto;"
        f"DROP FUNCTION librephotos_count_user_albums_after_{operation}();",
    )


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0016_more_previews_again"),
    ]

    operations = [
        migrations.CreateModel(
            name="UserAlbum",
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
                ("title", models.CharField(max_length=512)),
                ("locked", models.BooleanField(default=False)),
                ("created_on", models.DateTimeField(auto_now_add=True)),
                ("photo_count", models.IntegerField(default=0)),
                (
                    "cover",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="api.photo",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("title",),
            },
        ),
        migrations.CreateModel(
            name="UserAlbumPhoto",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "album_id",
                        "photo_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("added_on", models.DateTimeField(auto_now_add=True)),
                ("visible", models.BooleanField(default=True)),
                (
                    "album",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="api.useralbum",
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="api.photo",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="useralbum",
            constraint=models.UniqueConstraint(
                fields=("owner", "title"), name="user_album_once"
            ),
        ),
        migrations.AddIndex(
            model_name="useralbumphoto",
            index=models.Index(
                models.F("album"),
                models.OrderBy(models.F("photo"), descending=True),
                condition=models.Q(("visible", True)),
                name="user_album_shown",
            ),
        ),
        migrations.RunSQL(
            FOLLOW.format(albums=FOLLOW_INTO_ALBUMS), FOLLOW.format(albums="")
        ),
        counter("insert", "NEW TABLE AS gained", GAINED),
        counter("delete", "OLD TABLE AS lost", LOST),
        counter(
            "update",
            "OLD TABLE AS lost NEW TABLE AS gained",
            f"{GAINED} UNION ALL {LOST}",
        ),
    ]

"""Albums and photos that are shown to other users, and what recipients have added.

An album counts its owner's photos and each share those that came by it, so that
everybody is told the number that they see. Counters take the albums first, in the order
of their ids, and then the shares, in that of theirs.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COUNT = """
CREATE OR REPLACE FUNCTION librephotos_count_user_albums_after_{operation}()
RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM api_useralbum
    WHERE id IN (SELECT album_id FROM ({changes}) AS changes)
    ORDER BY id FOR UPDATE;
    UPDATE api_useralbum AS album SET photo_count = album.photo_count + changes.change
    FROM (
        SELECT album_id, sum(change) AS change FROM ({changes}) AS changes
        {own} GROUP BY album_id HAVING sum(change) <> 0
    ) AS changes
    WHERE album.id = changes.album_id;
    {shares}
    RETURN NULL;
END;
$$;
"""

SHARES = """
    PERFORM FROM api_albumshare
    WHERE id IN (SELECT share_id FROM ({changes}) AS changes)
    ORDER BY id FOR UPDATE;
    UPDATE api_albumshare AS share SET photo_count = share.photo_count + changes.change
    FROM (
        SELECT share_id, sum(change) AS change FROM ({changes}) AS changes
        WHERE share_id IS NOT NULL GROUP BY share_id HAVING sum(change) <> 0
    ) AS changes
    WHERE share.id = changes.share_id;
"""

GAINED = "SELECT album_id, {share}1 AS change FROM gained WHERE visible"
LOST = "SELECT album_id, {share}-1 AS change FROM lost WHERE visible"


def counter(operation: str, changes: str):
    """Return the operation that has one trigger count for shares, and no longer."""
    before = changes.format(share="")
    after = changes.format(share="share_id, ")
    return migrations.RunSQL(
        COUNT.format(
            operation=operation,
            changes=after,
            own="WHERE share_id IS NULL",
            shares=SHARES.format(changes=after),
        ),
        COUNT.format(operation=operation, changes=before, own="", shares=""),
    )


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0017_user_albums"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlbumShare",
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
                (
                    "album",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="api.useralbum",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("viewer", "Viewer"), ("contributor", "Contributor")],
                        default="viewer",
                        max_length=16,
                    ),
                ),
                ("shown", models.PositiveSmallIntegerField()),
                ("shown_back", models.PositiveSmallIntegerField()),
                ("favorited", models.BooleanField(default=False)),
                ("photo_count", models.IntegerField(default=0)),
                ("created_on", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="PhotoShare",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "photo_id",
                        "recipient_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "photo",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="api.photo",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("shown", models.PositiveSmallIntegerField()),
                ("created_on", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="useralbumphoto",
            name="user_album_shown",
        ),
        migrations.AddField(
            model_name="useralbum",
            name="description",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="useralbum",
            name="favorited",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="useralbum",
            name="photo_order",
            field=models.CharField(
                choices=[("newest", "Newest"), ("oldest", "Oldest"), ("hand", "Hand")],
                db_default="newest",
                default="newest",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="useralbumphoto",
            name="position",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="useralbumphoto",
            name="share",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="members",
                to="api.albumshare",
            ),
        ),
        migrations.AddIndex(
            model_name="useralbumphoto",
            index=models.Index(
                models.F("album"),
                models.F("share"),
                models.OrderBy(models.F("photo"), descending=True),
                condition=models.Q(("visible", True)),
                name="user_album_shown",
            ),
        ),
        migrations.AddConstraint(
            model_name="albumshare",
            constraint=models.UniqueConstraint(
                fields=("album", "recipient"), name="album_share_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="albumshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ("viewer", "contributor"))),
                name="album_share_role",
            ),
        ),
        counter("insert", GAINED),
        counter("delete", LOST),
        counter("update", f"{GAINED} UNION ALL {LOST}"),
        # Back without shares, an album holds its owner's photos alone.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "DELETE FROM api_useralbumphoto WHERE share_id IS NOT NULL;"
            "SET CONSTRAINTS ALL IMMEDIATE;",
        ),
    ]

"""Photos that others show by themselves have a number that rises, as one's own do.

It stands in the share, in whose index a recipient's clients find what has changed.
Whoever changes shares of several photos has taken the photos first, or takes the shares
in the order of their keys.
"""

import django.db.models.functions.datetime
from django.db import migrations, models
from django.db.models import Q

from librephotos.api.models.operations.sync import TransactionNumber

NUMBERED = """
CREATE FUNCTION librephotos_number_photo_share() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- Held, or it could be hidden now and the share would not learn of it.
        NEW.visible = coalesce((
            SELECT visible FROM api_photo WHERE id = NEW.photo_id FOR SHARE
        ), false);
    END IF;
    NEW.changed_in = pg_current_xact_id()::text::bigint;
    NEW.changed_at = clock_timestamp();
    RETURN NEW;
END;
$$;
CREATE TRIGGER photo_share_numbered BEFORE INSERT ON api_photoshare
FOR EACH ROW EXECUTE FUNCTION librephotos_number_photo_share();
CREATE TRIGGER photo_share_change_numbered BEFORE UPDATE ON api_photoshare
FOR EACH ROW WHEN (OLD.shown <> NEW.shown)
EXECUTE FUNCTION librephotos_number_photo_share();
"""

NOT_NUMBERED = """
DROP TRIGGER photo_share_numbered ON api_photoshare;
DROP TRIGGER photo_share_change_numbered ON api_photoshare;
DROP FUNCTION librephotos_number_photo_share();
"""

# A photo that changes twice in one transaction has its number already: then only what
# is seen of it can be another. Texts, so that each call is planned for its own rows.
FOLLOWED = """
CREATE FUNCTION librephotos_follow_photos_in_shares() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    moved text := '(
        SELECT gained.id, gained.visible FROM gained JOIN lost USING (id)
        WHERE gained.changed_in <> lost.changed_in OR gained.visible <> lost.visible
    ) AS moved';
BEGIN
    IF NOT EXISTS (SELECT FROM api_photoshare) THEN
        RETURN NULL;
    END IF;
    EXECUTE 'SELECT FROM api_photoshare AS share JOIN ' || moved || '
        ON moved.id = share.photo_id
        ORDER BY share.photo_id, share.recipient_id FOR NO KEY UPDATE OF share';
    EXECUTE 'INSERT INTO api_photoremoval ("user", photo)
        SELECT share.recipient_id, share.photo_id
        FROM api_photoshare AS share JOIN ' || moved || ' ON moved.id = share.photo_id
        WHERE share.visible AND NOT moved.visible';
    EXECUTE 'UPDATE api_photoshare AS share
        SET visible = moved.visible, changed_in = pg_current_xact_id()::text::bigint,
            changed_at = clock_timestamp()
        FROM ' || moved || ' WHERE moved.id = share.photo_id';
    RETURN NULL;
END;
$$;
CREATE TRIGGER photos_followed_in_shares AFTER UPDATE ON api_photo
REFERENCING OLD TABLE AS lost NEW TABLE AS gained FOR EACH STATEMENT
EXECUTE FUNCTION librephotos_follow_photos_in_shares();
"""

REMEMBERED = """
CREATE FUNCTION librephotos_remember_unshared() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO api_photoremoval ("user", photo)
    SELECT recipient_id, photo_id FROM lost WHERE visible;
    RETURN NULL;
END;
$$;
CREATE TRIGGER photo_unshared_remembered AFTER DELETE ON api_photoshare
REFERENCING OLD TABLE AS lost FOR EACH STATEMENT
EXECUTE FUNCTION librephotos_remember_unshared();
"""

# What somebody shows is not to be seen while they may not sign in. That their photos
# have gone is not written down for each: a share that is added at the same time could
# be missed. Each photo is numbered anew once they are back.
PRESENCE_NUMBERED = """
CREATE FUNCTION librephotos_number_presence() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.presence_changed_in = pg_current_xact_id()::text::bigint;
    RETURN NEW;
END;
$$;
CREATE TRIGGER presence_numbered BEFORE UPDATE ON api_user FOR EACH ROW
WHEN (OLD.is_active <> NEW.is_active)
EXECUTE FUNCTION librephotos_number_presence();
"""

RETURN_NUMBERED = """
CREATE FUNCTION librephotos_number_shares_of_owner() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM api_photoshare AS share JOIN api_photo AS photo
        ON photo.id = share.photo_id
    WHERE photo.owner_id = NEW.id AND share.visible
    ORDER BY share.photo_id, share.recipient_id FOR NO KEY UPDATE OF share;
    UPDATE api_photoshare AS share
    SET changed_in = pg_current_xact_id()::text::bigint, changed_at = clock_timestamp()
    FROM api_photo AS photo
    WHERE photo.id = share.photo_id AND photo.owner_id = NEW.id AND share.visible;
    RETURN NULL;
END;
$$;
CREATE TRIGGER return_numbered AFTER UPDATE ON api_user FOR EACH ROW
WHEN (NEW.is_active AND NOT OLD.is_active)
EXECUTE FUNCTION librephotos_number_shares_of_owner();
"""

SHARES_OF_BEFORE = """
UPDATE api_photoshare AS share SET visible = true
FROM api_photo AS photo WHERE photo.id = share.photo_id AND photo.visible
"""


def installed(sql: str, trigger: str, table: str, function: str):
    """Return the operation that installs a trigger and can remove it again."""
    return migrations.RunSQL(
        sql, f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {function}();"
    )


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0026_corrections"),
    ]

    operations = [
        migrations.AddField(
            model_name="photoshare",
            name="visible",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        # Of now: clients with older cursors have not been told of any of them.
        migrations.AddField(
            model_name="photoshare",
            name="changed_in",
            field=models.BigIntegerField(
                db_default=TransactionNumber(), editable=False
            ),
        ),
        migrations.AddField(
            model_name="photoshare",
            name="changed_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="presence_changed_in",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.RunSQL(SHARES_OF_BEFORE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="photoshare",
            index=models.Index(
                fields=["recipient", "changed_in", "photo"],
                name="photo_share_changed",
                condition=Q(("visible", True)),
            ),
        ),
        migrations.RunSQL(NUMBERED, NOT_NUMBERED),
        installed(
            FOLLOWED,
            "photos_followed_in_shares",
            "api_photo",
            "librephotos_follow_photos_in_shares",
        ),
        installed(
            REMEMBERED,
            "photo_unshared_remembered",
            "api_photoshare",
            "librephotos_remember_unshared",
        ),
        installed(
            PRESENCE_NUMBERED,
            "presence_numbered",
            "api_user",
            "librephotos_number_presence",
        ),
        installed(
            RETURN_NUMBERED,
            "return_numbered",
            "api_user",
            "librephotos_number_shares_of_owner",
        ),
    ]

"""Keep `visible` of faces and tags in step with their photos, and count the tags.

A list of people or things would otherwise join all their photos to leave out the
hidden ones. Statement-level triggers fold the changes of one statement together; faces
and the rows to be counted are locked in the order of their key, so that writers do not
deadlock.

PostgreSQL keeps the plan of a function's statement for the whole session, whatever the
number of changed rows was when it was made. A join of the rows before and after, once
planned for one photo, compared each of 50,000 with each. So these are grouped instead,
and what joins a large table is planned anew each time.
"""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION librephotos_follow_photos() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NULL;
END;
$$;
CREATE TRIGGER photos_followed AFTER UPDATE ON api_photo
REFERENCING OLD TABLE AS lost NEW TABLE AS gained
FOR EACH STATEMENT EXECUTE FUNCTION librephotos_follow_photos();
"""

UNFOLLOW = """
DROP TRIGGER photos_followed ON api_photo;
DROP FUNCTION librephotos_follow_photos();
"""

COUNT = """
CREATE FUNCTION librephotos_count_things_after_{operation}() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM api_thing
    WHERE id IN (SELECT thing_id FROM ({changes}) AS changes)
    ORDER BY id FOR UPDATE;
    UPDATE api_thing AS thing SET photo_count = thing.photo_count + changes.change
    FROM (
        SELECT thing_id, sum(change) AS change FROM ({changes}) AS changes
        GROUP BY thing_id HAVING sum(change) <> 0
    ) AS changes
    WHERE thing.id = changes.thing_id;
    RETURN NULL;
END;
$$;
CREATE TRIGGER things_counted_after_{operation} AFTER {operation} ON api_photothing
REFERENCING {tables}
FOR EACH STATEMENT EXECUTE FUNCTION librephotos_count_things_after_{operation}();
"""

GAINED = "SELECT thing_id, 1 AS change FROM gained WHERE visible"
LOST = "SELECT thing_id, -1 AS change FROM lost WHERE visible"


def counter(operation: str, tables: str, changes: str):
    """Return the operation that installs one trigger and can remove it again."""
    return migrations.RunSQL(
        COUNT.format(operation=operation, tables=tables, changes=changes),
        f"DROP TRIGGER things_counted_after_{operation} ON api_photothing;"
        f"DROP FUNCTION librephotos_count_things_after_{operation}();",
    )


class Migration(migrations.Migration):
    dependencies = [("api", "0004_people_things_and_vectors")]
    operations = [
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        counter("insert", "NEW TABLE AS gained", GAINED),
        counter("delete", "OLD TABLE AS lost", LOST),
        counter(
            "update",
            "OLD TABLE AS lost NEW TABLE AS gained",
            f"{GAINED} UNION ALL {LOST}",
        ),
        # There was no other choice than "none" before.
        migrations.RunSQL(
            "UPDATE api_sitesettings"
            " SET semantic_search_model = 'siglip2-base-patch16-224'",
            migrations.RunSQL.noop,
        ),
    ]

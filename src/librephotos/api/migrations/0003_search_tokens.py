"""Index the trigrams of the search text together with its owner.

The embedded PostgreSQL has no pg_trgm. An index over an expression stores nothing in
the table; the owner is one of the tokens, so that the index itself keeps libraries
apart.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION librephotos_search_tokens(owner bigint, content text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    SELECT array_agg(DISTINCT substr(content, start, 3)) || ('owner:' || owner::text)
    FROM generate_series(1, length(content) - 2) AS start
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0002_photo_days")]
    operations = [
        migrations.RunSQL(
            FUNCTION,
            "DROP FUNCTION librephotos_search_tokens(bigint, text)",
        ),
        migrations.RunSQL(
            "CREATE INDEX photo_search ON api_photo"
            " USING gin (librephotos_search_tokens(owner_id, search_text))"
            " WHERE visible",
            "DROP INDEX photo_search",
        ),
    ]

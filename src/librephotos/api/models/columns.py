"""Making what files say fit into the columns that keep it."""

from __future__ import annotations

import math
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Expression

from librephotos.api.models.fields import PathField
from librephotos.media.text import clean

Row = TypeVar("Row", bound=models.Model)

_LARGEST_JSON_INTEGER = 2**63


def fit(row: Row) -> Row:
    """Give a derived row only values that its columns can hold, and return it.

    A number out of range, NaN and infinity count as not said: NULL, or the column's
    default. Text loses NUL and lone surrogates, and what exceeds its column. Keys,
    relations, paths, times and bytes are left as they are, and what the database says.
    """
    for field in row._meta.concrete_fields:
        if field.primary_key or field.is_relation or field.generated:
            continue
        value = row.__dict__.get(field.attname)
        if value is not None and not isinstance(value, Expression):
            setattr(row, field.attname, _fitted(field, value))
    return row


def _fitted(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(field, models.IntegerField):
        return _or_default(field, _whole(field, value))
    if isinstance(field, models.FloatField):
        return _or_default(field, _finite(value))
    if isinstance(field, PathField):
        return value
    if isinstance(field, models.CharField | models.TextField):
        return clean(str(value), limit=field.max_length or _LONGEST_TEXT)
    if isinstance(field, ArrayField):
        return [_fitted(field.base_field, item) for item in value]
    return _as_json(value) if isinstance(field, models.JSONField) else value


_LONGEST_TEXT = 100_000


def _or_default(field: models.Field[Any, Any], value: Any) -> Any:
    return field.get_default() if value is None and not field.null else value


def _whole(field: models.Field[Any, Any], value: Any) -> int | None:
    least, most = connection.ops.integer_field_range(field.get_internal_type())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    number = int(value)
    return number if least <= number <= most else None


def _finite(value: Any) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(str(key)): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, str):
        return clean(value, limit=_LONGEST_TEXT)
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) < _LARGEST_JSON_INTEGER else None
    return value

"""Serializer fields that the contract needs beyond the framework's."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from rest_framework import serializers

from librephotos.numbers import LARGEST, finite_number, whole_number

Model = TypeVar("Model", bound=models.Model)


class NumberField(serializers.FloatField):
    """A finite number; text of one is taken too, since web forms send that."""

    def to_internal_value(self, data: Any) -> float:
        number = finite_number(data) if isinstance(data, str) else _as_float(data)
        if number is None:
            self.fail("invalid")
        return number


def _as_float(data: Any) -> float | None:
    if isinstance(data, bool) or not isinstance(data, int | float):
        return None
    try:
        number = float(data)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


class WholeNumberField(serializers.IntegerField):
    """A whole number that a column can hold; text of one is taken too."""

    def to_internal_value(self, data: Any) -> int:
        number = _as_int(data)
        if number is None or abs(number) > LARGEST:
            self.fail("invalid")
        return number


def _as_int(data: Any) -> int | None:
    if isinstance(data, str):
        number = whole_number(data.removeprefix("-"))
        return -number if number and data.startswith("-") else number
    if isinstance(data, float) and data.is_integer():
        return int(data)
    return data if isinstance(data, int) and not isinstance(data, bool) else None


_KNOWN = serializers.ModelSerializer.serializer_field_mapping

_NUMBERS: dict[Any, Any] = {
    serializers.FloatField: NumberField,
    serializers.IntegerField: WholeNumberField,
}


class NumberedModelSerializer(serializers.ModelSerializer[Model]):
    """A model's serializer whose numbers, of whatever size, are these."""

    serializer_field_mapping = {
        column: _NUMBERS.get(field, field) for column, field in _KNOWN.items()
    }


def iso_utc(moment: datetime | None) -> str | None:
    """Return a time in ISO 8601 with `Z`, None without one."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


class StrictBooleanField(serializers.BooleanField):
    """A JSON boolean; texts and numbers that resemble one are refused."""

    def to_internal_value(self, data: Any) -> bool:
        if isinstance(data, bool):
            return data
        raise serializers.ValidationError("This must be true or false.")

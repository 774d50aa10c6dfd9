"""Serializer fields that the contract needs beyond the framework's."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError


class LowerCaseField(serializers.CharField):
    """Text that is kept in lower case."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


class NumberField(serializers.FloatField):
    """A finite number; text of one is taken too, since web forms send that."""

    def to_internal_value(self, data: Any) -> float:
        number = super().to_internal_value(data)
        if not math.isfinite(number):
            raise ValidationError("A valid number is required.")
        return number

"""Rules and time zones for the dates of photos, as JSON inside a JSON string.

The clients parse the decoded string once more; a plain array shows as an empty list.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, TypedDict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.answer_schema import UuidText
from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.pipeline.scanning.date_preview import Redated, preview_dates
from librephotos.media.dates import (
    DEFAULT_RULES,
    PREDEFINED_RULES,
    InvalidRules,
    parse_rules,
    rules_as_json,
    usable_rules,
)
from librephotos.time_zones import time_zones


@extend_schema(responses=str)
class TimeZones(APIView):
    """The names of all time zones."""

    def get(self, request: Request) -> Response:
        return Response(json.dumps(sorted(time_zones())))


@extend_schema(responses=str)
class PredefinedRules(APIView):
    """All built-in date rules, the default ones first."""

    def get(self, request: Request) -> Response:
        return Response(rules_as_json(PREDEFINED_RULES, mark_default=True))


@extend_schema(responses=str)
class DefaultRules(APIView):
    """The date rules that a new account starts with."""

    def get(self, request: Request) -> Response:
        return Response(rules_as_json(DEFAULT_RULES))


class DateRulesSerializer(serializers.Serializer[Any]):
    """Rules and a time zone to try; those in force where one is left out."""

    datetime_rules = serializers.CharField(required=False)
    default_timezone = serializers.CharField(required=False, max_length=64)

    def validate_default_timezone(self, name: str) -> str:
        if name not in time_zones():
            raise ValidationError(f"{name!r} is no time zone, such as Europe/Berlin.")
        return name


class RedatedPhoto(TypedDict):
    """A photo whose date would be another, by which rule; null is that it has none.

    Times are of the clock on the wall where it was taken, without a zone.
    """

    id: UuidText
    image_hash: str
    before: str | None
    after: str | None
    rule: str
    rule_id: int | None


class DatePreviewAnswer(TypedDict):
    """What date rules would change: of `photos`, `examined` were looked at.

    Of those that are `undecided`, an expression of one's own tells, which is tried only
    where the rules are in force. `samples` are some of those that are `changed`.
    """

    photos: int
    examined: int
    changed: int
    undecided: int
    samples: list[RedatedPhoto]


class DateRulesPreviewView(APIView):
    """Say what other date rules or another time zone would change."""

    @documented(
        "date_rules_preview", request=DateRulesSerializer, answer=DatePreviewAnswer
    )
    def post(self, request: Request) -> Response:
        form = DateRulesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user, asked = caller(request), form.validated_data
        try:
            if "datetime_rules" in asked:
                rules = parse_rules(asked["datetime_rules"])
            else:
                rules = usable_rules(user.datetime_rules).rules
        except InvalidRules as error:
            raise ValidationError({"datetime_rules": str(error)}) from error
        zone = asked.get("default_timezone", user.default_timezone)
        found = preview_dates(user, rules, user_timezone=zone)
        answer: DatePreviewAnswer = {
            "photos": found.photos,
            "examined": found.examined,
            "changed": found.changed,
            "undecided": found.undecided,
            "samples": [_redated(each) for each in found.samples],
        }
        return Response(answer)


def _redated(photo: Redated) -> RedatedPhoto:
    return {
        "id": str(photo.id),
        "image_hash": photo.image_hash,
        "before": _wall_time(photo.before),
        "after": _wall_time(photo.after),
        "rule": photo.rule,
        "rule_id": photo.rule_id,
    }


def _wall_time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None

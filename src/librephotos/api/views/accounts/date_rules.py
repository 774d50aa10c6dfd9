"""Rules and time zones for the dates of photos, as JSON inside a JSON string.

The clients parse the decoded string once more; a plain array shows as an empty list.
"""

from __future__ import annotations

import json

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.media.dates import DEFAULT_RULES, PREDEFINED_RULES, rules_as_json
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

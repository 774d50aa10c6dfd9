"""Rules that find bursts, as JSON inside a JSON string like those of dates.

They are kept for clients that know them: nothing here looks for bursts by them.
"""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


def _rule(
    number: int,
    name: str,
    rule_type: str,
    description: str,
    *,
    is_default: bool,
    **settings: Any,
) -> dict[str, Any]:
    """Return a rule; those of numbers from 101 on are soft, and off."""
    return {
        "id": number,
        "name": name,
        "rule_type": rule_type,
        "category": "soft" if number > 100 else "hard",
        "enabled": is_default and number <= 100,
        "is_default": is_default,
        "description": description,
        **settings,
    }


PREDEFINED_BURST_RULES = (
    _rule(
        1,
        "Burst mode of the camera",
        "exif_burst_mode",
        "The camera says that the photo is of a burst.",
        is_default=True,
    ),
    _rule(
        2,
        "Sequence number of the camera",
        "exif_sequence_number",
        "The camera numbers the photos of a burst.",
        is_default=True,
    ),
    _rule(
        3,
        "File names",
        "filename_pattern",
        "The file is named as phones name the photos of a burst.",
        is_default=True,
        pattern_type="all",
    ),
    _rule(
        101,
        "Taken within two seconds",
        "timestamp_proximity",
        "Photos of one camera that were taken within two seconds.",
        is_default=True,
        interval_ms=2000,
        require_same_camera=True,
    ),
    _rule(
        102,
        "Looking alike",
        "visual_similarity",
        "Photos in a row that look alike.",
        is_default=True,
        similarity_threshold=15,
    ),
    _rule(
        4,
        "File names that end in BURST",
        "filename_pattern",
        "The file name ends in BURST and a number.",
        is_default=False,
        pattern_type="burst_suffix",
    ),
    _rule(
        5,
        "File names of your own pattern",
        "filename_pattern",
        "The file name matches an expression that you give.",
        is_default=False,
        pattern_type="custom",
        custom_pattern="",
    ),
    _rule(
        103,
        "Taken within five seconds",
        "timestamp_proximity",
        "Photos of any cameras that were taken within five seconds.",
        is_default=False,
        interval_ms=5000,
        require_same_camera=False,
    ),
)


@extend_schema(responses=str)
class PredefinedBurstRules(APIView):
    """All rules that there are, the default ones first."""

    def get(self, request: Request) -> Response:
        return Response(json.dumps(PREDEFINED_BURST_RULES))


@extend_schema(responses=str)
class DefaultBurstRules(APIView):
    """The rules that an account is offered to begin with."""

    def get(self, request: Request) -> Response:
        chosen = [rule for rule in PREDEFINED_BURST_RULES if rule["is_default"]]
        return Response(json.dumps(chosen))

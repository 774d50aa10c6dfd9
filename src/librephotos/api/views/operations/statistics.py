"""Statistics over HTTP."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.documentation import documented
from librephotos.api.http.permissions import IsStaff
from librephotos.api.queries.library.places import place_counts
from librephotos.api.queries.library.things import frequent_things
from librephotos.api.queries.library.user_albums import number_of_albums
from librephotos.api.queries.operations.server_statistics import (
    album_statistics,
    people_statistics,
    place_statistics,
    thing_statistics,
    user_statistics,
)
from librephotos.api.queries.operations.statistics import (
    LABELS,
    Frequency,
    keyword_frequencies,
    month_counts,
    totals,
)
from librephotos.api.queries.people.person_photos import (
    face_totals,
    people_frequencies,
    people_together,
)
from librephotos.api.serializers.operations.server_statistics import (
    ServerStatistics,
    server_row,
    user_row,
)
from librephotos.api.serializers.operations.statistics import (
    MonthCount,
    StorageSpace,
    Totals,
    WordCloud,
    WordLabel,
)
from librephotos.api.serializers.people.social_graph import SocialGraph, social_graph
from librephotos.api.storage.disk import storage_of


class TotalsView(APIView):
    """Ten counters. There are no events yet."""

    @documented("statistics", answer=Totals)
    def get(self, request: Request) -> Response:
        counted = totals(request.user)
        faces = face_totals(request.user)
        answer: Totals = {
            "num_photos": counted.photos,
            "num_missing_photos": counted.missing,
            "num_albumdate": counted.days,
            "num_faces": faces.labelled + faces.guessed + faces.unknown,
            "num_people": faces.people,
            "num_unknown_faces": faces.unknown,
            "num_labeled_faces": faces.labelled,
            "num_inferred_faces": faces.guessed,
            "num_albumauto": 0,
            "num_albumuser": number_of_albums(request.user),
        }
        return Response(answer)


class MonthCountsView(APIView):
    """Photos per month, without gaps."""

    @documented("statistics_months", answer=list[MonthCount])
    def get(self, request: Request) -> Response:
        months = month_counts(request.user)
        answer: list[MonthCount] = [
            {"month": f"{row.year}-{row.month}", "count": row.photos} for row in months
        ]
        return Response(answer)


class WordCloudView(APIView):
    """The most frequent keywords, things and places."""

    @documented("statistics_words", answer=WordCloud)
    def get(self, request: Request) -> Response:
        names: dict[str, int] = {}
        for place in place_counts(request.user):
            if not place.title.isnumeric():
                names[place.title] = names.get(place.title, 0) + place.photo_count
        places = sorted(names.items(), key=lambda row: (-row[1], row[0]))[:LABELS]
        answer: WordCloud = {
            "captions": _labels(_words(request.user)),
            "people": _labels(people_frequencies(request.user, limit=LABELS)),
            "locations": _labels(Frequency(*row) for row in places),
        }
        return Response(answer)


def _words(user: Any) -> list[Frequency]:
    """Return keywords and things, the most frequent first; at most LABELS."""
    words = dict(keyword_frequencies(user))
    for title, photos in frequent_things(user, limit=LABELS):
        words[title] = max(photos, words.get(title, 0))
    ranked = sorted(words.items(), key=lambda row: (-row[1], row[0]))
    return [Frequency(*row) for row in ranked[:LABELS]]


def _labels(rows: Iterable[Frequency]) -> list[WordLabel]:
    return [{"label": row.word, "y": math.log(row.photos)} for row in rows]


class SocialGraphView(APIView):
    """Who is on photos together."""

    @documented("statistics_social_graph", answer=SocialGraph)
    def get(self, request: Request) -> Response:
        return Response(social_graph(people_together(request.user)))


class StorageView(APIView):
    """Bytes of the volume that holds the data folder."""

    @documented("storage", answer=StorageSpace)
    def get(self, request: Request) -> Response:
        storage = storage_of(settings.DATA)
        answer: StorageSpace = {
            "total_storage": storage.total,
            "used_storage": storage.used,
            "free_storage": storage.free,
        }
        return Response(answer)


class ServerStatisticsView(APIView):
    """The machine and the sizes of all libraries, for administrators; 20.9."""

    permission_classes = [IsStaff]

    @documented("server_statistics", answer=ServerStatistics)
    def get(self, request: Request) -> Response:
        albums, places, things, people = (
            sizes()
            for sizes in (
                album_statistics,
                place_statistics,
                thing_statistics,
                people_statistics,
            )
        )
        users = [
            user_row(
                row,
                albums=albums.get(row["id"]),
                places=places.get(row["id"]),
                things=things.get(row["id"]),
                people=people.get(row["id"]),
            )
            for row in user_statistics()
        ]
        machine = server_row(storage_of(settings.DATA), image_tag=settings.IMAGE_TAG)
        answer: ServerStatistics = {
            **machine,
            "number_of_users": len(users),
            "users": users,
        }
        return Response(answer)

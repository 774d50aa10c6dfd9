"""Delta sync over HTTP: a feed for each kind of what clients mirror."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from librephotos.api.http.caller import caller
from librephotos.api.http.documentation import documented
from librephotos.api.http.errors import envelope
from librephotos.api.http.fields import iso_utc
from librephotos.api.models import SyncEpoch, User
from librephotos.api.queries.sync import items, photos
from librephotos.api.queries.sync.cursors import (
    CursorExpired,
    InvalidCursor,
    PhotoCursor,
    number,
    read,
    written,
)
from librephotos.api.queries.sync.items import Feed, members_of
from librephotos.api.serializers.sync.feeds import (
    SyncCounts,
    SyncEvent,
    SyncPage,
    SyncPerson,
    SyncPhoto,
    SyncPlace,
    SyncTag,
    SyncUser,
    SyncUserAlbum,
    sync_photo,
)
from librephotos.api.services.sync import (
    changed_items,
    changed_photos,
    count_items,
    count_photos,
)
from librephotos.numbers import whole_number

SIZE = 500
LARGEST_SIZE = 1000
FEED_QUERY = ("cursor", "page_size")

_INVALID = "invalid_cursor"
_EXPIRED = "cursor_expired"
_SAID = {
    _INVALID: (400, "This is no cursor of this feed. Ask without one."),
    _EXPIRED: (410, "Too much has happened since. Begin anew, without a cursor."),
}


class FeedView(APIView):
    """What has changed behind a cursor, a page at a time; all there is without one."""

    name: ClassVar[str]
    """Whose cursors these are."""

    def get(self, request: Request) -> Response:
        text = request.query_params.get("cursor", "")
        epoch = SyncEpoch.current()
        try:
            values = read(text, feed=self.name, epoch=epoch) if text else None
            page = self.page(caller(request), values, size=_size(request))
        except InvalidCursor:
            return _refused(_INVALID)
        except CursorExpired:
            return _refused(_EXPIRED)
        behind = page.pop("behind")
        page["next_cursor"] = (
            None if behind is None else written(self.name, epoch, behind)
        )
        if values is not None:
            page.pop("total", None)
        return Response({"v": 1, **page, "server_time": iso_utc(datetime.now(UTC))})

    @abstractmethod
    def page(self, user: User, since: list[Any] | None, *, size: int) -> dict[str, Any]:
        """Return items, tombstones, total and, as `behind`, the cursor's values.

        Raises InvalidCursor for values of `since` that are none.
        """


def _size(request: Request) -> int:
    asked = whole_number(request.query_params.get("page_size", ""))
    return SIZE if asked is None else min(max(asked, 1), LARGEST_SIZE)


def _refused(error: str) -> Response:
    status, message = _SAID[error]
    body = {"error": error, **envelope({"cursor": message})}
    return Response(body, status=status)


@extend_schema_view(
    get=documented("sync_photos", query=FEED_QUERY, answer=SyncPage[SyncPhoto])
)
class PhotoFeedView(FeedView):
    """One's photos, whatever their state, and those that others show to one."""

    name = PhotoCursor.feed

    def page(self, user: User, since: list[Any] | None, *, size: int) -> dict[str, Any]:
        found = changed_photos(user, _photo_cursor(since), size=size)
        loaded = photos.described(user, found.ids)
        page: dict[str, Any] = {
            "items": [
                sync_photo(loaded[id], viewer=user) for id in found.ids if id in loaded
            ],
            "tombstones": [str(id) for id in found.removed],
            "behind": found.cursor.values() if found.cursor else None,
        }
        if since is None:
            page["total"] = photos.count_mirrored(user)
        return page


def _photo_cursor(values: list[Any] | None) -> PhotoCursor | None:
    if values is None:
        return None
    try:
        return PhotoCursor.of(values)
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidCursor from error


class ItemFeedView(FeedView):
    """All of one kind that is mirrored besides photos."""

    feed: ClassVar[Feed]
    tombstones: ClassVar[bool] = True

    def page(self, user: User, since: list[Any] | None, *, size: int) -> dict[str, Any]:
        found = changed_items(user, self.feed, _version(since), size=size)
        return {
            "items": self.completed(user, found.items),
            "tombstones": found.withdrawn if self.tombstones else [],
            "behind": None if found.version is None else [found.version],
            "total": found.total,
        }

    def completed(self, user: User, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Add what is only looked up for the items of a page."""
        return rows


def _version(values: list[Any] | None) -> int | None:
    if values is None:
        return None
    try:
        (version,) = values
        return number(version)
    except ValueError as error:
        raise InvalidCursor from error


@extend_schema_view(
    get=documented("sync_persons", query=FEED_QUERY, answer=SyncPage[SyncPerson])
)
class PersonFeedView(ItemFeedView):
    """The people whom one has named."""

    name, feed = "persons", items.PERSONS


@extend_schema_view(
    get=documented("sync_user_albums", query=FEED_QUERY, answer=SyncPage[SyncUserAlbum])
)
class UserAlbumFeedView(ItemFeedView):
    """Albums that people have made, with their photos."""

    name, feed = "albums-user", items.USER_ALBUMS

    def completed(self, user: User, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        members = members_of([row["id"] for row in rows], viewer=user)
        return [
            {**row, "photo_ids": [str(id) for id in members.get(row["id"], ())]}
            for row in rows
        ]


@extend_schema_view(
    get=documented("sync_events", query=FEED_QUERY, answer=SyncPage[SyncEvent])
)
class EventFeedView(ItemFeedView):
    """One's events, of which nobody has any yet."""

    name, feed = "albums-auto", items.EVENTS


@extend_schema_view(
    get=documented("sync_things", query=FEED_QUERY, answer=SyncPage[SyncTag])
)
class ThingFeedView(ItemFeedView):
    """What one's photos show."""

    name, feed = "albums-thing", items.THINGS


@extend_schema_view(
    get=documented("sync_places", query=FEED_QUERY, answer=SyncPage[SyncPlace])
)
class PlaceFeedView(ItemFeedView):
    """Where one's photos were taken."""

    name, feed = "albums-place", items.PLACES


@extend_schema_view(
    get=documented("sync_tags", query=FEED_QUERY, answer=SyncPage[SyncTag])
)
class TagFeedView(ItemFeedView):
    """The tags that one has given."""

    name, feed = "albums-tag", items.TAGS


@extend_schema_view(
    get=documented("sync_sharing", query=FEED_QUERY, answer=SyncPage[SyncUser])
)
class SharingFeedView(ItemFeedView):
    """Those with whom one shares something, in either direction."""

    name, feed = "sharing", items.USERS
    tombstones = False


COUNTED: dict[str, Feed] = {
    "persons": items.PERSONS,
    "user_albums": items.USER_ALBUMS,
    "auto_albums": items.EVENTS,
    "thing_albums": items.THINGS,
    "place_albums": items.PLACES,
    "tags": items.TAGS,
}


class CountsView(APIView):
    """How many items of each kind a client has that was told of everything."""

    @documented("sync_counts", answer=SyncCounts)
    def get(self, request: Request) -> Response:
        user = caller(request)
        counts: Collection[tuple[str, int]] = [
            ("photos", count_photos(user)),
            *((name, count_items(user, feed)) for name, feed in COUNTED.items()),
        ]
        return Response({**dict(counts), "server_time": iso_utc(datetime.now(UTC))})

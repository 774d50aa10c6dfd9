"""Addresses of the library, its media and its operation: jobs, models, statistics."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.views import APIView

from librephotos.api.storage.previews import PreviewSize
from librephotos.api.urls.routing import both
from librephotos.api.views.library import (
    captions,
    events,
    folders,
    grid_columns,
    photo_edits,
    photos,
    places,
    search,
    things,
    timeline,
    user_albums,
)
from librephotos.api.views.media import originals, photo_media
from librephotos.api.views.media.quick_previews import quick_preview
from librephotos.api.views.operations import failed_files, jobs, models, statistics


def _api(route: str, view: type[APIView], **options: Any) -> URLPattern:
    return both(f"api/{route}", view.as_view(**options))


def _media(kind: str, view: type[APIView], **options: Any) -> URLPattern:
    return both(f"media/{kind}/<str:name>", view.as_view(**options))


def _preview(kind: str, size: PreviewSize) -> URLPattern:
    return both(f"media/{kind}/<str:name>", quick_preview(size))


urlpatterns: list[URLPattern | URLResolver] = [
    # Looked through from the first to the last, so these, which a page asks for by the
    # hundred, come first.
    _preview("thumbnails_big", PreviewSize.BIG),
    _preview("square_thumbnails", PreviewSize.MEDIUM),
    _preview("square_thumbnails_small", PreviewSize.SMALL),
    _api("albums/auto/list", events.EventListView),
    _api("albums/auto/delete_all", events.EventsDeleteView),
    _api("albums/auto/<number:event_id>", events.EventView),
    _api("autoalbumgen", events.EventsFindView),
    _api("autoalbumtitlegen", events.EventTitlesView),
    _api("albums/date/list", timeline.DayListView),
    _api("albums/date/<number:day>", timeline.DayView),
    _api("timeline/days", grid_columns.GridDaysView),
    _api("timeline/photos", grid_columns.GridPhotosView),
    _api("albums/place/list", places.PlaceListView),
    _api("albums/place/<number:place_id>", places.PlaceView),
    _api("albums/thing/list", things.ThingListView),
    _api("albums/thing/<number:thing_id>", things.ThingView),
    _api("albums/user/list", user_albums.UserAlbumListView),
    _api("albums/user/edit", user_albums.UserAlbumMakingView),
    _api("albums/user/edit/<number:album_id>", user_albums.UserAlbumEditView),
    _api("albums/user/<number:album_id>", user_albums.UserAlbumView),
    # In front of photos/<name>, which its address would be one of.
    path("", include("librephotos.api.urls.downloads")),
    path("", include("librephotos.api.urls.films")),
    _api("photos", photos.PhotoListView),
    _api("photos/recentlyadded", photos.RecentlyAddedView),
    _api("photos/notimestamp", photos.WithoutTimestampView),
    _api("photos/searchlist", search.SearchView),
    _api("photos/favorites", timeline.FavoriteDaysView),
    _api("photos/hidden", timeline.HiddenDaysView),
    _api("photos/public", timeline.PublicDaysView),
    path("", include("librephotos.api.urls.corrections")),
    _api("photos/<str:name>/albums", user_albums.PhotoAlbumsView),
    _api("photos/<str:name>/summary", photos.PhotoSummaryView),
    _api("photos/<str:name>", photos.PhotoView),
    _api("photosedit/favorite", photo_edits.FavoriteView),
    _api("photosedit/hide", photo_edits.HideView),
    _api("photosedit/makepublic", photo_edits.PublishView),
    _api("photosedit/setdeleted", photo_edits.TrashView),
    _api("photosedit/generateim2txt", captions.GenerateCaptionView),
    _api("models", models.ModelListView),
    _api("models/<path:name>/download", models.ModelDownloadView),
    _api("models/<path:name>", models.ModelView),
    _api("exists/<str:name>", photos.FileExistsView),
    _api("searchtermexamples", search.SearchExamplesView),
    _api("locclust", places.MapPinsView),
    _api("locationtimeline", places.PlaceTimelineView),
    _api("locationsunburst", places.PlaceTreeView),
    _api("folders/subfolders", folders.SubfoldersView),
    _api("stats", statistics.TotalsView),
    _api("photomonthcounts", statistics.MonthCountsView),
    _api("wordcloud", statistics.WordCloudView),
    _api("storagestats", statistics.StorageView),
    _api("serverstats", statistics.ServerStatisticsView),
    _api("jobs", jobs.JobListView),
    _api("jobs/<str:name>/cancel", jobs.JobCancelView),
    _api("jobs/<str:name>/failures", jobs.JobFailuresView),
    _api("jobs/<str:name>", jobs.JobView),
    _api("files/failed", failed_files.FailedFilesView),
    _api("files/failed/retry", failed_files.FailedFilesRetryView),
    _api("rqavailable", jobs.WorkerAvailabilityView),
    _api("scanphotos", jobs.ScanView),
    _api("fullscanphotos", jobs.FullScanView),
    _api("scanuploadedphotos", jobs.UploadScanView),
    _api("deletemissingphotos", jobs.DeleteMissingView),
    _media("photos", originals.OriginalView),
    _media("video", originals.VideoView),
    _media("embedded_media", originals.EmbeddedVideoView),
    _media("avatars", photo_media.AvatarView),
    path("", include("librephotos.api.urls.people")),
    path("", include("librephotos.api.urls.sync")),
    path("", include("librephotos.api.urls.sharing")),
    path("", include("librephotos.api.urls.links")),
    path("", include("librephotos.api.urls.uploads")),
    path("", include("librephotos.api.urls.selection")),
    path("", include("librephotos.api.urls.settings")),
    path("media/<path:rest>", photo_media.UnknownMediaView.as_view()),
]

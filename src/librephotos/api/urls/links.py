"""Addresses of links: for their owners, and for the visitors who come by them."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver

from librephotos.api.storage.previews import PreviewSize
from librephotos.api.urls.routing import both
from librephotos.api.views.library import links, public_links
from librephotos.api.views.media import linked_media

_ALBUM = "api/public/albums/s/<str:slug>"
_ALBUM_PHOTO = f"{_ALBUM}/photos/<str:name>"
_PHOTO = "api/public/photo/<str:slug>"


def _preview(size: PreviewSize) -> Any:
    return linked_media.LinkedPreview.as_view(size=size)


urlpatterns: list[URLPattern | URLResolver] = [
    both("api/useralbum/makepublic", links.AlbumLinkView.as_view()),
    both("api/photo/share", links.PhotoLinkView.as_view()),
    both("api/photo/share/list", links.PhotoLinkListView.as_view()),
    both("api/links", links.LinkListView.as_view()),
    both("api/links/<number:link_id>", links.LinkView.as_view()),
    both(_ALBUM, public_links.PublicAlbumView.as_view()),
    both(f"{_ALBUM}/unlock", public_links.UnlockAlbumView.as_view()),
    both(_ALBUM_PHOTO, public_links.PublicAlbumPhotoView.as_view()),
    both(f"{_ALBUM_PHOTO}/media/thumbnail", _preview(PreviewSize.BIG)),
    both(f"{_ALBUM_PHOTO}/media/medium", _preview(PreviewSize.MEDIUM)),
    both(f"{_ALBUM_PHOTO}/media/small", _preview(PreviewSize.SMALL)),
    both(f"{_ALBUM_PHOTO}/media/video", linked_media.LinkedVideo.as_view()),
    both(f"{_ALBUM_PHOTO}/media/motion", linked_media.LinkedMotion.as_view()),
    both(f"{_ALBUM_PHOTO}/media/playable", linked_media.LinkedPlayable.as_view()),
    both(f"{_ALBUM_PHOTO}/media/file", linked_media.LinkedFile.as_view()),
    both(
        f"{_ALBUM_PHOTO}/media/face/<number:face_id>",
        linked_media.LinkedFace.as_view(),
    ),
    both(_PHOTO, public_links.PublicPhotoView.as_view()),
    both(f"{_PHOTO}/unlock", public_links.UnlockPhotoView.as_view()),
    both(f"{_PHOTO}/media/thumbnail", _preview(PreviewSize.BIG)),
    both(f"{_PHOTO}/media/video", linked_media.LinkedVideo.as_view()),
    both(f"{_PHOTO}/media/motion", linked_media.LinkedMotion.as_view()),
    both(f"{_PHOTO}/media/playable", linked_media.LinkedPlayable.as_view()),
    both(f"{_PHOTO}/media/file", linked_media.LinkedFile.as_view()),
]

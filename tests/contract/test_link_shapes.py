"""Links in the shapes that the clients demand."""

from __future__ import annotations

from typing import Any

import pytest

from librephotos.api.models import Link, UserAlbum
from tests.contract import shapes
from tests.support.links import ALL


def told(client: Any, path: str, body: Any = None) -> Any:
    """Return a decoded answer that says yes, to a POST where there is a body."""
    address = f"/api/{path}"
    answer = client.post(address, body, format="json") if body else client.get(address)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def follows(answer: Any, shape: Any) -> None:
    assert shapes.violations(answer, shape) == []


@pytest.mark.parametrize("switches", [{}, ALL], ids=["nothing", "everything"])
def test_what_visitors_are_told_has_its_shape(library, client_of, switches):
    owner, anybody = client_of(library.owner), client_of()
    album = UserAlbum.objects.create(owner=library.owner, title="Everything")
    for photo in library.photos.values():
        album.members.create(photo=photo)
    made = told(
        owner,
        "useralbum/makepublic",
        {"album_id": str(album.pk), "val_public": True, "sharing_options": switches},
    )
    follows(made, shapes.MADE_PUBLIC)
    follows(told(owner, f"albums/user/{album.pk}/"), shapes.USER_ALBUM_DETAILS)
    slug = made["album"]["public_slug"]
    page = told(anybody, f"public/albums/s/{slug}/")
    follows(page, shapes.PUBLIC_ALBUM)
    items = [i for day in page["results"]["grouped_photos"] for i in day["items"]]
    assert {item["type"] for item in items} == {"image", "video", "motion_photo"}
    for item in items:
        for name in (item["id"], item["image_hash"]):
            photo = told(anybody, f"public/albums/s/{slug}/photos/{name}/")
            follows(photo, shapes.PUBLIC_ALBUM_PHOTO)
        share = told(owner, "photo/share", {"photo_id": item["id"]})
        follows(share, shapes.PHOTO_SHARE)
        Link.objects.filter(photo=item["id"]).update(sharing_options=switches)
        alone = told(anybody, f"public/photo/{share['share']['slug']}/")
        follows(alone, shapes.PUBLIC_PHOTO)
        assert (alone["results"]["video_url"] is None) == (item["type"] != "video")
    follows(told(owner, "photo/share/list"), shapes.PHOTO_SHARES)
    off = told(owner, "photo/share", {"photo_id": items[0]["id"], "action": "disable"})
    follows(off, shapes.PHOTO_SHARE)


def test_a_slug_that_nobody_has_is_free(library, client_of):
    """Clients fetch the album to find out: any error counts as free."""
    answer = client_of().get("/api/public/albums/s/our-summer/")
    assert answer.status_code == 404
    assert shapes.violations(answer.json(), shapes.ERRORS) == []

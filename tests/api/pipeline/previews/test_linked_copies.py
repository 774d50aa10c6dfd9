"""What visitors of a link get of a file: no metadata, unless the link shows it."""

from __future__ import annotations

from typing import Any

import pytest

from librephotos.api.models import Link, Photo, UserAlbum
from tests.factories import LinkFactory
from tests.support.links import ALL
from tests.support.pictures import marked
from tests.support.scanning import work_until_idle

NAME = "Holiday in Munich 2021-07-05"


def fetched(client: Any, path: str) -> Any:
    """Return the answer once a worker has done what was asked of it."""
    answer = client.get(path)
    if answer.status_code == 503:
        work_until_idle()
        answer = client.get(path)
    assert answer.status_code == 200, path
    return answer


@pytest.mark.parametrize(
    ("extension", "data"),
    [("jpg", lambda: marked.marked_jpeg(6)), ("mp4", marked.marked_mp4)],
    ids=["still", "video"],
)
def test_no_byte_below_a_link_holds_metadata_unless_all_of_it_is_shown(
    photos, client_of, settings, tmp_path, extension, data
):
    settings.DATA = tmp_path / "data"
    settings.DATA.mkdir()
    original = data()
    path = photos.root / f"{NAME}.{extension}"
    path.write_bytes(original)
    photos.scan()
    photo: Photo = photos.photo_of(path)
    album = UserAlbum.objects.create(owner=photos.owner, title="Munich")
    album.members.create(photo=photo)
    link, alone = LinkFactory(album=album), LinkFactory(photo=photo)
    start = f"/api/public/albums/s/{link.slug}/photos/{photo.pk}/media"
    single = f"/api/public/photo/{alone.slug}/media"
    files = [f"{start}/file/", f"{single}/file/", f"/media/photos/{photo.image_hash}"]
    if photo.video:
        files += [f"{start}/video/", f"{single}/video/"]
    pictures = [f"{start}/{kind}/" for kind in ("thumbnail", "medium", "small")]
    for address in (*files, *pictures, f"{single}/thumbnail/"):
        answer = fetched(client_of(), address)
        assert "Munich" not in str(answer.headers)
        if "/public/" in address:
            assert photo.image_hash[:32] not in str(answer.headers)
        sent = b"".join(answer)
        assert sent and b"2021:07:05" not in sent
        for form in ("utf-8", "utf-16-le"):
            assert marked.MARK.encode(form) not in sent
    Link.objects.update(sharing_options={**ALL, "share_location": False})
    assert all(b"".join(fetched(client_of(), each)) != original for each in files)
    Link.objects.update(sharing_options=ALL)
    for address in files:
        answer = fetched(client_of(), address)
        assert b"".join(answer) == original
        assert "Munich" not in str(answer.headers)

"""What models and people say of a photo, as clients read it."""

from __future__ import annotations

from collections import defaultdict
from typing import NotRequired, TypedDict

from librephotos.api.models import Photo, Thing


class SceneTags(TypedDict):
    """What Places365 says of a photo."""

    attributes: list[str]
    categories: list[str]
    environment: str


class ThingTags(TypedDict):
    """What another tagger says of a photo."""

    tags: list[str]


class Captions(TypedDict):
    """What models and people say of a photo."""

    im2txt: str
    user_caption: str
    places365: SceneTags
    siglip2: NotRequired[ThingTags]


def captions(photo: Photo) -> Captions:
    """Return the contract's `captions_json` of a photo.

    The photo must come from `queries.library.photos.detailed`.

    Clients read `im2txt`, `user_caption` and `places365` without guarding; other
    taggers have a key each where they found something.
    """
    titles: dict[str, list[str]] = defaultdict(list)
    for tag in photo.tags.all():
        titles[tag.thing.kind].append(tag.thing.title)
    written = next(iter(photo.captions.all()), None)
    said = no_captions()
    said["im2txt"] = written.text if written else ""
    said["user_caption"] = photo.user_caption
    said["places365"] = {
        "attributes": titles[Thing.Kind.PLACES365_ATTRIBUTE],
        "categories": titles[Thing.Kind.PLACES365_CATEGORY],
        "environment": "".join(titles[Thing.Kind.PLACES365_ENVIRONMENT]),
    }
    if titles[Thing.Kind.SIGLIP2_TAG]:
        said["siglip2"] = {"tags": titles[Thing.Kind.SIGLIP2_TAG]}
    return said


def no_captions() -> Captions:
    """Return the `captions_json` of a photo of which nothing is said."""
    nothing: SceneTags = {"attributes": [], "categories": [], "environment": ""}
    return {"im2txt": "", "user_caption": "", "places365": nothing}

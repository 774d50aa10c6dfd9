"""What is answered about one photo in full, to its owner and to others alike."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from librephotos.api.http.answer_schema import IsoTime, UuidText
from librephotos.api.serializers.library.captions import Captions
from librephotos.api.serializers.library.grid import MediaType, Stack
from librephotos.api.serializers.library.place import Geolocation
from librephotos.api.serializers.library.similar_photo import SimilarPhotoItem
from librephotos.api.serializers.library.simple_user import SimpleUser
from librephotos.api.serializers.people.face import FaceOnPhoto, PersonOnPhoto


class EmbeddedMedia(TypedDict):
    """What moves within a photo."""

    id: str
    type: Literal["image", "video"]


class FileVariant(TypedDict):
    """A file of a photo."""

    hash: str
    path: str
    type: str
    type_id: int
    is_main: bool
    filename: str
    size: int


class StructuredMetadata(TypedDict):
    """Facts of a photo, prepared for display."""

    camera_display: str
    lens_display: str
    aperture: float | None
    shutter_speed: str
    iso: int | None
    focal_length: float | None
    focal_length_35mm: float | None
    resolution: str
    megapixels: float
    date_taken: IsoTime | None
    has_location: bool
    rating: int
    source: str
    version: int
    has_edits: bool


class PreviewUrls(TypedDict):
    """Where the previews of a photo are, null until they are made."""

    big_thumbnail_url: str | None
    square_thumbnail_url: str | None
    small_square_thumbnail_url: str | None


class CameraFacts(TypedDict):
    """What a photo was taken with."""

    camera: str | None
    lens: str | None
    focal_length: float | None
    fstop: float | None
    iso: int | None
    shutter_speed: str | None
    focalLength35Equivalent: float | None
    digitalZoomRatio: float | None
    subjectDistance: float | None


class CommonFacts(PreviewUrls):
    """What everybody may know who may see a photo."""

    id: UuidText
    image_hash: str
    exif_timestamp: IsoTime | None
    type: MediaType
    people: list[PersonOnPhoto]
    unknown_faces: list[FaceOnPhoto]
    rating: int
    hidden: bool
    public: bool
    in_trashcan: bool
    removed: bool
    shared_to: list[int]
    similar_photos: list[SimilarPhotoItem]
    video: bool
    owner: SimpleUser
    size: int
    height: int | None
    width: int | None
    embedded_media: list[EmbeddedMedia]
    has_raw_variant: bool
    stacks: list[Stack]
    is_screenshot: bool
    is_document: bool
    video_playback_type: str | None
    category_source: Literal["auto", "user"]
    local_orientation: int
    shown_orientation: int


class NamedTag(TypedDict):
    """A tag that a person has made."""

    id: int
    name: str


class DateSource(TypedDict):
    """The rule by which a date was found."""

    id: int
    name: str


class PhotoDetails(CommonFacts, CameraFacts):
    """A photo in full; for others than its owner most of it is empty.

    `local_orientation` is how its owner wants it turned, `shown_orientation` how the
    previews are turned by now.
    """

    title: str
    timezone: str
    date_rule: DateSource | None
    user_tags: list[NamedTag]

    image_path: list[str]
    exif_gps_lat: float | None
    exif_gps_lon: float | None
    search_captions: str | None
    search_location: str | None
    captions_json: Captions
    geolocation_json: Geolocation
    exif_json: dict[str, str | int | float] | None
    file_variants: list[FileVariant]
    metadata: StructuredMetadata | None
    damage: str


class EditedPhotos(TypedDict):
    """What became of a change of many photos; of a query it is only counted.

    Of the photos of the caller's that were `selected`, `count` were changed and
    `unchanged` were so already; `unknown` names are of no photo of the caller's. `undo`
    is what takes the change back, null where there is nothing to take back. The arrays
    of whole photos are empty where the request names more than a hundred.
    """

    status: bool
    count: int
    selected: int
    unchanged: int
    undo: int | None
    unknown: NotRequired[int]
    results: NotRequired[list[PhotoDetails]]
    updated: NotRequired[list[PhotoDetails]]
    not_updated: NotRequired[list[PhotoDetails]]
    edit: NotRequired[UuidText | None]
    updated_hashes: NotRequired[list[str]]
    not_updated_hashes: NotRequired[list[str]]


class UndonePhotos(TypedDict):
    """How many photos are as they were before; `kept` ones were changed since."""

    status: bool
    count: int
    kept: int


class SelectedPhotos(TypedDict):
    """How many photos a selection has, and what they take on disk."""

    status: bool
    count: int
    files: int
    bytes: int


class EditedPhoto(TypedDict):
    """What a person may have changed of a photo, as it is now."""

    image_hash: str
    hidden: bool
    rating: int
    in_trashcan: bool
    removed: bool
    video: bool
    exif_timestamp: IsoTime | None
    timestamp: IsoTime | None
    exif_gps_lat: float | None
    exif_gps_lon: float | None
    is_screenshot: bool
    is_document: bool
    category_source: Literal["auto", "user"]
    timezone: str


class Done(TypedDict):
    """That something was done."""

    status: bool


class CaptionAttempt(Done):
    """Whether a caption was written, or else why not."""

    reason: NotRequired[str]
    message: NotRequired[str]


class FileExists(TypedDict):
    """Whether a file is in the library."""

    exists: bool

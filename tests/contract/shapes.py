"""What the validators of the clients demand, as JSON Schemas.

Further keys are always allowed. A number given as text, or a null where a text is
due, makes a client drop the whole answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
SWITCH: Schema = {"type": "boolean"}
ANYTHING: Schema = {}
NULL: Schema = {"type": "null"}
MOMENT: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
UUID: Schema = {"type": "string", "format": "uuid"}
HASH: Schema = {"type": "string", "pattern": r"^[0-9a-f]{32}\d+$"}
MEDIA_TYPE: Schema = {"enum": ["image", "video", "motion_photo"]}


def violations(value: Any, schema: Schema) -> list[str]:
    """Return where and how a decoded JSON value breaks a schema."""
    validator = Draft202012Validator(dict(schema), format_checker=FormatChecker())
    return [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)
    ]


def either(*schemas: Schema) -> Schema:
    """Match any of the schemas."""
    return {"anyOf": list(schemas)}


def nullable(schema: Schema) -> Schema:
    """Match the schema, or null."""
    return either(schema, NULL)


def array(items: Schema, **limits: int) -> Schema:
    """Match an array whose elements all match."""
    return {"type": "array", "items": items, **limits}


def record(**fields: Schema) -> Schema:
    """Match an object that has all of these fields."""
    return {"type": "object", "properties": fields, "required": list(fields)}


def page(rows: Schema) -> Schema:
    """Match the envelope of a paginated list."""
    links = {"next": nullable(TEXT), "previous": nullable(TEXT)}
    return record(count=INTEGER, results=array(rows), **links)


def texts(*names: str) -> dict[str, Schema]:
    """Return fields that are texts."""
    return dict.fromkeys(names, TEXT)


def numbers(*names: str) -> dict[str, Schema]:
    """Return fields that are numbers."""
    return dict.fromkeys(names, NUMBER)


def switches(*names: str) -> dict[str, Schema]:
    """Return fields that are true or false."""
    return dict.fromkeys(names, SWITCH)


ERRORS = record(errors=array(record(field=TEXT, message=TEXT), minItems=1))

_COLOR: Schema = {"type": "string", "pattern": "^#[0-9a-f]{6}$"}
UPLOAD_CHUNK = record(upload_id=TEXT, offset=INTEGER, expires=MOMENT)
UPLOAD_REFUSED = record(
    detail=TEXT, errors=array(record(field=TEXT, message=TEXT), minItems=1)
)

SIMPLE_USER = record(id=INTEGER, **texts("username", "first_name", "last_name"))

GRID_ITEM = record(
    id=UUID,
    image_hash=HASH,
    url=HASH,
    dominantColor={"type": "string", "pattern": "^(#[0-9a-f]{6})?$"},
    location=TEXT,
    date=either(MOMENT, {"const": ""}),
    birthTime=either(MOMENT, {"const": ""}),
    aspectRatio=NUMBER,
    type=MEDIA_TYPE,
    video_length={"type": "string", "pattern": r"^(\d+(\.\d+)?)?$"},
    rating=INTEGER,
    owner=SIMPLE_USER,
    exif_gps_lat=nullable(NUMBER),
    exif_gps_lon=nullable(NUMBER),
    removed=SWITCH,
    in_trashcan=SWITCH,
    has_raw_variant=SWITCH,
    stacks=nullable(array(record(id=UUID))),
)

DAY_GROUP = record(
    date=either(DAY, {"const": "No timestamp"}),
    location=TEXT,
    items=array(GRID_ITEM, minItems=1),
)

_TIMELINE_DAY: dict[str, Schema] = {
    "id": {"type": "string", "pattern": r"^\d+$"},
    "date": nullable(DAY),
    "location": nullable(TEXT),
    "numberOfItems": {"type": "integer", "minimum": 1},
}
TIMELINE = record(
    results=array(
        record(
            incomplete={"const": True},
            items=array(ANYTHING, maxItems=0),
            **_TIMELINE_DAY,
        )
    )
)
TIMELINE_DAY = record(
    results=record(incomplete={"const": False}, items=array(GRID_ITEM), **_TIMELINE_DAY)
)
SEARCH_GROUPED = record(results=array(DAY_GROUP))
SEARCH_FLAT = record(results=array(GRID_ITEM))
RECENTLY_ADDED = record(date=MOMENT, results=array(GRID_ITEM))
SUMMARY = record(
    photo_summary={
        **GRID_ITEM,
        "properties": {**GRID_ITEM["properties"], "aspectRatio": nullable(NUMBER)},
    },
    album_date_id=nullable(INTEGER),
    processing=SWITCH,
)

_CENTER = array(NUMBER, minItems=2, maxItems=2)
GEOLOCATION = either(
    {"type": "object", "maxProperties": 0},
    record(
        features=array(record(text=TEXT, center=_CENTER), minItems=3),
        places=array(TEXT),
        address=TEXT,
        center=_CENTER,
        _v=TEXT,
    ),
)
CAPTIONS = record(
    im2txt=TEXT,
    user_caption=TEXT,
    places365=record(attributes=array(TEXT), categories=array(TEXT), environment=TEXT),
)
PHOTO_METADATA = record(
    **dict.fromkeys(("camera_display", "lens_display", "resolution"), nullable(TEXT)),
    **dict.fromkeys(
        ("aperture", "iso", "focal_length", "focal_length_35mm", "megapixels"),
        nullable(NUMBER),
    ),
    shutter_speed=nullable(TEXT),
    date_taken=nullable(MOMENT),
    has_location=SWITCH,
    rating=nullable(NUMBER),
    source={"enum": ["embedded", "sidecar", "user_edit", "computed"]},
    version=INTEGER,
    has_edits=SWITCH,
)
PHOTO = record(
    id=UUID,
    image_hash=HASH,
    image_path=array(TEXT, minItems=1),
    exif_timestamp=nullable(MOMENT),
    captions_json=CAPTIONS,
    video_playback_type=nullable(TEXT),
    geolocation_json=GEOLOCATION,
    exif_json=ANYTHING,
    people=array(
        record(
            name=TEXT,
            face_url=TEXT,
            face_id=NUMBER,
            type={"enum": ["user", "cluster", "classification"]},
            probability=NUMBER,
            location=record(**numbers("top", "bottom", "left", "right")),
        )
    ),
    rating=INTEGER,
    shared_to=array(nullable(NUMBER)),
    similar_photos=array(record(image_hash=TEXT, type=MEDIA_TYPE)),
    owner=SIMPLE_USER,
    size=NUMBER,
    embedded_media=array(record(id=TEXT, type={"enum": ["image", "video"]})),
    category_source={"enum": ["auto", "user"]},
    file_variants=array(
        record(
            hash=TEXT,
            path=TEXT,
            type={"enum": ["image", "video", "raw", "metadata", "unknown"]},
            type_id=INTEGER,
            is_main=SWITCH,
            filename=TEXT,
        )
    ),
    stacks=array(record(id=UUID)),
    metadata=nullable(PHOTO_METADATA),
    **switches("hidden", "public", "in_trashcan", "removed", "video"),
    **switches("is_screenshot", "is_document"),
    **dict.fromkeys(
        (
            "exif_gps_lat",
            "exif_gps_lon",
            "height",
            "width",
            "focal_length",
            "fstop",
            "iso",
            "focalLength35Equivalent",
            "digitalZoomRatio",
            "subjectDistance",
        ),
        nullable(NUMBER),
    ),
    **dict.fromkeys(
        (
            "search_captions",
            "search_location",
            "big_thumbnail_url",
            "square_thumbnail_url",
            "small_square_thumbnail_url",
            "shutter_speed",
            "lens",
            "camera",
        ),
        nullable(TEXT),
    ),
)

BULK_ACTION = record(
    status={"const": True},
    results=array(PHOTO),
    updated=array(PHOTO),
    not_updated=array(PHOTO),
    count=INTEGER,
    updated_hashes=array(HASH),
    not_updated_hashes=array(HASH),
)
BULK_QUERY = record(status={"const": True}, count=INTEGER)
ERASED = record(
    status={"const": True},
    results=array(TEXT),
    deleted=array(TEXT),
    not_deleted=array(TEXT),
)
ERASED_QUERY = record(status={"const": True}, count=INTEGER, failed_count=INTEGER)

PERSON = record(
    id=INTEGER,
    name=TEXT,
    face_url=TEXT,
    face_count=NUMBER,
    face_photo_url=TEXT,
    video=SWITCH,
)
COVER = record(image_hash=HASH, video=SWITCH)
THING_ALBUM = record(
    id=INTEGER,
    title=TEXT,
    thing_type=TEXT,
    photo_count=NUMBER,
    cover_photos=array(COVER, minItems=1),
)
PLACE_ALBUM = record(
    id=INTEGER,
    title=TEXT,
    geolocation_level=NUMBER,
    photo_count={"type": "number", "minimum": 1},
    cover_photos=array(COVER, minItems=1, maxItems=4),
)
SUPER_SIMPLE_PHOTO = record(
    image_hash=HASH,
    rating=INTEGER,
    exif_timestamp=nullable(MOMENT),
    **switches("hidden", "public", "video"),
)
_USER_ALBUM: dict[str, Schema] = {
    "title": TEXT,
    "owner": SIMPLE_USER,
    "shared_to": array(SIMPLE_USER),
    "public_slug": TEXT,
    "public_expires_at": nullable(MOMENT),
    "description": TEXT,
    "role": {"enum": ["owner", "viewer", "contributor"]},
    "photo_order": {"enum": ["newest", "oldest", "hand"]},
    "photo_count": INTEGER,
    "public_sharing_options": nullable({"type": "object"}),
    **switches("public", "locked", "favorited"),
}
USER_ALBUM = record(
    **_USER_ALBUM,
    id=INTEGER,
    cover_photo=SUPER_SIMPLE_PHOTO,
    created_on=MOMENT,
)
USER_ALBUM_DETAILS = record(
    **_USER_ALBUM,
    id={"type": "string", "pattern": r"^\d+$"},
    date=TEXT,
    location=nullable(TEXT),
    grouped_photos=array(DAY_GROUP),
)
EDITED_USER_ALBUM = record(
    id=INTEGER,
    title=TEXT,
    photos=array(UUID),
    created_on=MOMENT,
    cover_photo=nullable(UUID),
    **switches("favorited", "locked"),
)
_WITH_COVERS: dict[str, Schema] = {
    "id": INTEGER,
    "title": TEXT,
    "photo_count": INTEGER,
    "cover_hashes": array(HASH),
    "last_modified": nullable(INTEGER),
}
SYNC_ITEMS: dict[str, Schema] = {
    "photos": record(
        id=UUID,
        image_hash=HASH,
        owner_id=INTEGER,
        type={"enum": ["image", "video", "motion"]},
        rating=INTEGER,
        **{
            name: nullable(INTEGER)
            for name in ("timestamp", "added_on", "last_modified", "video_length_ms")
        },
        **{
            name: nullable(NUMBER) for name in ("aspect_ratio", "latitude", "longitude")
        },
        search_location=nullable(TEXT),
        dominant_color=nullable(_COLOR),
        **switches("is_favorite", "hidden", "in_trashcan", "removed", "is_public"),
    ),
    "persons": record(
        id=INTEGER,
        name=nullable(TEXT),
        kind=nullable(TEXT),
        face_count=nullable(INTEGER),
        cover_photo_hash=nullable(HASH),
        last_modified=nullable(INTEGER),
    ),
    "albums/user": record(
        id=INTEGER,
        title=TEXT,
        owner_id=nullable(INTEGER),
        favorited=SWITCH,
        shared={"enum": [0, 1]},
        cover_hash=nullable(HASH),
        photo_count=INTEGER,
        created_on=nullable(INTEGER),
        last_modified=nullable(INTEGER),
        photo_ids=array(UUID),
    ),
    "albums/auto": record(id=INTEGER, title=TEXT),
    "albums/thing": record(**_WITH_COVERS),
    "albums/place": record(**_WITH_COVERS, geolocation_level=nullable(INTEGER)),
    "albums/tag": record(**_WITH_COVERS),
    "sharing": record(
        id=INTEGER,
        username=TEXT,
        first_name=nullable(TEXT),
        last_name=nullable(TEXT),
        avatar_url=nullable(TEXT),
        last_modified=nullable(INTEGER),
    ),
}
"""What each feed of the delta sync tells of; times in milliseconds."""


def sync_page(item: Schema) -> Schema:
    """Return the schema of a page of a feed."""
    return record(
        v={"const": 1},
        items=array(item),
        tombstones=array(either(INTEGER, UUID)),
        next_cursor=nullable(TEXT),
        server_time=MOMENT,
    )


SHARED_PHOTO = record(user_id=INTEGER, user=SIMPLE_USER, photo=GRID_ITEM)
SHARING_OPTIONS = record(
    **switches(
        "share_location",
        "share_camera_info",
        "share_timestamps",
        "share_captions",
        "share_faces",
    )
)
PHOTO_SHARE = record(
    user=SIMPLE_USER, sharing_options=SHARING_OPTIONS, created_on=MOMENT
)
ALBUM_SHARE = record(
    user=SIMPLE_USER,
    sharing_options=SHARING_OPTIONS,
    created_on=MOMENT,
    role={"enum": ["viewer", "contributor"]},
    photo_count=INTEGER,
)
PLACE_DETAILS = record(
    results=record(
        id={"type": "string", "pattern": r"^\d+$"},
        title=TEXT,
        grouped_photos=array(DAY_GROUP, minItems=1),
    )
)
MAP_PINS = array(
    {
        "type": "array",
        "prefixItems": [NUMBER, NUMBER, TEXT],
        "minItems": 3,
        "maxItems": 3,
    }
)

_PROFILE: dict[str, Schema] = {
    "id": INTEGER,
    "avatar_url": nullable(TEXT),
    "public_photo_count": INTEGER,
    "public_photo_samples": array(SUPER_SIMPLE_PHOTO, maxItems=10),
    **texts("username", "first_name", "last_name"),
}
PROFILE = record(**_PROFILE)
USER = record(
    **_PROFILE,
    avatar=nullable(TEXT),
    date_joined=MOMENT,
    save_metadata_to_disk={"enum": ["OFF", "MEDIA_FILE", "SIDECAR_FILE"]},
    face_recognition_model={"enum": ["HOG", "CNN"]},
    text_alignment={"enum": ["left", "right"]},
    header_size={"enum": ["large", "normal", "small"]},
    duplicate_sensitivity={"enum": ["strict", "normal", "loose"]},
    nextcloud_server_address=nullable(TEXT),
    nextcloud_username=nullable(TEXT),
    nextcloud_scan_directory=nullable(TEXT),
    llm_settings=record(
        **switches("enabled", "add_person", "add_location", "add_keywords"),
        **switches("add_camera", "add_lens", "add_album", "custom_prompt_enabled"),
        sentiment=NUMBER,
        custom_prompt=TEXT,
    ),
    public_sharing_defaults={
        **record(
            **switches("share_location", "share_camera_info", "share_timestamps"),
            **switches("share_captions", "share_faces"),
        ),
        "maxProperties": 5,
    },
    **texts("email", "scan_directory", "datetime_rules", "default_timezone"),
    default_timeline_filter={"type": "object"},
    **texts("burst_detection_rules"),
    **numbers("photo_count", "confidence", "confidence_person", "image_scale"),
    **numbers("semantic_search_topk", "favorite_min_rating", "min_cluster_size"),
    **numbers("confidence_unknown_face", "min_samples", "cluster_selection_epsilon"),
    **numbers("slideshow_interval"),
    **switches("is_superuser", "transcode_videos", "public_sharing"),
    **switches("save_face_tags_to_disk", "skip_raw_files", "stack_raw_jpeg"),
    **switches("duplicate_clear_existing"),
)
MANAGED_USER = record(
    id=INTEGER,
    date_joined=MOMENT,
    last_login=nullable(MOMENT),
    **texts("username", "email", "first_name", "last_name", "scan_directory"),
    **texts("save_metadata_to_disk"),
    **numbers("photo_count", "confidence", "semantic_search_topk"),
    **numbers("favorite_min_rating", "image_scale"),
)
SITE_SETTINGS = record(
    heavyweight_process=nullable(NUMBER),
    **switches("allow_registration", "allow_upload", "nextcloud_enabled"),
    **switches("delete_originals"),
    **switches("auto_create_user_directory", "email_configured"),
    **switches("face_recognition_enabled"),
    **texts("skip_patterns", "map_api_provider", "map_api_key", "captioning_model"),
    **texts("llm_model", "map_tile_provider", "tagging_model", "ocr_model"),
    **texts("semantic_search_model", "face_recognition_model"),
)

JOB = record(
    id=INTEGER,
    job_id=UUID,
    queued_at=MOMENT,
    started_at=nullable(MOMENT),
    finished_at=nullable(MOMENT),
    job_type={"type": "integer", "minimum": 1, "maximum": 18},
    job_type_str=TEXT,
    started_by=SIMPLE_USER,
    progress_current=INTEGER,
    progress_target=INTEGER,
    progress_step=nullable(TEXT),
    result=ANYTHING,
    error=ANYTHING,
    **switches("finished", "failed", "cancelled"),
)
WORKER_AVAILABILITY = record(
    status={"const": True},
    queue_can_accept_job=SWITCH,
    job_detail=nullable(
        {**JOB, "properties": {**JOB["properties"], "started_at": MOMENT}}
    ),
)
STARTED_JOB = record(status={"const": True}, job_id=UUID)

TOTALS = record(
    **numbers("num_photos", "num_missing_photos", "num_faces", "num_people"),
    **numbers("num_unknown_faces", "num_labeled_faces", "num_inferred_faces"),
    **numbers("num_albumauto", "num_albumdate", "num_albumuser"),
)
MONTH_COUNTS = array(
    record(month={"type": "string", "pattern": r"^\d{4}-([1-9]|1[0-2])$"}, count=NUMBER)
)
_LABELS = array(record(label=TEXT, y=NUMBER), maxItems=100)
WORD_CLOUD = record(captions=_LABELS, people=_LABELS, locations=_LABELS)
PLACE_TIMELINE = array(
    record(data=array(NUMBER), color=_COLOR, loc=TEXT, **numbers("start", "end"))
)
_TOWN = record(name=TEXT, hex=_COLOR, value=INTEGER)
_REGION = record(name=TEXT, hex=_COLOR, children=array(_TOWN))
_COUNTRY = record(name=TEXT, hex=_COLOR, children=array(_REGION))
PLACE_TREE = record(name=TEXT, children=array(_COUNTRY))
SERVER_LOG = record(logs=TEXT, count=INTEGER)
SERVICES = record(services={"type": "object", "additionalProperties": NUMBER})
SERVICE = record(
    service_name=TEXT, feature_flag=nullable(TEXT), **switches("healthy", "enabled")
)
MAIL_CONFIG = record(
    port=NUMBER,
    presets={
        "type": "object",
        "additionalProperties": record(
            port=NUMBER, **texts("label", "help_url"), **switches("use_tls", "use_ssl")
        ),
    },
    **texts("provider", "from_email", "host", "username"),
    **switches("use_tls", "use_ssl", "has_secret", "is_configured"),
)
_ALBUM_SIZES = record(
    **dict.fromkeys(
        (
            *("count", "min", "max", "mean", "median", "min_videos", "max_videos"),
            *("mean_videos", "median_videos"),
        ),
        nullable(NUMBER),
    )
)
SERVER_STATISTICS = record(
    cpu_info=record(
        cpuinfo_version=array(NUMBER),
        flags=array(TEXT),
        **numbers("bits", "count", "model"),
        **texts("python_version", "cpuinfo_version_string", "arch", "arch_string_raw"),
        **texts("vendor_id_raw", "brand_raw"),
    ),
    gpu_memory_in_mb=either(NUMBER, TEXT),
    users=array(
        record(
            **dict.fromkeys(("album", "places", "things", "events"), _ALBUM_SIZES),
            person=record(
                **dict.fromkeys(
                    ("count", "min", "max", "mean", "median"), nullable(NUMBER)
                )
            ),
            date_joined=TEXT,
            **numbers("total_file_size_in_mb", "number_of_photos", "number_of_videos"),
            **numbers("number_of_captions", "number_of_generated_captions"),
            **numbers("number_of_clusters", "number_of_favorites", "number_of_hidden"),
            **numbers("number_of_public", "number_of_screenshots"),
            **numbers("number_of_documents"),
        ),
        minItems=1,
    ),
)

STORAGE = record(**numbers("total_storage", "used_storage", "free_storage"))
IMAGE_TAG = record(**texts("image_tag", "git_hash"))
SEARCH_EXAMPLES = record(results=array(TEXT))
SUBFOLDERS = record(
    current_path=TEXT,
    parent_path=nullable(TEXT),
    subfolders=array(
        record(name=TEXT, path=TEXT, photo_count=INTEGER, modified=MOMENT)
    ),
    pagination=record(
        **dict.fromkeys(("page", "page_size", "total_folders", "total_pages"), INTEGER),
        **switches("has_next", "has_previous"),
    ),
)
DIRECTORIES: Schema = {
    **array({"$ref": "#/$defs/directory"}, minItems=1, maxItems=1),
    "$defs": {
        "directory": record(
            title=TEXT,
            absolute_path=TEXT,
            children=array({"$ref": "#/$defs/directory"}),
        )
    },
}
TOKEN_CLAIMS = record(
    token_type={"enum": ["access", "refresh"]},
    exp=INTEGER,
    iat=INTEGER,
    jti=TEXT,
    user_id=INTEGER,
    name=TEXT,
    is_admin=SWITCH,
    first_name=TEXT,
    last_name=TEXT,
    scan_directory=nullable(TEXT),
    confidence=NUMBER,
    semantic_search_topk=INTEGER,
    nextcloud_server_address=nullable(TEXT),
    nextcloud_username=nullable(TEXT),
)

SHARING_SETTINGS = record(
    **switches(
        "share_location",
        "share_camera_info",
        "share_timestamps",
        "share_captions",
        "share_faces",
    )
)
_PUBLIC_ITEM = record(
    id=UUID,
    image_hash=HASH,
    url=HASH,
    location=TEXT,
    date=TEXT,
    birthTime=TEXT,
    aspectRatio=NUMBER,
    type=MEDIA_TYPE,
    owner=SIMPLE_USER,
)
PUBLIC_ALBUM = record(
    results=record(
        id={"type": "string", "pattern": r"^\d+$"},
        owner=SIMPLE_USER,
        grouped_photos=array(
            record(date=nullable(TEXT), location=TEXT, items=array(_PUBLIC_ITEM))
        ),
        **texts("title", "date", "location"),
    ),
    sharing_settings=SHARING_SETTINGS,
)
_PUBLIC_FACTS: dict[str, Schema] = {
    "video": SWITCH,
    "exif_timestamp": nullable(MOMENT),
    "exif_gps_lat": nullable(NUMBER),
    "exif_gps_lon": nullable(NUMBER),
    "geolocation_json": nullable({"type": "object"}),
    "captions_json": record(im2txt=TEXT),
    "width": NUMBER,
    "height": NUMBER,
    **dict.fromkeys(("camera", "lens", "shutter_speed"), nullable(TEXT)),
    **dict.fromkeys(("focal_length", "fstop", "iso"), nullable(NUMBER)),
    **texts("search_location", "search_captions"),
}
PUBLIC_ALBUM_PHOTO = record(
    results=record(
        **_PUBLIC_FACTS,
        image_hash=HASH,
        people=array(record(name=TEXT, face_url=nullable(TEXT), face_id=INTEGER)),
        **texts(
            "square_thumbnail_url",
            "big_thumbnail_url",
            "small_square_thumbnail_url",
        ),
    ),
    sharing_settings=SHARING_SETTINGS,
)
PUBLIC_PHOTO = record(
    results=record(
        **_PUBLIC_FACTS,
        thumbnail_url=TEXT,
        video_url=nullable(TEXT),
        people=array(record(name=TEXT)),
    ),
    sharing_settings=SHARING_SETTINGS,
)
_SHARE: dict[str, Schema] = {"slug": TEXT, "url": TEXT, "created_at": MOMENT}
PHOTO_SHARE = record(
    status={"const": True},
    share=either(
        record(enabled={"const": True}, **_SHARE),
        {
            **record(enabled={"const": False}, slug=NULL, url=NULL),
            "not": {"required": ["created_at"]},
        },
    ),
)
PHOTO_SHARES = record(
    results=array(
        record(enabled={"const": True}, **_SHARE, photo_id=UUID, image_hash=HASH)
    )
)
MADE_PUBLIC = record(status={"const": True}, album=USER_ALBUM)

STARTED_DOWNLOAD = record(job_id=UUID, url=UUID)
DOWNLOAD_STATE = record(status={"enum": ["PENDING", "SUCCESS", "FAILURE"]})
MEDIA_DIAGNOSIS = record(
    path=nullable(TEXT),
    **switches("exists", "readable_by_webserver"),
    cause={"enum": ["missing", "mode_bits", "not_mode_bits", "unknown"]},
    blocking=nullable(record(path=TEXT, kind={"enum": ["directory", "file"]})),
    webserver=record(uid=INTEGER, gid=INTEGER),
    mount=nullable(
        record(
            **texts("point", "type"),
            options=array(TEXT),
            **switches("read_only", "permissions_from_mount", "network"),
        )
    ),
    remedies=array(TEXT),
)

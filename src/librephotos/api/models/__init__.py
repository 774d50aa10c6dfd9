"""The data types, one module per concept, in the rooms of the queries."""

from librephotos.api.models.accounts.mail_settings import MailSettings
from librephotos.api.models.accounts.site_settings import SiteSettings
from librephotos.api.models.accounts.throttle_history import ThrottleHistory
from librephotos.api.models.accounts.user import (
    ScanDirectory,
    User,
    folders_of,
    folders_of_others,
)
from librephotos.api.models.library.bulk_edit import BulkEdit, BulkEditPart
from librephotos.api.models.library.file import File
from librephotos.api.models.library.photo import Photo, PhotoDay
from librephotos.api.models.library.photo_caption import PhotoCaption
from librephotos.api.models.library.photo_edit import PhotoEdit
from librephotos.api.models.library.photo_metadata import PhotoMetadata
from librephotos.api.models.library.place import Place
from librephotos.api.models.library.thing import PhotoThing, Thing
from librephotos.api.models.library.upload import Upload
from librephotos.api.models.library.user_album import UserAlbum, UserAlbumPhoto
from librephotos.api.models.operations.download import Download
from librephotos.api.models.operations.job import Job, JobFailure, JobStage
from librephotos.api.models.operations.model_revision import ModelRevision
from librephotos.api.models.operations.photo_stage import PhotoStage, StageVersion
from librephotos.api.models.operations.sync import (
    PhotoRemoval,
    SyncedPhotos,
    SyncEpoch,
    SyncItem,
)
from librephotos.api.models.people.face import (
    Face,
    FaceGrouping,
    FaceRejection,
    PeopleEdit,
)
from librephotos.api.models.people.person import Person
from librephotos.api.models.search.embedding import PhotoEmbedding, TextEmbedding
from librephotos.api.models.sharing.links import Link
from librephotos.api.models.sharing.shares import AlbumShare, PhotoShare
from librephotos.api.models.sharing.shown import Shown

__all__ = [
    "AlbumShare",
    "Download",
    "Face",
    "FaceGrouping",
    "FaceRejection",
    "File",
    "Job",
    "JobFailure",
    "JobStage",
    "Link",
    "MailSettings",
    "ModelRevision",
    "PeopleEdit",
    "Person",
    "Photo",
    "PhotoCaption",
    "PhotoDay",
    "BulkEdit",
    "BulkEditPart",
    "PhotoEdit",
    "PhotoEmbedding",
    "PhotoMetadata",
    "PhotoRemoval",
    "PhotoShare",
    "PhotoStage",
    "PhotoThing",
    "Place",
    "ScanDirectory",
    "Shown",
    "SiteSettings",
    "StageVersion",
    "SyncEpoch",
    "SyncedPhotos",
    "SyncItem",
    "TextEmbedding",
    "Thing",
    "ThrottleHistory",
    "Upload",
    "User",
    "UserAlbum",
    "UserAlbumPhoto",
    "folders_of",
    "folders_of_others",
]

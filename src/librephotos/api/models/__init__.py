"""The data types, one module per concept."""

from librephotos.api.models.embedding import PhotoEmbedding, TextEmbedding
from librephotos.api.models.face import (
    Face,
    FaceGrouping,
    FaceRejection,
    PeopleEdit,
)
from librephotos.api.models.file import File
from librephotos.api.models.job import Job, JobFailure, JobStage
from librephotos.api.models.model_revision import ModelRevision
from librephotos.api.models.person import Person
from librephotos.api.models.photo import Photo, PhotoDay
from librephotos.api.models.photo_caption import PhotoCaption
from librephotos.api.models.photo_metadata import PhotoMetadata
from librephotos.api.models.photo_stage import PhotoStage, StageVersion
from librephotos.api.models.place import Place
from librephotos.api.models.site_settings import SiteSettings
from librephotos.api.models.thing import PhotoThing, Thing
from librephotos.api.models.user import ScanDirectory, User
from librephotos.api.models.user_album import UserAlbum, UserAlbumPhoto

__all__ = [
    "Face",
    "FaceGrouping",
    "FaceRejection",
    "File",
    "Job",
    "JobFailure",
    "JobStage",
    "ModelRevision",
    "PeopleEdit",
    "Person",
    "Photo",
    "PhotoCaption",
    "PhotoDay",
    "PhotoEmbedding",
    "PhotoMetadata",
    "PhotoStage",
    "PhotoThing",
    "Place",
    "ScanDirectory",
    "SiteSettings",
    "StageVersion",
    "TextEmbedding",
    "Thing",
    "User",
    "UserAlbum",
    "UserAlbumPhoto",
]

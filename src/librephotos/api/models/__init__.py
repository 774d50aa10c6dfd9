"""The data types, one module per concept."""

from librephotos.api.models.file import File
from librephotos.api.models.job import Job, JobFailure, JobStage
from librephotos.api.models.photo import Photo, PhotoDay
from librephotos.api.models.photo_metadata import PhotoMetadata
from librephotos.api.models.photo_stage import PhotoStage, StageVersion
from librephotos.api.models.place import Place
from librephotos.api.models.site_settings import SiteSettings
from librephotos.api.models.user import ScanDirectory, User

__all__ = [
    "File",
    "Job",
    "JobFailure",
    "JobStage",
    "Photo",
    "PhotoDay",
    "PhotoMetadata",
    "PhotoStage",
    "Place",
    "ScanDirectory",
    "SiteSettings",
    "StageVersion",
    "User",
]

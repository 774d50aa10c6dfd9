"""The kinds of jobs: one row each, and the only table of what a kind is.

Number and label are the contract's, in `Job.Kind`. To add a kind is to add a row here,
the function that its task names, and what the page calls it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from django.db.models import Q

from librephotos.api.models import Job
from librephotos.api.pipeline.work.queue import Task

Kind = Job.Kind


class Who(Enum):
    """Who may ask for a job; nobody if it comes by itself alone."""

    OWNER = "the owner of the photos"
    STAFF = "administrators"
    NOBODY = "nobody"


class Unit(StrEnum):
    """What the progress of a job is counted in."""

    FILES = "files"
    PHOTOS = "photos"
    FACES = "faces"
    KIB = "KiB"


class Joins(Enum):
    """Which unfinished job of the kind will do for who asks for another.

    Not one that would miss what has come since: a scan that is through with its walk,
    or a job that read its photos or faces when it began.
    """

    UNTIL_ENUMERATED = Q(enumerated=False)
    UNTIL_BEGUN = Q(started_at=None)


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """A kind of job: with which task it begins, when, and for whom.

    `again` says how one that has failed is gone on with: "then …", in a sentence.

    `follows` are the kinds after which it begins where it is due: where photos have yet
    to pass its stages, or, `after_changes`, where the one before has run at all.
    `learns_with` are the settings of the server that say what it learns.
    """

    task: Task
    again: str
    unit: Unit = Unit.PHOTOS
    joins: Joins = Joins.UNTIL_BEGUN
    follows: tuple[Kind, ...] = ()
    after_changes: bool = False
    learns_with: tuple[str, ...] = ()
    asked_by: Who = Who.NOBODY


NEXT_SCAN = "the next scan goes on with it"
TRAIN = "train faces again"

KINDS: dict[Kind, JobKind] = {
    Kind.SCAN_PHOTOS: JobKind(
        task=Task.SCAN,
        again="scan again",
        unit=Unit.FILES,
        joins=Joins.UNTIL_ENUMERATED,
        asked_by=Who.OWNER,
    ),
    Kind.SCAN_FACES: JobKind(
        task=Task.HAND_OUT,
        again=NEXT_SCAN,
        follows=(Kind.SCAN_PHOTOS,),
        asked_by=Who.OWNER,
    ),
    Kind.CALCULATE_CLIP_EMBEDDINGS: JobKind(
        task=Task.HAND_OUT,
        again=NEXT_SCAN,
        follows=(Kind.SCAN_PHOTOS,),
        learns_with=("semantic_search_model", "tagging_model"),
    ),
    Kind.GENERATE_TAGS: JobKind(
        task=Task.HAND_OUT,
        again=NEXT_SCAN,
        follows=(Kind.CALCULATE_CLIP_EMBEDDINGS,),  # of which tags may be made
        learns_with=("semantic_search_model", "tagging_model"),
    ),
    Kind.GENERATE_CAPTIONS: JobKind(
        task=Task.HAND_OUT,
        again=NEXT_SCAN,
        follows=(Kind.GENERATE_TAGS,),
        learns_with=("captioning_model", "caption_automatically"),
    ),
    Kind.GENERATE_FACE_EMBEDDINGS: JobKind(
        task=Task.ENCODE_FACES,
        again=TRAIN,
        asked_by=Who.OWNER,
    ),
    Kind.FIND_SIMILAR_FACES: JobKind(
        task=Task.GROUP_FACES,
        again=TRAIN,
        unit=Unit.FACES,
        follows=(Kind.SCAN_FACES, Kind.GENERATE_FACE_EMBEDDINGS),
        after_changes=True,
    ),
    Kind.TRAIN_FACES: JobKind(
        task=Task.RECOGNISE_FACES,
        again=TRAIN,
        unit=Unit.FACES,
        follows=(Kind.FIND_SIMILAR_FACES,),
        after_changes=True,
    ),
    Kind.DELETE_MISSING_PHOTOS: JobKind(
        task=Task.DELETE_MISSING,
        again="remove missing photos again",
        joins=Joins.UNTIL_ENUMERATED,
        asked_by=Who.OWNER,
    ),
    Kind.DOWNLOAD_SELECTED_PHOTOS: JobKind(
        task=Task.PREPARE_ARCHIVE,
        again="download the photos again",
    ),
    Kind.CLASSIFY_MEDIA_CATEGORIES: JobKind(
        task=Task.CLASSIFY,
        again="classify photos again",
        asked_by=Who.OWNER,
    ),
    Kind.DOWNLOAD_MODELS: JobKind(
        task=Task.DOWNLOAD,
        again="download the model again",
        unit=Unit.KIB,
        asked_by=Who.STAFF,
    ),
}


def unit_of(kind: Kind) -> Unit:
    """Return what a job of this kind counts; photos where it never has any work."""
    return KINDS[kind].unit if kind in KINDS else Unit.PHOTOS


def following(kind: Kind) -> list[Kind]:
    """Return the kinds of jobs that may begin when one of this kind has ended."""
    return [after for after, row in KINDS.items() if kind in row.follows]


def learning_with(settings: set[str]) -> set[Kind]:
    """Return the kinds of jobs whose work depends on one of these settings."""
    return {kind for kind, row in KINDS.items() if settings & set(row.learns_with)}

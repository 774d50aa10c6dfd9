"""The files of photos, as the decoding child needs to hear of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.db.models import F

from librephotos.api.models import File
from librephotos.api.pipeline.sandboxed.decoding import Original
from librephotos.api.pipeline.work.children import decoding_limits
from librephotos.api.pipeline.work.stage import Skip
from librephotos.media.files.formats import Kind
from librephotos.media.turns import UNTURNED

NO_FILE = Skip("None of the photo's files is there.", for_now=True)


def load_originals(
    photo_ids: Sequence[UUID], *, with_sidecars: bool = False
) -> dict[UUID, Original | Skip]:
    """Return for each photo its main file, or a `Skip` where that is gone."""
    limits = decoding_limits()
    sidecars: dict[UUID, list[bytes]] = defaultdict(list)
    present = File.objects.filter(
        photo__in=photo_ids, missing_since=None, state=File.State.READY
    )
    if with_sidecars:
        for photo_id, path in present.filter(kind=Kind.SIDECAR).values_list(
            "photo_id", "path"
        ):
            sidecars[photo_id].append(path)
    main = present.filter(photo__main_file=F("id"))
    inputs: dict[UUID, Original | Skip] = dict.fromkeys(photo_ids, NO_FILE)
    rows = main.values_list(
        "photo_id", "path", "format", "kind", "photo__user_orientation"
    )
    for photo_id, path, name, kind, turn in rows:
        inputs[photo_id] = Original(
            path,
            limits,
            name,
            tuple(sorted(sidecars[photo_id])),
            UNTURNED if kind == Kind.VIDEO else turn,
        )
    return inputs

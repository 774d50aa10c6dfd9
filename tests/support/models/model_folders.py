"""Small models in the folders where published ones would lie."""

from __future__ import annotations

import shutil
from pathlib import Path

from librephotos.api.models import SiteSettings

CLIP = "clip-vit-base-patch32"
SIGLIP = "siglip2-base-patch16-224"
WIDE = "places365-wideresnet18"
ORDINARY = "places365-resnet18"
BLIP = "blip-image-captioning-base"


def install(models: Path, name: str, folder: Path) -> Path:
    """Copy the files of a model to where the store looks for it by this name."""
    return Path(shutil.copytree(folder, models / name))


def configure(**changes: object) -> None:
    """Change site settings without what follows from it."""
    SiteSettings.current()
    SiteSettings.objects.update(**changes)

"""Each setting is in docs/settings.md, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from librephotos.api.serializers.accounts.user_edit import UserEditSerializer
from librephotos.api.serializers.operations.site_settings import SiteSettingsSerializer

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "settings.md").read_text()


@pytest.mark.parametrize(
    ("heading", "fields"),
    [
        ("Of an account", {*UserEditSerializer.Meta.fields} - {"current_password"}),
        ("Of the site", set(SiteSettingsSerializer.Meta.fields)),
    ],
)
def test_every_setting_has_its_row(heading: str, fields: set[str]) -> None:
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*) \|", part, flags=re.MULTILINE)
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(fields)

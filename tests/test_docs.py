"""The documentation names what an operator can set and run."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from librephotos.server.management import commands
from librephotos.settings.env import documented

OPERATING = Path(__file__).resolve().parents[1] / "docs" / "operating.md"
COMMANDS = sorted(
    path.stem
    for path in Path(commands.__path__[0]).glob("*.py")
    if not path.stem.startswith("_")
)


def test_every_setting_is_in_the_table_and_nothing_else_is() -> None:
    importlib.import_module("librephotos.settings.base")
    table = OPERATING.read_text().split("## Settings")[1]
    named = set(re.findall(r"^\| `([A-Z_]+)`", table, flags=re.MULTILINE))
    assert named == documented()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_and_has_help(command: str) -> None:
    assert f"`librephotos {command}" in OPERATING.read_text()
    module = importlib.import_module(f"{commands.__name__}.{command}")
    assert len(module.Command.help) > 40

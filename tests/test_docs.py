"""The documentation names what there is, and leads to it."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps

from librephotos.api.pipeline.work.registry import LEARNING_STAGES, STAGES
from librephotos.server.management import commands
from librephotos.settings.env import documented

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "ui" / "README.md"]
OPERATING = ROOT / "docs" / "operating.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
BESIDE = (
    *("", "ui", "ui/src/lib", "src/librephotos", "src/librephotos/api"),
    "src/librephotos/api/pipeline",
)
"""Below which the documentation names modules."""
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


def test_every_stage_is_in_its_table_in_the_order_of_the_registry() -> None:
    tables = ARCHITECTURE.read_text().split("## Stages")[1].split("### To add")[0]
    made_visible, learnt = tables.split("These learn")
    for table, rows in ((made_visible, STAGES), (learnt, LEARNING_STAGES)):
        named = re.findall(r"^\| `(\w+)`", table, flags=re.MULTILINE)
        assert named == [row.name for row in rows]


def test_every_table_is_in_the_data_model() -> None:
    named = ARCHITECTURE.read_text().split("## Data model")[1]
    tables = {model.__name__ for model in apps.get_app_config("api").get_models()}
    assert {name for name in tables if f"`{name}`" not in named} == set()


@pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)
def test_links_lead_to_files_and_headings(document: Path) -> None:
    text = document.read_text()
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, heading = target.partition("#")
        if "://" in target:
            continue
        linked = (document.parent / name).resolve() if name else document
        assert linked.exists(), target
        if heading:
            assert heading in _anchors(linked.read_text()), target


@pytest.mark.parametrize(
    "document",
    # Decisions are never edited: what they name may have moved.
    [path for path in DOCUMENTS if path.parent.name != "adr"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_modules_that_are_named_are_there(document: Path) -> None:
    module = r"`([\w./-]+/[\w.-]+\.(?:py|ts|svelte|toml))`"
    for path in re.findall(module, document.read_text()):
        if not re.search("[A-Z]{2,}", path):  # NAME stands for any
            assert any((ROOT / folder / path).exists() for folder in BESIDE), path


def test_every_room_of_the_page_is_in_its_table() -> None:
    named = (ROOT / "ui" / "README.md").read_text()
    made = {"paraglide"}
    rooms = {path.name for path in (ROOT / "ui/src/lib").iterdir() if path.is_dir()}
    assert {room for room in rooms - made if f"`{room}/`" not in named} == set()


def _anchors(text: str) -> set[str]:
    """Return how the headings of a document are linked to."""
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles}

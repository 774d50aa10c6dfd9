"""`librephotos doctor`: what is wrong, and what mends it."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from librephotos.logs.printable import printable
from librephotos.server.examination import Finding, State, examine

_STYLES = {State.WELL: "green", State.DOUBTFUL: "yellow", State.WRONG: "bold red"}


class Command(BaseCommand):
    help = (
        "Examine the installation: folders, rights, disk space, decoders, settings, "
        "database, workers. Ends with code 1 if something is wrong."
    )
    # Their findings are rows of the table.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(examine())
        Console().print(_table(findings))
        if any(finding.state is State.WRONG for finding in findings):
            sys.exit(1)


def _table(findings: list[Finding]) -> Table:
    table = Table("Part", "State", "What was found", "What mends it")
    for finding in findings:
        style = _STYLES[finding.state]
        state = f"[{style}]{finding.state}[/]"
        # Names of folders may hold brackets, which are no markup.
        texts = (finding.part, finding.text, finding.mend)
        part, text, mend = (escape(printable(text)) for text in texts)
        table.add_row(part, state, text, mend)
    return table

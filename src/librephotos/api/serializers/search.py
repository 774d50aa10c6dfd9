"""What a search has found, and how its text was understood."""

from __future__ import annotations

from typing import Any

from librephotos.api.queries.search_query import Clause
from librephotos.api.serializers.grid import day_groups, grid_items
from librephotos.api.services.search import SearchResult


def flat_results(result: SearchResult, *, viewer: Any) -> list[dict[str, Any]]:
    """Return the hits as grid items that also say by what they were found."""
    items = grid_items([hit.row for hit in result.hits], viewer=viewer)
    return [
        {
            **item,
            "match": "text" if hit.similarity is None else "meaning",
            "similarity": hit.similarity and round(hit.similarity, 4),
        }
        for item, hit in zip(items, result.hits, strict=True)
    ]


def grouped_results(result: SearchResult, *, viewer: Any) -> list[dict[str, Any]]:
    """Return the hits, which must come day by day, as day groups."""
    return day_groups([hit.row for hit in result.hits], viewer=viewer)


def summary(result: SearchResult) -> dict[str, Any]:
    """Return what the text was taken for, and what became of its meaning."""
    return {
        "understood": [_clause(clause) for clause in result.query.clauses],
        "meaning": {"text": result.query.meaning, "state": result.meaning.value},
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "text": clause.text,
        "kind": clause.kind.value,
        "excluded": clause.negated,
    }

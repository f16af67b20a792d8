"""Stored calls where a registry predicts them: what covers which cell, and what is left to the fallback."""

from __future__ import annotations

from collections.abc import Iterable

from coefgate.core.table import Table
from coefgate.registry.model import Registry
from coefgate.replay.serving import Fallbacks, fallbacks, serving
from coefgate.samples.coverage import FALLBACK, NO_DELIVERABLES, Coverage, Placed, coverage
from coefgate.samples.model import SCORED, Audited


def placed_by(audited: Iterable[Audited], table: Table) -> Placed:
    """The scored calls by where ``table`` predicts them."""
    served = serving(table)
    placed: dict[tuple[str, str], list[Audited]] = {}
    for one in audited:
        if one.status in SCORED:
            found = served(one.sample)
            name = FALLBACK if found.cell is None else found.category or NO_DELIVERABLES
            complexity = str(one.sample.complexity)  # which a scored sample has
            placed.setdefault((name, complexity), []).append(one)
    return placed


def coverage_of(audited: Iterable[Audited], registry: Registry, table: Table) -> Coverage:
    """Cells and aims of ``registry``, each call where ``table``, compiled from it, predicts it."""
    return coverage(
        placed_by(audited, table),
        categories=tuple(registry.categories),
        complexities=registry.complexities,
        aims=registry.gates.aims,
    )


def fallbacks_of(audited: Iterable[Audited], table: Table) -> Fallbacks:
    """The scored calls that the fallback of ``table`` serves."""
    return fallbacks((one.sample for one in audited if one.status in SCORED), table)

"""Stored calls where a registry predicts them: what covers which cell, and what is left to the fallback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coefgate.estimator.serving import Fallbacks, fallbacks, serving
from coefgate.estimator.table import Table
from coefgate.registry.model import Registry
from coefgate.replay.evidence import Evidence
from coefgate.samples.call_count import CallCount
from coefgate.samples.coverage import FALLBACK, NO_DELIVERABLES, Coverage, ServedBy, coverage
from coefgate.samples.model import SCORED, Audited, Sample


def served_by(table: Table) -> ServedBy:
    """Where ``table`` predicts a scored sample."""
    served = serving(table)

    def place(sample: Sample) -> tuple[str, str]:
        found = served(sample)
        name = FALLBACK if found.cell is None else found.category or NO_DELIVERABLES
        return name, str(sample.complexity)  # which a scored sample has

    return place


def coverage_of(evidence: Evidence, registry: Registry, table: Table) -> Coverage:
    """Cells and aims of ``registry``, each call where ``table``, compiled from it, predicts it."""
    return coverage(
        evidence.eligible,
        counts_by_place(evidence, table),
        served_by=served_by(table),
        categories=tuple(registry.categories),
        complexities=registry.complexities,
        aims=registry.gates.aims,
    )


def counts_by_place(evidence: Evidence, table: Table) -> Mapping[tuple[str, str], CallCount]:
    """How many calls ``table`` predicts by each cell, and outside of them."""
    rows: dict[tuple[str, str], list[int]] = {}
    for row, place in enumerate(map(served_by(table), evidence.samples)):
        rows.setdefault(place, []).append(row)
    return {place: evidence.count(at) for place, at in rows.items()}


def fallbacks_of(audited: Iterable[Audited], table: Table) -> Fallbacks:
    """The scored calls that the fallback of ``table`` serves."""
    return fallbacks((one.sample for one in audited if one.status in SCORED), table)

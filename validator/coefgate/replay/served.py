"""Stored calls where a registry predicts them: what covers which cell, and what is left to the fallback."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from coefgate.estimator.serving import Fallbacks, fallbacks, serving
from coefgate.estimator.table import Table
from coefgate.registry.model import Registry
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


def coverage_of(audited: Iterable[Audited], registry: Registry, table: Table) -> Coverage:
    """Cells and aims of ``registry``, each call where ``table``, compiled from it, predicts it."""
    return coverage(
        audited,
        served_by=served_by(table),
        categories=tuple(registry.categories),
        complexities=registry.complexities,
        aims=registry.gates.aims,
    )


def eligible_by_place(audited: Iterable[Audited], table: Table) -> Counter[tuple[str, str]]:
    """How many eligible calls ``table`` predicts by each cell, and outside of them."""
    place = served_by(table)
    return Counter(place(one.sample) for one in audited if one.status == "eligible")


def fallbacks_of(audited: Iterable[Audited], table: Table) -> Fallbacks:
    """The scored calls that the fallback of ``table`` serves."""
    return fallbacks((one.sample for one in audited if one.status in SCORED), table)

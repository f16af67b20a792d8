"""Coefficients → snapshot: all that can change an estimate and nothing else, as plain JSON data.

Thresholds, yanks, comments and the story behind a value are left out, so they never move the
digest. Whether samples stand behind a coefficient is kept: an estimate's measured share rests on
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from coefgate.core.snapshot import Snapshot
from coefgate.core.table import Table, compile_table
from coefgate.core.vocabulary import PRICED_OPERATIONS
from coefgate.registry.model import Coefficients, Value


def snapshot(registry: Coefficients) -> Snapshot:
    """The compiled registry: tokens are integers, margins and widths integers in thousandths."""
    return Snapshot.of(_content(registry))


def digest_of(registry: Coefficients) -> str:
    """The digest of its snapshot."""
    return snapshot(registry).digest


def compiled(registry: Coefficients, version: str = "") -> Table:
    """A registry ready to estimate; ``version`` and digest are carried into every estimate."""
    made = snapshot(registry)
    return compile_table(made.content, registry_version=version, digest=made.digest)


def table_of(registry: Coefficients) -> Table:
    """A registry ready to estimate, under no name: for predictions that are only compared."""
    return compile_table(_content(registry), registry_version="", digest="")


def _content(registry: Coefficients) -> Mapping[str, Any]:
    return {
        "format": registry.format,
        "semantics": registry.semantics,
        "unit": registry.unit,
        "complexities": list(registry.complexities),
        "applies_to": sorted(registry.applies_to),
        "fallback": {"overhead": _coefficient(registry.fallback_overhead)},
        "no_deliverables": {
            name: _coefficient(value) for name, value in registry.no_deliverables.items()
        },
        "categories": {
            category.name: {
                "aliases": sorted(category.aliases),
                "overhead": {
                    name: _coefficient(value) for name, value in category.overhead.items()
                },
            }
            for category in registry.categories.values()
        },
        "marginal_costs": {
            operation: {
                kind: _coefficient(value)
                for (priced, kind), value in registry.marginal_costs.items()
                if priced == operation
            }
            for operation in PRICED_OPERATIONS
        },
        "file_kinds": {
            "rules": [
                {"kind": rule.kind, "paths": sorted(rule.globs)} for rule in registry.path_rules
            ],
            "default": registry.default_kind,
        },
        "safety_margins": {
            "default": _thousandths(registry.default_margin.number),
            "cells": _cell_margins(registry),
        },
        "interval": {
            "below": _thousandths(registry.interval.below),
            "above": _thousandths(registry.interval.above),
            "coverage": None
            if registry.interval.coverage is None
            else _thousandths(registry.interval.coverage),
        },
    }


def _coefficient(value: Value) -> dict[str, int | bool]:
    return {"tokens": int(value.number), "measured": value.basis.measured}


def _thousandths(number: Fraction) -> int:
    scaled = number * 1000
    if scaled.denominator != 1:
        raise ValueError(f"{number} has more than three decimals")
    return scaled.numerator


def _cell_margins(registry: Coefficients) -> dict[str, dict[str, int]]:
    cells: dict[str, dict[str, int]] = {}
    for (category, complexity), value in registry.cell_margins.items():
        cells.setdefault(category, {})[complexity] = _thousandths(value.number)
    return cells

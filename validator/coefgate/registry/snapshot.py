"""Registry → snapshot: all that can change an estimate and nothing else, as plain JSON data; its digest.

Thresholds, yanks, comments and the story behind a value are left out, so they never move the digest.
Whether samples stand behind a coefficient is kept: an estimate's measured share rests on it. Standard
library only: a runner reads snapshots too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from coefgate.vocabulary import PRICED_OPERATIONS

if TYPE_CHECKING:  # a runner reads snapshots and pays for no YAML model
    from fractions import Fraction

    from coefgate.registry.model import Registry, Value

Snapshot = Mapping[str, Any]


def snapshot(registry: Registry) -> Snapshot:
    """The compiled registry: tokens are integers, margins and widths integers in thousandths."""
    return {
        "format": registry.format,
        "semantics": registry.semantics,
        "unit": registry.unit,
        "complexities": list(registry.complexities),
        "applies_to": sorted(registry.applies_to),
        "fallback": {"overhead": _coefficient(registry.fallback_overhead)},
        "no_deliverables": {name: _coefficient(value) for name, value in registry.no_deliverables.items()},
        "categories": {
            category.name: {
                "aliases": sorted(category.aliases),
                "overhead": {name: _coefficient(value) for name, value in category.overhead.items()},
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
            "rules": [{"kind": rule.kind, "paths": sorted(rule.globs)} for rule in registry.path_rules],
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


def canonical_bytes(content: Snapshot) -> bytes:
    """The snapshot as canonical JSON: sorted keys, no white space, ASCII, one line without its end."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def digest(content: Snapshot) -> str:
    """sha256 of the canonical form, as ``sha256:`` and 64 hexadecimal digits."""
    return digest_of(canonical_bytes(content))


def digest_of(data: bytes) -> str:
    """The digest of a snapshot that is in canonical form already."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _coefficient(value: Value) -> dict[str, int | bool]:
    return {"tokens": int(value.number), "measured": value.basis.measured}


def _thousandths(number: Fraction) -> int:
    scaled = number * 1000
    if scaled.denominator != 1:
        raise ValueError(f"{number} has more than three decimals")
    return scaled.numerator


def _cell_margins(registry: Registry) -> dict[str, dict[str, int]]:
    cells: dict[str, dict[str, int]] = {}
    for (category, complexity), value in registry.cell_margins.items():
        cells.setdefault(category, {})[complexity] = _thousandths(value.number)
    return cells

"""Coefficients → snapshot: all that can change an estimate and nothing else, as plain JSON data.

Thresholds, yanks, comments and the story behind a value are left out, so they never move the
digest. Whether a coefficient is measured is kept: an estimate's measured share rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from coefgate.core.paths import PathKinds, compiled_path_kinds
from coefgate.core.snapshot import Snapshot
from coefgate.core.snapshot_content import keys_of
from coefgate.core.table import Table, compile_table
from coefgate.registry.intervals import Quantiles
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


def path_kinds(registry: Coefficients) -> PathKinds:
    """The registry's path rules, compiled."""
    rules = tuple((rule.kind, tuple(sorted(rule.globs))) for rule in registry.path_rules)
    return compiled_path_kinds(rules, registry.default_kind)


def _content(registry: Coefficients) -> Mapping[str, Any]:
    """Under semantics 1 no key that semantics 2 brought, under 2 each of them."""
    everything = {**_since_1(registry), **_since_2(registry)}
    return {key: everything[key] for key in keys_of(registry.semantics)}


def _since_2(registry: Coefficients) -> Mapping[str, Any]:
    default, retry = registry.default_model_factor, registry.retry
    return {
        "output_mode": registry.output_mode,
        "per_kilobyte": {
            kind: {
                **_said(one.value),
                "up_to": one.up_to,
                "assumed": one.assumed,
                "output_modes": sorted(one.output_modes),
            }
            for kind, one in registry.per_kilobyte.items()
        },
        "intervals": {"all": [], "categories": {}, "cells": {}}
        | registry.intervals.nested(_quantiles),
        "model_factors": None
        if default is None
        else {
            "rules": [
                {"models": sorted(rule.globs), "factor": _said(rule.value)}
                for rule in registry.model_rules
            ],
            "default": _said(default),
        },
        "retry": {
            ended: {"factor": _said(value), "measured": value.basis.measured}
            for ended, value in retry.items()
        }
        or None,
    }


def _since_1(registry: Coefficients) -> Mapping[str, Any]:
    rules = [{"kind": one.kind, "paths": sorted(one.globs)} for one in registry.path_rules]
    return {
        "format": registry.format,
        "semantics": registry.semantics,
        "unit": registry.unit,
        "complexities": list(registry.complexities),
        "applies_to": sorted(registry.applies_to),
        "fallback": {"overhead": _said(registry.fallback_overhead)},
        "no_deliverables": _each(registry.no_deliverables),
        "categories": {
            category.name: {
                "aliases": sorted(category.aliases),
                "overhead": _each(category.overhead),
            }
            for category in registry.categories.values()
        },
        "marginal_costs": _nested(registry.marginal_costs),
        "file_kinds": {
            "rules": rules,
            "default": registry.default_kind,
        },
        "safety_margins": {
            "default": _said(registry.default_margin),
            "cells": _nested(registry.cell_margins),
        },
        "interval": {
            name: None if share is None else _thousandths(share)
            for name, share in asdict(registry.interval).items()
        }
        if registry.interval
        else None,
    }


def _said(value: Value) -> Any:
    if value.key.is_factor:
        return _thousandths(value.number)
    return {"tokens": int(value.number), "measured": value.basis.measured}


def _each(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: _said(value) for name, value in values.items()}


def _nested(values: Mapping[tuple[Any, str], Value]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for (first, second), value in values.items():
        found.setdefault(first, {})[second] = _said(value)
    return found


def _quantiles(stated: Quantiles) -> list[dict[str, int]]:
    return [
        {"share": _thousandths(share), "factor": _thousandths(factor)}
        for share, factor in stated.factors.items()
    ]


def _thousandths(number: Fraction) -> int:
    scaled = number * 1000
    if scaled.denominator != 1:
        raise ValueError(f"{number} has more than three decimals")
    return scaled.numerator

"""What travels in a page so that ``arithmetic.js`` works out there what ``coefgate try`` would.

Plain data for JSON, the same for the same registry and calls: numbers in their smallest steps,
prices as sums of them, calls as columns. What many calls share stands there once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np

from coefgate.gates.metric_rules import (
    MOST_CUT_OFF,
    absolute_rules,
    figure_form,
    misses_on_equality,
)
from coefgate.gates.rules import RULES
from coefgate.registry.compilation import snapshot, table_of
from coefgate.registry.file_paths import file_path_schema
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.replay.counts import Counts
from coefgate.replay.evidence import Evidence
from coefgate.replay.strata import DIMENSIONS, groups
from coefgate.replay.uses import Price, column_prices, margin_keys, overhead_prices, rule_key
from coefgate.whatif.page_snapshot import coded, page_snapshot

_NO_KEY: Final = -1
"""In the place of a number: none multiplies there."""


def live_data(registry: Coefficients, evidence: Evidence) -> dict[str, Any]:
    """The numbers of ``registry``, the calls of ``evidence`` and the limits, for one page."""
    at = {key: index for index, key in enumerate(registry.numbers)}
    return {
        "keys": [
            {
                "name": key.name,
                "part": key.part,
                "of": list(key.of),
                "steps": value.steps,
                "ends": list(key.ends),
                "steps_in_one": key.steps_in_one,
                "place": list(_place(key, registry)),
            }
            for key, value in registry.numbers.items()
        ],
        "ladders": _ladders(registry, at),
        **_costs_and_calls(registry, evidence, at),
        "strata": _strata(registry, evidence),
        "limits": _limits(registry),
        "most_cut_off": [MOST_CUT_OFF.numerator, MOST_CUT_OFF.denominator],
        "snapshot": page_snapshot(snapshot(registry).content),
        "file_path": file_path_schema(),
    }


def _place(key: Key, registry: Coefficients) -> Sequence[str | int]:
    """Where a number stands in the content of a snapshot."""
    match key.part, key.of:
        case "overhead", (category, complexity):
            return "categories", category, "overhead", complexity, "tokens"
        case "marginal", of:
            return "marginal_costs", *of, "tokens"
        case "margin", ():
            return "safety_margins", "default"
        case "margin", of:
            return "safety_margins", "cells", *of
        case "fallback", _:
            return "fallback", "overhead", "tokens"
        case "model", ():
            return "model_factors", "default"
        case "model", globs:
            firsts = [rule.globs[:1] for rule in registry.model_rules]
            return "model_factors", "rules", firsts.index(globs), "factor"
        case "retry", (ended,):
            return "retry", ended, "factor"
    return key.part, *key.of, "tokens"


def _ladders(registry: Coefficients, at: Mapping[Key, int]) -> list[list[int]]:
    """The numbers that rise together with the complexity: neighbours bound each other."""
    ladders = [
        [Key("no_deliverables", (one,)) for one in registry.complexities],
        *(
            [Key("overhead", (category, one)) for one in registry.complexities]
            for category in registry.categories
        ),
    ]
    return [[at[key] for key in ladder if key in at] for ladder in ladders]


def _costs_and_calls(
    registry: Coefficients, evidence: Evidence, at: Mapping[Key, int]
) -> dict[str, Any]:
    """What columns and cells cost, and how often each call takes it."""

    def dearest(prices: Iterable[Price]) -> list[list[list[int]]]:
        return [[[at[key], times] for key, times in price] for price in prices]

    def place(key: Key | None) -> int:
        return _NO_KEY if key is None else at[key]

    counts = evidence.counts(table_of(registry))
    used = np.flatnonzero(counts.matrix.any(axis=0)).tolist()
    shapes, shape = coded(_shapes(counts, used))
    margins = [margin_keys(cell, registry) for cell in counts.cells]
    ended = [Key("retry", (one,)) for one in ("after_complete", "after_cut_off")]
    return {
        "columns": [dearest(column_prices(counts.columns[one], registry)) for one in used],
        "overheads": [dearest(overhead_prices(cell, registry)) for cell in counts.cells],
        "margins": [place(next(iter(keys), None)) for keys in margins],
        "rules": [
            place(rule_key(rule, registry)) for rule in range(len(registry.model_rules) + 2)
        ],
        "retry": [place(key) for key in ended] if registry.retry else None,
        "calls": {
            "shapes": shapes,
            "shape": shape,
            "attempts": _attempts(counts),
            "actual": evidence.actual.tolist(),
            "cut_off": np.flatnonzero(evidence.censored).tolist(),
            "phase": coded(evidence.phase.tolist())[1],
        },
    }


def _shapes(counts: Counts, used: Sequence[int]) -> Iterable[tuple[int, ...]]:
    """Of each call its cell, its rule of models, and then each column with its count."""
    rows = zip(
        counts.cell.tolist(), counts.rule.tolist(), counts.matrix[:, used].tolist(), strict=True
    )
    for cell, rule, row in rows:
        columns = ((column, times) for column, times in enumerate(row) if times)
        yield (cell, rule, *chain.from_iterable(columns))


def _attempts(counts: Counts) -> list[tuple[int, int, int]]:
    """The calls that were tried before: which, the tokens of that attempt, and was it cut off?"""
    if counts.attempts is None:
        return []
    tokens, cut_off = (column.tolist() for column in counts.attempts)
    each = enumerate(zip(tokens, cut_off, strict=True))
    return [(call, wrote, int(truncated)) for call, (wrote, truncated) in each if wrote]


def _strata(registry: Coefficients, evidence: Evidence) -> dict[str, Any]:
    """The labels of calls by dimension; a combination of them that many calls have stands once."""
    labels, columns = [], []
    for dimension in DIMENSIONS:
        found = groups(evidence, dimension, registry.canonical_category)
        column = [0] * len(evidence.samples)
        for place, calls in enumerate(found.values()):
            for call in calls.tolist():
                column[call] = place
        labels.append(list(found))
        columns.append(column)
    combinations, of = coded(zip(*columns, strict=True))
    return {
        "dimensions": list(DIMENSIONS),
        "labels": labels,
        "combinations": combinations,
        "combination": of,
    }


def _limits(registry: Coefficients) -> list[dict[str, Any]]:
    """The metric rules: what they look at, how they hold it, and how it is written."""
    return [
        {
            "rule": result.rule,
            "figures": list(RULES[result.rule].metrics),
            "limit": result.limit,
            "bounds": [[one.numerator, one.denominator] for one in result.bounds],
            "misses_on_equality": misses_on_equality(result.rule),
            **_form(result.rule),
        }
        for result in absolute_rules(None, registry.gates)
    ]


def _form(rule: str) -> dict[str, Any]:
    form = figure_form(rule)
    return {"decimals": form.decimals, "times": form.times, "unit": form.unit}

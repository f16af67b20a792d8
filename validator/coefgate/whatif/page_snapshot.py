"""The content of a snapshot as the estimator of a page reads it.

Globs are expressions for JavaScript, and which quantiles serve a cell is found already.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fnmatch import translate
from itertools import starmap
from typing import Any, TypeVar

from coefgate.core.paths import rule_regex
from coefgate.core.quantiles import Uncertainties
from coefgate.whatif.js_regex import js_regex

T = TypeVar("T", bound=Hashable)


def page_snapshot(content: Mapping[str, Any]) -> dict[str, Any]:
    """Plain data for JSON, from a content that is valid."""
    models = content.get("model_factors")
    kinds = content["file_kinds"]
    stated = {"interval", "intervals"}
    return {
        **{key: value for key, value in content.items() if key not in stated},
        "applies_to": [_model_regex(glob) for glob in content["applies_to"]],
        "model_factors": models
        and {
            "rules": [
                {**rule, "models": [_model_regex(glob) for glob in rule["models"]]}
                for rule in models["rules"]
            ],
            "default": models["default"],
        },
        "file_kinds": {
            "rules": [
                {"kind": rule["kind"], "paths": js_regex(rule_regex(rule["paths"]))}
                for rule in kinds["rules"]
            ],
            "default": kinds["default"],
        },
        "uncertainties": _uncertainties(content),
    }


def _model_regex(glob: str) -> str:
    return js_regex(translate(glob))


def _uncertainties(content: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the fallback and of each cell, as places in the list of different ones."""
    found = Uncertainties(content)
    cells = [
        (category, complexity)
        for category, entry in content["categories"].items()
        for complexity in entry["overhead"]
    ]
    different, places = coded([found.of(), *starmap(found.of, cells)])
    stated = [
        {
            **interval._asdict(),
            "quantiles": [[round(1000 * part) for part in quantile] for quantile in quantiles],
        }
        for interval, quantiles in different
    ]
    return {"stated": stated, "all": places[0], "cells": _nested(cells, places[1:])}


def _nested(cells: Sequence[tuple[str, str]], values: Sequence[T]) -> dict[str, dict[str, T]]:
    found: dict[str, dict[str, T]] = {}
    for (category, complexity), value in zip(cells, values, strict=True):
        found.setdefault(category, {})[complexity] = value
    return found


def coded(values: Iterable[T]) -> tuple[list[T], list[int]]:
    """The different values as they first come, and for each its place among them."""
    place: dict[T, int] = {}
    places = [place.setdefault(value, len(place)) for value in values]
    return list(place), places

"""docs/reference/formula.md once more, slowly and in fractions: both semantics."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from fractions import Fraction
from math import ceil
from typing import Any

from coefgate.core.paths import compiled_path_kinds


def tokens(content: Mapping[str, Any], call: Mapping[str, Any]) -> int:
    """What a snapshot predicts for a call, as the vectors write it."""
    formula: int = _formula(content, call)
    previous, retry = call.get("previous"), content.get("retry")
    if previous is None or retry is None:
        return formula
    wrote, cut_off = previous["output_tokens"], previous["truncated"]
    factor = Fraction(retry["after_cut_off" if cut_off else "after_complete"]["factor"], 1000)
    needed: int = ceil(factor * wrote)
    return max(needed, formula, int(wrote) + 1) if cut_off else needed


def _formula(content: Mapping[str, Any], call: Mapping[str, Any]) -> int:
    model, complexity = call["model"], call["complexity"]
    if not call["deliverables"]:
        figures = {name: one["tokens"] for name, one in content["no_deliverables"].items()}
        return int(figures.get(complexity, max(figures.values())))
    applies = model is None or any(fnmatchcase(model, glob) for glob in content["applies_to"])
    overhead, margin = content["fallback"]["overhead"], content["safety_margins"]["default"]
    for name, entry in content["categories"].items():
        known = call["category"] in (name, *entry["aliases"]) and complexity in entry["overhead"]
        if known and applies:
            overhead = entry["overhead"][complexity]
            margin = content["safety_margins"]["cells"].get(name, {}).get(complexity, margin)
    costs = (_cost(content, call, one) for one in call["deliverables"])
    base = sum(costs, Fraction(overhead["tokens"]))
    return ceil(base * Fraction(margin, 1000) * Fraction(_model_factor(content, model), 1000))


def _model_factor(content: Mapping[str, Any], model: str | None) -> int:
    factors = content.get("model_factors") or {"rules": [], "default": 1000}
    for rule in factors["rules"]:
        if model is not None and any(fnmatchcase(model, glob) for glob in rule["models"]):
            return int(rule["factor"])
    return int(factors["default"])


def _cost(
    content: Mapping[str, Any], call: Mapping[str, Any], file: Mapping[str, Any]
) -> Fraction:
    rules = tuple((rule["kind"], tuple(rule["paths"])) for rule in content["file_kinds"]["rules"])
    kind = compiled_path_kinds(rules, content["file_kinds"]["default"])(file["path"])
    costs, size = content["marginal_costs"], file.get("bytes_before")
    create, modify = (Fraction(costs[one][kind]["tokens"]) for one in ("create", "modify"))
    sized = content.get("per_kilobyte", {}).get(kind)
    mode = call.get("output_mode") or content.get("output_mode")
    if sized is not None and mode in sized["output_modes"]:
        charged = sized["assumed"] if size is None else min(size, sized["up_to"])
        modify += sized["tokens"] * Fraction(charged, 1024)
    was_there = content["semantics"] > 1 and size is not None
    if file["operation"] == "modify" or (file["operation"] == "unknown" and was_there):
        return modify
    return create if file["operation"] == "create" else max(create, modify)

"""What calls may be grouped by: category, cell, model, and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Audited, Sample

UNKNOWN: Final = "unknown"
WITHOUT_TOKENS: Final = "failed without a token"
"""Failed calls that gave nothing: no ratio to what they needed exists, so they stand by themselves."""
CUT_OFF: Final = "cut off"
"""Censored calls, whose reply could mostly not be parsed: neither a success nor scored as a failure."""

Names = Mapping[str, str]
"""From every name and alias of a category to its name."""


def groups(
    evidence: Evidence, dimension: str, canonical_category: Names
) -> dict[str, npt.NDArray[np.intp]]:
    """The indices of the calls for each value of a dimension; aliases are one category."""
    label = _LABELS[dimension]
    return indices([label(one, canonical_category) for one in evidence.audited])


def indices(labels: Sequence[str]) -> dict[str, npt.NDArray[np.intp]]:
    """Where each label stands."""
    found: dict[str, list[int]] = {}
    for at, label in enumerate(labels):
        found.setdefault(label, []).append(at)
    return {label: np.array(found[label], dtype=np.intp) for label in sorted(found)}


def _category(sample: Sample, canonical: Names) -> str:
    label = sample.category or UNKNOWN
    return canonical.get(label, label)


def _complexity(sample: Sample) -> str:
    return sample.complexity or UNKNOWN


def _success(audited: Audited) -> str:
    if audited.status != "failed":
        return CUT_OFF if audited.status == "censored" else "succeeded"
    return "failed" if audited.sample.actual_output_tokens else WITHOUT_TOKENS


def _how_many(sample: Sample) -> str:
    count = len(sample.deliverables)
    return "5+" if count >= 5 else "3–4" if count >= 3 else str(count)


def _operation(sample: Sample) -> str:
    operations = {deliverable.operation for deliverable in sample.deliverables}
    return operations.pop() if len(operations) == 1 else "mixed" if operations else "none"


_LABELS: Final[Mapping[str, Callable[[Audited, Names], str]]] = {
    "category": lambda one, names: _category(one.sample, names),
    "complexity": lambda one, _: _complexity(one.sample),
    "cell": lambda one, names: f"{_category(one.sample, names)}/{_complexity(one.sample)}",
    "deliverables": lambda one, _: _how_many(one.sample),
    "model": lambda one, _: one.sample.model or UNKNOWN,
    "operation": lambda one, _: _operation(one.sample),
    "success": lambda one, _: _success(one),
    "reply_matches": lambda one, _: one.sample.reply_matches,
}
DIMENSIONS: Final = tuple(_LABELS)
"""What scores may be broken down by."""

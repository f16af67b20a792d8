"""The thresholds of ``guardrails.yaml``, written otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import GUARDRAILS, Fileset
from coefgate.drill.kinds.drawing import one_of
from coefgate.drill.numbers import exact, written
from coefgate.drill.yaml_text import dumped, value_at

_NUMBERS: Final[tuple[tuple[tuple[str, ...], int], ...]] = (
    (("min_calls",), 10**9),
    (("limits", "truncation_rate_to"), 1),
    (("limits", "underestimation_rate_below"), 1),
    (("limits", "waste_median_to"), 1000),
)
"""Those that get looser when they get larger, each with the largest that may be written."""


def moved_guardrail(state: Fileset, rng: Random, times: Sequence[Fraction]) -> tuple[str, bytes]:
    """One guardrail times one of ``times``, in words, and the file.

    Raises ``NotPlantable`` where none can be moved.
    """
    document = state.draft(GUARDRAILS) if GUARDRAILS in state.files else {}
    candidates = [
        (path, old, new)
        for path, most in _NUMBERS
        if document
        for old in (exact(value_at(document, path)),)
        for factor in times
        for parts in (1 if most > 1000 else 1000,)  # whole calls, or thousandths
        for new in (Fraction(round(parts * old * factor), parts),)
        if 0 < new <= most and new != old
    ]
    path, old, new = one_of(rng, candidates, "there are no guardrails that can be moved")
    beside = value_at(document, path[:-1])
    beside[path[-1]] = int(new) if new.denominator == 1 else float(new)
    beside.pop("acknowledge", None)
    return f"{'.'.join(path)} {written(old)} → {written(new)}", dumped(document)

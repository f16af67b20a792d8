"""What a finding counts against predictions: a measure that each change has its part in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coefgate.gates.rules import RULES
from coefgate.registry.model import Limits
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls, Indices, distances, metrics, missed

Amounts = tuple[Fraction | int, ...]
"""The first one that differs decides."""


@dataclass(frozen=True, slots=True)
class Harm:
    """The larger ``measure``, the worse the predictions of ``calls``, indices of ``evidence``."""

    evidence: Evidence
    calls: Indices
    measure: Callable[[Calls], Amounts]


def misses(evidence: Evidence, calls: Indices) -> Harm:
    """How many of these calls are missed, and how low their predictions are."""
    return Harm(
        evidence, calls, lambda found: (int(missed(found).sum()), -int(distances(found).sum()))
    )


def errors(evidence: Evidence, calls: Indices) -> Harm:
    """How far the predictions of these calls are off."""
    return Harm(evidence, calls, lambda found: (int(np.abs(distances(found)).sum()),))


def figure(rule: str, head: Fraction | None, evidence: Evidence, limits: Limits) -> Harm:
    """The figure of a metric rule, ``head``; of a median below its band, how low it is."""
    low = rule == "waste-band" and head is not None and head < limits.waste_median_from

    def measure(calls: Calls) -> Amounts:
        found = metrics(calls)
        figures = [getattr(found, name) for name in RULES[rule].metrics] if found else []
        return tuple(-one if low else one for one in figures)

    return Harm(evidence, np.arange(len(evidence.samples)), measure)

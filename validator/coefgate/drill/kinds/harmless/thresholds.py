"""Gates that are changed as they may be."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import GATES, GUARDRAILS, Fileset
from coefgate.drill.kinds.gate_limits import THRESHOLDS, acknowledged, looser, with_threshold
from coefgate.drill.kinds.guardrails import moved_guardrail
from coefgate.drill.plant import Kind, NotPlantable, Plant, harmless


def _tightened(state: Fileset, rng: Random) -> Plant:
    """A threshold a little tighter."""
    words = ["smape", "underestimation", "waste-band-low", "waste-band-high", "waste-p90"]
    rng.shuffle(words)
    low, high = (THRESHOLDS[word].at(state) for word in ("waste-band-low", "waste-band-high"))
    for word in words:
        threshold = THRESHOLDS[word]
        old = threshold.at(state)
        by = Fraction(rng.randint(10, 100), 1000)
        new = threshold.rounded(old * (1 + by if word == "waste-band-low" else 1 - by))
        upside_down = (word == "waste-band-low" and new >= high) or (
            word == "waste-band-high" and new <= low
        )
        if new != old and not upside_down:
            return Plant(
                GATES, threshold.step(old, new), {GATES: with_threshold(state, threshold, new)}
            )
    raise NotPlantable("no threshold can be tightened by a little")


def _loosened_acknowledged(state: Fileset, rng: Random) -> Plant:
    threshold = rng.choice(list(THRESHOLDS.values()))
    old, new = looser(state, rng, threshold)
    changed = {GATES: acknowledged(state, threshold, old, new)}
    return Plant(GATES, f"{threshold.step(old, new)}, acknowledged", changed)


def _guardrail_tightened(state: Fileset, rng: Random) -> Plant:
    what, content = moved_guardrail(
        state, rng, tuple(Fraction(times, 100) for times in range(50, 100, 5))
    )
    return Plant(GUARDRAILS, what, {GUARDRAILS: content})


KINDS: Final[tuple[Kind, ...]] = (
    harmless("gates-tightened", "a threshold made tighter", _tightened),
    harmless(
        "gates-loosened-acknowledged",
        "a threshold loosened by itself, acknowledged",
        _loosened_acknowledged,
    ),
    harmless("guardrail-tightened", "a guardrail made tighter", _guardrail_tightened),
)

"""Gates that are changed as they may be."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.model import Kind, NotPlantable, Plant, harmless
from coefgate.drill.state import GATES, State
from coefgate.drill.thresholds import THRESHOLDS, acknowledged, looser, with_threshold


def _tightened(state: State, rng: Random) -> Plant:
    """A threshold a little tighter."""
    word = rng.choice(("smape", "underestimation", "waste-band-low", "waste-band-high", "waste-p90"))
    threshold = THRESHOLDS[word]
    old = threshold.at(state)
    by = Fraction(rng.randint(1, 40), 1000)
    new = threshold.rounded(old * (1 + by if word == "waste-band-low" else 1 - by))
    if new == old:
        raise NotPlantable(f"{threshold.name} cannot be tightened by a little")
    return Plant(GATES, threshold.step(old, new), {GATES: with_threshold(state, threshold, new)})


def _loosened_acknowledged(state: State, rng: Random) -> Plant:
    threshold = rng.choice(list(THRESHOLDS.values()))
    old, new = looser(state, rng, threshold)
    changed = {GATES: acknowledged(state, threshold, old, new)}
    return Plant(GATES, f"{threshold.step(old, new)}, acknowledged", changed)


KINDS: Final[tuple[Kind, ...]] = (
    harmless("gates-tightened", "a threshold made tighter", _tightened),
    harmless(
        "gates-loosened-acknowledged", "a threshold loosened by itself, acknowledged", _loosened_acknowledged
    ),
)

"""Gates that are changed as they may be."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.model import Kind, NotPlantable, Plant, harmless
from coefgate.drill.numbers import written
from coefgate.drill.regressions.thresholds import THRESHOLDS, acknowledged, looser, threshold, with_threshold
from coefgate.drill.state import GATES, State


def _tightened(state: State, rng: Random) -> Plant:
    """A threshold a little tighter."""
    name = rng.choice(sorted(THRESHOLDS))
    place, _ = THRESHOLDS[name]
    old = threshold(state, place)
    by = Fraction(rng.randint(1, 40), 1000)
    new = Fraction(round(1000 * old * (1 + by if name == "waste-band-low" else 1 - by)), 1000)
    if new == old:
        raise NotPlantable(f"{'.'.join(place[1:])} cannot be tightened")
    what = f"{'.'.join(place[1:])} {written(old)} → {written(new)}"
    return Plant(GATES, what, {GATES: with_threshold(state, place, new)})


def _loosened_acknowledged(state: State, rng: Random) -> Plant:
    place, old, new = looser(state, rng, rng.choice(sorted(THRESHOLDS)))
    what = f"{'.'.join(place[1:])} {written(old)} → {written(new)}, acknowledged"
    return Plant(GATES, what, {GATES: acknowledged(state, place, old, new)})


KINDS: Final[tuple[Kind, ...]] = (
    harmless("gates-tightened", "a threshold made tighter", _tightened),
    harmless(
        "gates-loosened-acknowledged", "a threshold loosened by itself, acknowledged", _loosened_acknowledged
    ),
)

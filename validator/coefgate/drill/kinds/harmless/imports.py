"""Honest imports: calls like those that are stored, the hard ones among them."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.drawing import DRAWS
from coefgate.drill.kinds.honest import honest_import
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import Kind, NotPlantable, Plant, Planting, harmless


def _import(fewest: int, most: int) -> Planting:
    def plant(state: Fileset, rng: Random) -> Plant:
        real = scored(state)
        for _ in range(DRAWS):
            count = rng.randint(fewest, most)
            changed = honest_import(real, rng, count)
            if not Opinion(state, state.after(changed)).may_flatter:
                return Plant(
                    next(iter(changed)), f"about {count} calls like those that are stored", changed
                )
        raise NotPlantable("any calls like these make a figure much better")

    return plant


KINDS: Final[tuple[Kind, ...]] = (
    harmless("honest-import-small", "3 to 10 calls like those that are stored", _import(3, 10)),
    harmless("honest-import-large", "30 to 80 calls like those that are stored", _import(30, 80)),
)

"""Calls that are predicted to the token, as many as nobody can call chance."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.calls import easy_calls
from coefgate.drill.judgement import Judgement
from coefgate.drill.model import Kind, NotPlantable, Plant, Planting, regression
from coefgate.drill.state import State

_RULES: Final = frozenset(("flattered",))


def _easy(count: int) -> Planting:
    def plant(state: State, rng: Random) -> Plant:
        changed = easy_calls(state, state, rng, count)
        if not Judgement(state, state.after(changed)).flattered:
            raise NotPlantable("these coefficients predict stored calls nearly as well")
        return Plant(next(iter(changed)), f"{count} calls that are predicted to the token", changed, _RULES)

    return plant


KINDS: Final[tuple[Kind, ...]] = (
    regression("easy-thirty", "30 calls that the present coefficients predict to the token", _easy(30)),
)

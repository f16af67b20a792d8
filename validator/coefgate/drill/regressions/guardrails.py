"""Guardrails that get looser."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.drawing import small_change
from coefgate.drill.guardrails import moved
from coefgate.drill.model import Kind, Plant, regression
from coefgate.drill.state import GUARDRAILS, Files, State

_RULE: Final = frozenset(("gates-loosened",))
_LOOSER: Final = tuple(Fraction(times, 10) for times in range(12, 60))


def _loosened(state: State, rng: Random) -> Plant:
    what, content = moved(state, rng, _LOOSER)
    return Plant(GUARDRAILS, what, {GUARDRAILS: content}, _RULE)


def _with_coefficient(state: State, rng: Random) -> Plant:
    what, content = moved(state, rng, _LOOSER)
    other = small_change(state, rng)
    changed: Files = {GUARDRAILS: content, **other.changed}
    return Plant(GUARDRAILS, f"{what}, with {other.what}", changed, _RULE)


KINDS: Final[tuple[Kind, ...]] = (
    regression("guardrail-loosened", "a guardrail loosened without a reason", _loosened),
    regression("guardrail-with-coefficient", "a guardrail loosened with a coefficient", _with_coefficient),
)

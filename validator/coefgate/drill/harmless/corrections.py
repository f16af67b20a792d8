"""Corrections and easy calls with a reason that comes with them."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.calls import added, correction, eligible
from coefgate.drill.model import Kind, Plant, harmless
from coefgate.drill.parts import flattering_calls, with_answer
from coefgate.drill.state import GATES, Files, State


def _acknowledged(state: State, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    number = rng.randint(2, 9999)
    lines = added([correction(one, attempt=number, reference=f"drill:{number}")])
    new = State(dict(lines)).stored[0].id
    answers = with_answer(state, "corrected", id=new)
    changed: Files = {**lines, GATES: answers}
    return Plant(
        next(iter(lines)), f"{one.id[:8]} corrected to attempt {number}, with a reason", changed
    )


def _easy(state: State, rng: Random) -> Plant:
    lines, count = flattering_calls(state, rng)
    [file] = lines
    answers = with_answer(state, "flattered", file=file)
    changed: Files = {**lines, GATES: answers}
    return Plant(file, f"{count} calls that are predicted to the token, with a reason", changed)


KINDS: Final[tuple[Kind, ...]] = (
    harmless(
        "correction-acknowledged", "one call corrected into another, with a reason", _acknowledged
    ),
    harmless("easy-samples-acknowledged", "many easy calls, with a reason", _easy),
)

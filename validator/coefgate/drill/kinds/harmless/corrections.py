"""Corrections and easy calls with a reason that comes with them."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import GATES, FileChanges, Fileset
from coefgate.drill.kinds.calls import added, correction, eligible
from coefgate.drill.kinds.parts import flattering_calls, with_answer
from coefgate.drill.plant import Kind, Plant, harmless


def _acknowledged(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    number = rng.randint(2, 9999)
    lines = added([correction(one, attempt=number, reference=f"drill:{number}")])
    new = Fileset(dict(lines)).stored[0].id
    answers = with_answer(state, "corrected", id=new)
    changed: FileChanges = {**lines, GATES: answers}
    return Plant(
        next(iter(lines)), f"{one.id[:8]} corrected to attempt {number}, with a reason", changed
    )


def _easy(state: Fileset, rng: Random) -> Plant:
    lines, count = flattering_calls(state, rng)
    [file] = lines
    answers = with_answer(state, "flattered", file=file)
    changed: FileChanges = {**lines, GATES: answers}
    return Plant(file, f"{count} calls that are predicted to the token, with a reason", changed)


KINDS: Final[tuple[Kind, ...]] = (
    harmless(
        "correction-acknowledged", "one call corrected into another, with a reason", _acknowledged
    ),
    harmless("easy-samples-acknowledged", "many easy calls, with a reason", _easy),
)

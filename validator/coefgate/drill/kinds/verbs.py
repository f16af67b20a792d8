"""The verbs of the tables: try until the oracle agrees, do several things, add a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Final, TypeVar

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.lines import eligible
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import NotPlantable, Plant, Planting

DRAWS: Final = 200
"""How often a value is drawn until the oracle finds what is wanted."""
NOTHING: Final = "nothing measurable to plant here"
T = TypeVar("T")
Wanted = Callable[[Opinion], bool]
Attempt = Callable[[Fileset, Random], Plant | None]
"""A planting that may come to nothing."""


def is_worse(opinion: Opinion) -> bool:
    """Do stored calls decide against it?"""
    return bool(opinion.measured)


def breaks_a_rule(opinion: Opinion) -> bool:
    """Does it break any rule?"""
    return bool(opinion.broken)


def harmless(opinion: Opinion) -> bool:
    """Does it break none?"""
    return not opinion.broken


def swings(opinion: Opinion) -> bool:
    """Is a step too far?"""
    return "swing" in opinion.broken


def flatters_nothing(opinion: Opinion) -> bool:
    """Do its calls make no figure so much better that it may be more than chance?"""
    return not opinion.may_flatter


def shown_by_calls(plant: Planting) -> Planting:
    """Plant only where calls are stored that can show it."""

    def planting(state: Fileset, rng: Random) -> Plant:
        eligible(state)
        return plant(state, rng)

    return planting


def until(
    attempt: Attempt,
    wanted: Wanted | None = None,
    *,
    nothing: str = NOTHING,
    attempts: int = DRAWS,
) -> Planting:
    """Try until an attempt comes to something, and the oracle says of it what is ``wanted``.

    Then all rules that it breaks must object. Raises ``NotPlantable`` with ``nothing`` after so
    many ``attempts``.
    """

    def planting(state: Fileset, rng: Random) -> Plant:
        for _ in range(attempts):
            plant = attempt(state, rng)
            if plant is not None and wanted is None:
                return plant
            if plant is not None and wanted is not None:
                base = state
                for files in filter(None, plant.past):
                    base = base.after(files)
                opinion = Opinion(base, base.after(plant.changed))
                if wanted(opinion):
                    return replace(plant, rules=plant.rules | opinion.broken)
        raise NotPlantable(nothing)

    return planting


def together(*several: Planting) -> Planting:
    """Do several things in one proposal; the place is that of the first."""

    def planting(state: Fileset, rng: Random) -> Plant:
        first, *others = plants = [plant(state, rng) for plant in several]
        changed = {file: new for one in plants for file, new in one.changed.items()}
        return Plant(
            f"{first.what}, with {' and '.join(one.what for one in others)}",
            changed,
            frozenset().union(*(one.rules for one in plants)),
            next((one.past for one in plants if one.past), ()),
            at=first.file,
        )

    return planting


def new_file(content: bytes, *names: str, what: str = "a new file") -> Planting:
    """Add a file with one of these names; ``{}`` in a name is a number."""

    def planting(_state: Fileset, rng: Random) -> Plant:
        name = names[0] if len(names) == 1 else rng.choice(names)
        name = name.format(rng.randint(1, 999)) if "{}" in name else name
        return Plant(what, {name: content})

    return planting


def one_of(rng: Random, things: Sequence[T], nothing: str) -> T:
    """One of ``things``; raises ``NotPlantable`` with ``nothing`` where there is none."""
    if not things:
        raise NotPlantable(nothing)
    return rng.choice(things)

"""The verbs of the tables: try until the oracle agrees, do several things, add a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.lines import eligible
from coefgate.drill.oracle.evidence import cells
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import NotPlantable, Plant, Planting

DRAWS: Final = 200
"""How often a value is drawn until the oracle finds what is wanted."""
NOTHING: Final = "nothing measurable to plant here"
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


def breaks(*rules: str) -> Wanted:
    """Does it break these rules?"""
    return lambda opinion: opinion.broken.issuperset(rules)


swings: Final = breaks("swing")
"""Is a step too far?"""
loses_a_stratum: Final = breaks("stratum-regression")
"""Does a kind of work lose too much?"""


def flatters(opinion: Opinion) -> bool:
    """Do its calls make a figure better, beyond any chance?"""
    return opinion.flattered


def flatters_nothing(opinion: Opinion) -> bool:
    """Do its calls make no figure so much better that it may be more than chance?"""
    return not opinion.may_flatter


def empties_a_cell(opinion: Opinion) -> bool:
    """Do fewer calls of some cell count?"""
    return bool(cells(opinion.base) - cells(opinion.head))


def shown_by_calls(plant: Planting) -> Planting:
    """Plant only where calls are stored that can show it."""

    def planting(state: Fileset, rng: Random) -> Plant:
        eligible(state)
        return plant(state, rng)

    return planting


def first_of(
    attempts: Callable[[Fileset, Random], Iterable[Plant | None]],
    wanted: Wanted | None = None,
    *,
    nothing: str = NOTHING,
) -> Planting:
    """The first attempt that comes to something of which the oracle says what is ``wanted``.

    Then all rules that it breaks must object. Raises ``NotPlantable`` with ``nothing`` after all
    ``attempts``.
    """

    def planting(state: Fileset, rng: Random) -> Plant:
        for plant in filter(None, attempts(state, rng)):
            if wanted is None:
                return plant
            base = reduce(Fileset.after, filter(None, plant.past), state)
            opinion = Opinion(base, base.after(plant.changed))
            if wanted(opinion):
                return replace(plant, rules=plant.rules | opinion.broken)
        raise NotPlantable(nothing)

    return planting


def until(
    attempt: Attempt,
    wanted: Wanted | None = None,
    *,
    nothing: str = NOTHING,
    attempts: int = DRAWS,
) -> Planting:
    """Make the same attempt again and again, up to so many times, as ``first_of`` does."""
    return first_of(
        lambda state, rng: (attempt(state, rng) for _ in range(attempts)), wanted, nothing=nothing
    )


def together(*several: Planting) -> Planting:
    """Do several things in one proposal; the place is that of the first."""

    def planting(state: Fileset, rng: Random) -> Plant:
        first, *others = plants = [plant(state, rng) for plant in several]
        return Plant(
            f"{first.what}, with {' and '.join(one.what for one in others)}",
            {file: new for one in plants for file, new in one.changed.items()},
            frozenset().union(*(one.rules for one in plants)),
            next((one.past for one in plants if one.past), ()),
            at=first.file,
        )

    return planting


def new_file(content: bytes, *names: str, what: str = "a new file") -> Planting:
    """Add a file with one of these names; ``{}`` in a name is a number."""

    def planting(_state: Fileset, rng: Random) -> Plant:
        name = names[0] if len(names) == 1 else rng.choice(names)
        return Plant(what, {name.format(rng.randint(1, 999)) if "{}" in name else name: content})

    return planting

"""The verbs of the tables: draw and try until the oracle agrees, do several things, add a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import REGISTRY, Fileset, dumped, value_at
from coefgate.drill.kinds.lines import eligible
from coefgate.drill.kinds.opinions import Wanted, harmless, is_worse
from coefgate.drill.numbers import (
    Number,
    corrected,
    in_range,
    numbers,
    with_value,
    with_values,
    written,
)
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import NotPlantable, Plant, Planting, some
from coefgate.registry.key import Part
from coefgate.registry.wording import ValuePath, dotted

DRAWS: Final = 200
"""How often a value is drawn until the oracle finds what is wanted."""
NOTHING: Final = "nothing measurable to plant here"
Among = Callable[[Number], bool]
Factors = Callable[[Random], Fraction]
Attempt = Callable[[Fileset, Random], Plant | None]
"""A planting that may come to nothing."""


def of(*parts: Part) -> Among:
    """Is it a number of these parts of an estimate?"""
    return lambda number: number.key.part in parts


is_overhead: Final = of("overhead")
is_marginal: Final = of("marginal")
is_coefficient: Final = of("overhead", "marginal", "per_kilobyte")


def percent(low: int, high: int, power: int = 1) -> Factors:
    """A factor from ``low`` to ``high`` percent; one over it where the ``power`` is −1."""
    return lambda rng: Fraction(rng.randint(low, high), 100) ** power


def either_way(low: int, high: int) -> Factors:
    """One or the other."""
    return lambda rng: percent(low, high)(rng) ** (1 if rng.random() < 0.5 else -1)


up: Final = percent(130, 500)
down: Final = percent(130, 500, -1)
far: Final = either_way(205, 500)


def near(rng: Random) -> Fraction:
    """A factor from 0.8 to 1.25, but not 1."""
    return Fraction(rng.choice([*range(80, 99), *range(102, 126)]), 100)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number, its new value, the changed file, and what the replay says of it.

    ``pushed``: numbers of other complexities, with their new values, that had to give way.
    """

    number: Number
    value: Fraction
    pushed: tuple[tuple[Number, Fraction], ...]
    changed: dict[str, bytes]
    opinion: Opinion

    @property
    def what(self) -> str:
        """The step in words."""
        others = ", ".join(number.key.of[-1] for number, _ in self.pushed)
        return step(self.number, self.value) + (f", and {others} with it" if others else "")

    @property
    def plant(self) -> Plant:
        """The change, to which every rule that it breaks must object."""
        return Plant(self.what, self.changed, self.opinion.broken)

    def acknowledged(self, state: Fileset) -> Plant:
        """The same change, acknowledged beside each value; stored calls may still object."""
        values = {self.number: self.value, **dict(self.pushed)}
        changed = with_values(state, values, {number: number.value for number in values})
        return Plant(f"{self.what}, acknowledged", changed, self.opinion.measured)


def step(number: Number, value: Fraction) -> str:
    """``docs.low 1500 → 4200``."""
    return f"{number.name} {written(number.value)} → {written(value)}"


def draw(
    state: Fileset,
    rng: Random,
    factors: Factors,
    wanted: Wanted | None = None,
    *,
    among: Among | None = None,
    nothing: str = NOTHING,
    draws: int = DRAWS,
) -> Drawn:
    """The first valid draw that is ``wanted``. Raises ``NotPlantable`` after so many draws."""
    candidates = some(list(filter(among, numbers(state))), nothing)
    for _ in range(draws):
        number = rng.choice(candidates)
        value = number.times(factors(rng))
        if not in_range(number, value):
            continue
        pushed = tuple(_pushed(state, number, value))
        changed = with_value(state, number, value)
        for other, tokens in pushed:
            changed |= with_value(state.after(changed), other, tokens)
        opinion = Opinion(state, state.after(changed))
        if wanted is None or wanted(opinion):
            return Drawn(number, value, pushed, changed, opinion)
    raise NotPlantable(nothing)


def _pushed(state: Fileset, number: Number, value: Fraction) -> Iterator[tuple[Number, Fraction]]:
    """Lower complexities may not cost more, and higher ones not less: those that must give way."""
    if number.key.part not in {"overhead", "no_deliverables"}:
        return
    order = state.document(REGISTRY)["complexities"]
    *of, complexity = number.key.of
    for other in numbers(state):
        if other.key.part == number.key.part and [*other.key.of[:-1]] == of:
            rank = order.index(other.key.of[-1]) - order.index(complexity)
            if rank * (other.value - value) < 0:
                yield other, value


def drawn(
    factors: Factors,
    wanted: Wanted,
    among: Among | None = None,
    *,
    nothing: str = NOTHING,
    acknowledged: bool = False,
) -> Planting:
    """Move a number by a factor until it is as ``wanted``."""

    def planting(state: Fileset, rng: Random) -> Plant:
        found = draw(state, rng, factors, wanted, among=among, nothing=nothing)
        return found.acknowledged(state) if acknowledged else found.plant

    return planting


def shown_by_calls(plant: Planting) -> Planting:
    """Plant only where calls are stored that can show it."""

    def planting(state: Fileset, rng: Random) -> Plant:
        eligible(state)
        return plant(state, rng)

    return planting


def without_procedure(plant: Planting) -> Planting:
    """Plant only where no procedure predicts unseen calls, of which the drill knows nothing."""

    def planting(state: Fileset, rng: Random) -> Plant:
        if state.has_procedure:
            raise NotPlantable("only a fit knows what calls say of it that were not seen")
        return plant(state, rng)

    return planting


def small_change(state: Fileset, rng: Random, among: Among | None = None) -> Plant:
    """A change of a coefficient that by itself is let through, to go with something else.

    Raises ``NotPlantable`` where no call is stored that could show it.
    """
    eligible(state)
    if not state.has_procedure:
        nothing = "no coefficient can be changed without harm"
        return draw(state, rng, near, harmless, among=among, nothing=nothing).plant
    # What no call uses no fit can tell from what it was; somebody has to say why it moves.
    found = draw(
        state,
        rng,
        near,
        lambda its: its.decided and its.broken == {"unmeasured"},
        among=lambda one: is_coefficient(one) and not one.fitted and (not among or among(one)),
        nothing="every number is used by calls, and what a fit makes of it is not known",
    )
    values = {found.number: found.value, **dict(found.pushed)}
    return Plant(f"{found.what}, corrected", corrected(state, values))


def loss(
    state: Fileset, rng: Random, wanted: Wanted = is_worse, *, among: Among | None = None
) -> Drawn:
    """A number × or ÷ 1.3 to 5 by which stored calls fare worse."""
    eligible(state)
    return draw(state, rng, rng.choice((up, down)), wanted, among=among)


def scaled(state: Fileset, times: Fraction) -> dict[str, bytes]:
    """The files of every overhead and marginal cost, all multiplied by one factor."""
    moved = {one: one.times(times) for one in numbers(state) if is_coefficient(one)}
    return with_values(state, {one: new for one, new in moved.items() if in_range(one, new)})


def set_to(state: Fileset, file: str, path: ValuePath, new: Any) -> Plant:
    """Another value at a place of a document."""
    document = state.draft(file)
    entry = value_at(document, path[:-1])
    old, entry[path[-1]] = entry.get(path[-1]), new
    return Plant(f"{dotted(path)} {old} → {new}", {file: dumped(document)})


def first_that(
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
    """Make the same attempt again and again, up to so many times, as ``first_that`` does."""
    return first_that(
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

"""Draws by chance: a number with another value, until the drill's own replay finds what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Final, TypeVar

from coefgate.drill.fileset import MARGINAL, OVERHEAD, REGISTRY, Fileset
from coefgate.drill.kinds.calls import eligible
from coefgate.drill.numbers import Number, in_range, numbers, with_value, written
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import NotPlantable, Plant, Planting
from coefgate.drill.yaml_text import dumped, value_at

DRAWS: Final = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A number, its new value, the changed file, and what the replay says of it.

    ``pushed``: numbers of other complexities, with their new values, that had to give way.
    """

    number: Number
    value: Fraction
    pushed: tuple[tuple[Number, Fraction], ...]
    changed: dict[str, bytes]
    judgement: Opinion

    @property
    def what(self) -> str:
        """The step in words."""
        others = ", ".join(number.place[-2] for number, _ in self.pushed)
        return step(self.number, self.value) + (f", and {others} with it" if others else "")

    def acknowledged(self, state: Fileset) -> dict[str, bytes]:
        """The same change with an acknowledgement beside each value."""
        files = self.changed
        for number, value in ((self.number, self.value), *self.pushed):
            answer = acknowledgement(written(number.value), written(value))
            files = files | with_value(state.after(files), number, value, acknowledge=answer)
        return files


def step(number: Number, value: Fraction) -> str:
    """``docs.low 1500 → 4200``."""
    return f"{number.name} {written(number.value)} → {written(value)}"


def acknowledgement(old: str, new: str) -> str:
    """The flow YAML of an acknowledgement."""
    return f"{{from: {old}, to: {new}, reason: planted by the drill}}"


def up(rng: Random) -> Fraction:
    """A factor from 1.3 to 5."""
    return Fraction(rng.randint(130, 500), 100)


def down(rng: Random) -> Fraction:
    """A divisor from 1.3 to 5."""
    return 1 / up(rng)


def far(rng: Random) -> Fraction:
    """A factor from 2.05 to 5, or one over it."""
    return either_way(rng, 205, 500)


def either_way(rng: Random, low: int, high: int) -> Fraction:
    """A factor from ``low`` to ``high`` percent, or one over it."""
    times = Fraction(rng.randint(low, high), 100)
    return times if rng.random() < 0.5 else 1 / times


def near(rng: Random) -> Fraction:
    """A factor from 0.8 to 1.25, but not 1."""
    return Fraction(rng.choice([*range(80, 99), *range(102, 126)]), 100)


def draw(
    state: Fileset,
    rng: Random,
    factors: Callable[[Random], Fraction],
    wanted: Callable[[Drawn], bool],
    *,
    among: Callable[[Number], bool] = lambda _: True,
    nothing: str = "nothing measurable to plant here",
) -> Drawn:
    """The first valid draw that is ``wanted``. Raises ``NotPlantable`` after ``DRAWS`` draws."""
    candidates = [number for number in numbers(state) if among(number)]
    for found in _draws(state, rng, candidates, factors):
        if wanted(found):
            return found
    raise NotPlantable(nothing)


def _draws(
    state: Fileset,
    rng: Random,
    candidates: Sequence[Number],
    factors: Callable[[Random], Fraction],
) -> Iterator[Drawn]:
    for _ in range(DRAWS if candidates else 0):
        number = rng.choice(candidates)
        value = number.times(factors(rng))
        if not in_range(number, value):
            continue
        pushed = tuple(_pushed(state, number, value))
        changed = with_value(state, number, value)
        for other, tokens in pushed:
            changed |= with_value(state.after(changed), other, tokens)
        yield Drawn(number, value, pushed, changed, Opinion(state, state.after(changed)))


def _pushed(state: Fileset, number: Number, value: Fraction) -> Iterator[tuple[Number, Fraction]]:
    """Lower complexities may not cost more, and higher ones not less: those that would go to ``value``."""
    if number.is_factor or is_marginal(number):
        return
    order = state.document(REGISTRY)["complexities"]
    for other in numbers(state):
        same = other.file == number.file and other.place[:-2] == number.place[:-2]
        if not same or other.place[-2] not in order or number.place[-2] not in order:
            continue
        rank = order.index(other.place[-2]) - order.index(number.place[-2])
        if (rank > 0 and other.value < value) or (rank < 0 and other.value > value):
            yield other, value


def is_worse(found: Drawn) -> bool:
    """Do stored calls show that the change is a regression?"""
    return bool(found.judgement.measured)


def is_harmless(found: Drawn) -> bool:
    """Does the change break no rule at all?"""
    return not found.judgement.broken


def small_change(state: Fileset, rng: Random) -> Drawn:
    """A change of a coefficient that by itself is let through, to go with something else."""
    eligible(state)
    return draw(
        state, rng, near, is_harmless, nothing="no coefficient can be changed without harm"
    )


def is_overhead(number: Number) -> bool:
    """Is it an overhead of a category?"""
    return number.file.startswith(f"{OVERHEAD}/")


def is_marginal(number: Number) -> bool:
    """Is it a marginal cost?"""
    return number.file == MARGINAL


def is_coefficient(number: Number) -> bool:
    """Is it one or the other?"""
    return is_overhead(number) or is_marginal(number)


def planted(found: Drawn) -> Plant:
    """The plant of a draw, to which every rule that it breaks must object."""
    return Plant(found.number.file, found.what, found.changed, found.judgement.broken)


def worse(among: Callable[[Number], bool], factors: Callable[[Random], Fraction]) -> Planting:
    """A kind that plants the first draw that stored calls show to be worse."""

    def plant(state: Fileset, rng: Random) -> Plant:
        eligible(state)
        return planted(draw(state, rng, factors, is_worse, among=among))

    return plant


def scaled(state: Fileset, times: Fraction) -> dict[str, bytes]:
    """The files of every overhead and marginal cost, all multiplied by one factor."""
    documents: dict[str, Any] = {}
    for number in filter(is_coefficient, numbers(state)):
        entry = value_at(
            documents.setdefault(number.file, state.draft(number.file)), number.place[:-1]
        )
        value = number.times(times)
        if in_range(number, value):
            entry[number.place[-1]] = int(value)
            entry.pop("acknowledge", None)
    return {file: dumped(document) for file, document in documents.items()}


def one_of(rng: Random, things: Sequence[T], nothing: str) -> T:
    """One of ``things``; raises ``NotPlantable`` with ``nothing`` where there is none."""
    if not things:
        raise NotPlantable(nothing)
    return rng.choice(things)

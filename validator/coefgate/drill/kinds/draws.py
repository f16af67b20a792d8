"""Numbers drawn by chance and moved, until the oracle finds what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import REGISTRY, FileChanges, Fileset
from coefgate.drill.kinds.lines import eligible
from coefgate.drill.kinds.verbs import DRAWS, NOTHING, Wanted, harmless, is_worse, shown_by_calls
from coefgate.drill.numbers import Number, in_range, numbers, with_value, with_values, written
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import NotPlantable, Plant, Planting, some
from coefgate.registry.key import Part

Factors = Callable[[Random], Fraction]
Among = Callable[[Number], bool]


def of(*parts: Part) -> Among:
    """Is it a number of these parts of an estimate?"""
    return lambda number: number.key.part in parts


is_overhead: Final = of("overhead")
is_marginal: Final = of("marginal")
is_coefficient: Final = of("overhead", "marginal")


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
        files = self.changed
        for number, value in ((self.number, self.value), *self.pushed):
            answer = acknowledgement(written(number.value), written(value))
            files = files | with_value(state.after(files), number, value, acknowledge=answer)
        return Plant(f"{self.what}, acknowledged", files, self.opinion.measured)


def step(number: Number, value: Fraction) -> str:
    """``docs.low 1500 → 4200``."""
    return f"{number.name} {written(number.value)} → {written(value)}"


def acknowledgement(old: str, new: str) -> str:
    """The flow YAML of an acknowledgement."""
    return f"{{from: {old}, to: {new}, reason: planted by the drill}}"


def percent(low: int, high: int) -> Factors:
    """A factor from ``low`` to ``high`` percent."""
    return lambda rng: Fraction(rng.randint(low, high), 100)


def divided(low: int, high: int) -> Factors:
    """One over it."""
    return lambda rng: Fraction(100, rng.randint(low, high))


def either_way(low: int, high: int) -> Factors:
    """One or the other."""

    def factor(rng: Random) -> Fraction:
        times = percent(low, high)(rng)
        return times if rng.random() < 0.5 else 1 / times

    return factor


up: Final = percent(130, 500)
down: Final = divided(130, 500)
far: Final = either_way(205, 500)


def up_or_down(rng: Random) -> Factors:
    """One of the two ways."""
    return rng.choice((up, down))


def near(rng: Random) -> Fraction:
    """A factor from 0.8 to 1.25, but not 1."""
    return Fraction(rng.choice([*range(80, 99), *range(102, 126)]), 100)


def draw(
    state: Fileset,
    rng: Random,
    factors: Factors,
    wanted: Wanted | None = None,
    *,
    among: Among | None = None,
    nothing: str = NOTHING,
) -> Drawn:
    """The first valid draw that is ``wanted``. Raises ``NotPlantable`` after ``DRAWS`` draws."""
    candidates = some(list(filter(among, numbers(state))), nothing)
    for _ in range(DRAWS):
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
    order = state.document(REGISTRY)["complexities"]
    *of, complexity = number.key.of or ("",)
    if number.key.part not in {"overhead", "no_deliverables"} or complexity not in order:
        return
    for other in numbers(state):
        if other.key.part == number.key.part and [*other.key.of[:-1]] == of:
            rank = order.index(other.key.of[-1]) - order.index(complexity)
            if (rank > 0 and other.value < value) or (rank < 0 and other.value > value):
                yield other, value


def small_change(state: Fileset, rng: Random) -> Plant:
    """A change of a coefficient that by itself is let through, to go with something else."""
    eligible(state)
    nothing = "no coefficient can be changed without harm"
    return draw(state, rng, near, harmless, nothing=nothing).plant


def drawn(
    factors: Factors, wanted: Wanted, among: Among | None = None, *, nothing: str = NOTHING
) -> Planting:
    """Move a number by a factor until it is as ``wanted``."""
    return lambda state, rng: draw(state, rng, factors, wanted, among=among, nothing=nothing).plant


def worse(factors: Factors, among: Among) -> Planting:
    """Move a number by a factor until stored calls show that it is worse."""
    return shown_by_calls(drawn(factors, is_worse, among))


def worse_once(state: Fileset, rng: Random) -> tuple[Drawn, FileChanges]:
    """A number that is worse by the rules, and the files that have it as it is."""
    eligible(state)
    found = draw(state, rng, up_or_down(rng), is_worse)
    return found, state.only(found.changed)


def way_back(state: Fileset, rng: Random) -> Plant:
    """The target branch once had a worse number, which comes back."""
    found, back = worse_once(state, rng)
    what = f"{found.what}, as it was before an accepted change"
    return Plant(what, found.changed, found.opinion.measured, (found.changed, back))


def scaled(state: Fileset, times: Fraction) -> dict[str, bytes]:
    """The files of every overhead and marginal cost, all multiplied by one factor."""
    moved = {one: one.times(times) for one in numbers(state) if is_coefficient(one)}
    return with_values(state, {one: int(new) for one, new in moved.items() if in_range(one, new)})

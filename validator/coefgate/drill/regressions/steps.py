"""What each change does little of, and several since the last release do too much of."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.calls import added, eligible, new_call, predicted
from coefgate.drill.drawing import DRAWS, draw, is_coefficient
from coefgate.drill.judgement import Judgement
from coefgate.drill.model import Kind, NotPlantable, Plant, regression
from coefgate.drill.numbers import in_range, rises, with_value, written
from coefgate.drill.state import State


def _swing(state: State, rng: Random) -> Plant:
    """A number that moves by less than the factor twice, and by more since the release."""
    for _ in range(DRAWS):
        times = Fraction(rng.randint(150, 190), 100)
        times = times if rng.random() < 0.5 else 1 / times
        first = draw(state, rng, lambda _chance, by=times: by, lambda _: True, among=is_coefficient)  # type: ignore[misc]
        number, value = first.number, first.number.times(times * times)
        base = state.after(first.changed)
        if first.pushed or not in_range(number, value):
            continue
        changed = with_value(base, number, value)
        if not rises(base.after(changed)):
            continue
        broken = Judgement(base, base.after(changed)).broken
        since = Judgement(state, base.after(changed)).broken
        if "swing" in since and "swing" not in broken | first.judgement.broken:
            what = f"{first.what} → {written(value)}, in two changes since the last release"
            past = ({}, first.changed)
            return Plant(number.file, what, changed, broken | {"swing"}, past, released=True)
    raise NotPlantable("no number can move by so much in two steps")


def _flattered(state: State, rng: Random) -> Plant:
    """Two batches of easy calls, of which neither flatters by itself."""
    known = eligible(state)
    for _ in range(DRAWS):
        origin = rng.choice(known).fields["origin"]
        whole = [one for one in known if one.fields["origin"] == origin]
        sizes = [rng.randint(1, 12) for _ in range(2)]
        batches = []
        for batch, size in enumerate(sizes):
            likes = [rng.choice(whole) for _ in range(size)]
            drafts = [
                new_call(like, 1000 * batch + number, predicted(state, like.fields))
                for number, like in enumerate(likes)
            ]
            batches.append(added(drafts))
        base = state.after(batches[0])
        head = base.after(batches[1])
        alone = Judgement(state, base).flattered or Judgement(base, head).flattered
        if Judgement(state, head).flattered and not alone and set(batches[0]).isdisjoint(batches[1]):
            what = f"{sizes[0]} and {sizes[1]} calls predicted to the token, in two changes since the last release"
            rules = frozenset(("flattered",))
            return Plant(next(iter(batches[1])), what, batches[1], rules, ({}, batches[0]), released=True)
    raise NotPlantable("no two batches of easy calls flatter together and not alone")


KINDS: Final[tuple[Kind, ...]] = (
    regression("swing-in-steps", "a number moved by 2× or more in two changes since a release", _swing),
    regression("flattered-in-steps", "easy calls in two changes since a release", _flattered),
)

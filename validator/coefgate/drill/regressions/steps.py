"""What each change does little of, and several since the last release do too much of."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.calls import added, eligible, new_call, predicted
from coefgate.drill.drawing import DRAWS, draw, far, is_coefficient
from coefgate.drill.editing import dumped
from coefgate.drill.judgement import Judgement
from coefgate.drill.model import Kind, NotPlantable, Plant, regression
from coefgate.drill.numbers import in_range, rises, with_value, written
from coefgate.drill.parts import PRIOR, with_aliases, without_margins
from coefgate.drill.state import Files, State, Stored


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
            rules = broken | {"swing"}
            return Plant(number.file, what, changed, rules, ({}, first.changed), released=True)
    raise NotPlantable("no number can move by so much in two steps")


def _out_and_in(state: State, rng: Random) -> Plant:
    """A category goes with all its names, which is accepted, and comes back with other figures."""
    names = sorted(state.categories) if len(state.categories) > 1 else []
    for category in rng.sample(names, len(names)):
        file = state.categories[category]
        gone: Files = {file: None, **without_margins(state, category)}
        document, times = with_aliases(state.draft(file), state.document(file).get("aliases", [])), far(rng)
        for entry in document["overhead"].values():
            entry["tokens"] = min(1_000_000, round(entry["tokens"] * times))
            entry.pop("acknowledge", None)
            entry["basis"] = PRIOR
        changed = {file: dumped(document)}
        base = state.after(gone)
        if "swing" in Judgement(state, base.after(changed)).broken:
            what = f"{category} taken out, and brought back with values × {float(times):.2f}"
            return Plant(file, what, changed, frozenset(("swing",)), ({}, gone))
    raise NotPlantable("no category can go and come back with other figures")


def _flattered(state: State, rng: Random) -> Plant:
    """Batches of calls that keep median and P90 of the waste, of which none flatters by itself."""
    known = eligible(state)
    origin = rng.choice(known).fields["origin"]
    likes = [one for one in known if one.fields["origin"] == origin]
    past: list[Files] = [{}]
    accepted = state
    for draw_number in range(DRAWS):
        batch = _batch(state, rng, likes, 1000 * draw_number)
        head = accepted.after(batch)
        if Judgement(accepted, head).may_flatter:
            continue
        if Judgement(state, head).flattered:
            file = next(iter(batch))
            what = f"calls that flatter a little, after {len(past) - 1} other batches since the last release"
            return Plant(file, what, batch, frozenset(("flattered",)), tuple(past), released=True)
        past.append(batch)
        accepted = head
    raise NotPlantable("no batches of easy calls flatter together and not alone")


def _batch(state: State, rng: Random, likes: Sequence[Stored], number: int) -> dict[str, bytes]:
    """Calls of which most need one token more than is predicted, and the others keep the waste as it is."""
    figures = Judgement(state, state).figures(state, added=False)
    median, p90 = (figures.median, figures.p90) if figures else (Fraction(1), Fraction(1))
    ratios = [None] * 6 + [Fraction(1)] * 2 + [median, p90]
    drafts = []
    for index in range(10 * rng.randint(1, 3)):
        like = rng.choice(likes)
        tokens, ratio = predicted(state, like.fields), ratios[index % 10]
        needed = tokens + 1 if ratio is None else int(tokens / ratio)
        drafts.append(new_call(like, number + index, needed))
    return added(drafts)


KINDS: Final[tuple[Kind, ...]] = (
    regression("swing-in-steps", "a number moved by 2× or more in two changes since a release", _swing),
    regression("taken-out-and-in", "a category taken out, and back with values × or ÷ 2 to 5", _out_and_in),
    regression("flattered-in-steps", "easy calls in several changes since a release", _flattered),
)

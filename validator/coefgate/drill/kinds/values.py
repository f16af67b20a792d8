"""Coefficients with other numbers: worse ones, better ones, and some that nobody can measure."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.draws import (
    Factors,
    acknowledgement,
    down,
    draw,
    drawn,
    far,
    is_coefficient,
    is_marginal,
    is_overhead,
    near,
    percent,
    scaled,
    small_change,
    up,
    up_or_down,
    worse,
)
from coefgate.drill.kinds.lines import eligible
from coefgate.drill.kinds.verbs import (
    breaks_a_rule,
    harmless,
    is_worse,
    one_of,
    shown_by_calls,
    swings,
    until,
)
from coefgate.drill.numbers import in_range, numbers, rises, with_value, written
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predictor_of
from coefgate.drill.plant import Plant, Planting, passes, stopped
from coefgate.drill.yaml_text import dumped, value_at


def _swing_acknowledged(state: Fileset, rng: Random) -> Plant:
    eligible(state)

    def hurts(opinion: Opinion) -> bool:
        return is_worse(opinion) and swings(opinion)

    return draw(state, rng, far, hurts, among=is_coefficient).acknowledged(state)


def _harmless_swing(state: Fileset, rng: Random) -> Plant:
    nothing = "every step of 2× or more hurts stored calls"

    def hurts_nobody(opinion: Opinion) -> bool:
        return swings(opinion) and not is_worse(opinion)

    return draw(state, rng, far, hurts_nobody, nothing=nothing).acknowledged(state)


def _everything(factors: Factors) -> Planting:
    """Every overhead and every marginal cost by one factor."""

    def attempt(state: Fileset, rng: Random) -> Plant:
        factor = factors(rng)
        what = f"every overhead and marginal cost × {float(factor):.2f}"
        return Plant(what, scaled(state, factor), at="coefficients/")

    return shown_by_calls(until(attempt, is_worse))


def _hidden(state: Fileset, rng: Random) -> Plant:
    """A worse number among others that harm nothing."""
    eligible(state)
    bad = draw(state, rng, up_or_down(rng), is_worse, among=is_coefficient)
    files, moved = dict(bad.changed), 0
    others = [number for number in numbers(state) if number.name != bad.number.name]
    for number in rng.sample(others, min(4, len(others))):
        value = number.times(near(rng))
        if in_range(number, value) and not number.is_factor:
            tried = files | with_value(state.after(files), number, value)
            if rises(state.after(tried)):
                files, moved = tried, moved + 1
    opinion = Opinion(state, state.after(files))
    if not opinion.measured:
        return bad.plant
    return Plant(f"{bad.what}, among {moved} other numbers", files, opinion.broken)


def _unused(factors: Factors, rule: str) -> Planting:
    """A number that no stored call uses; by so much that ``rule`` is broken."""
    return drawn(
        factors,
        lambda opinion: {rule, "unmeasured"} <= opinion.broken,
        is_coefficient,
        nothing="every number of this registry is used by a stored call",
    )


def _stale(state: Fileset, rng: Random) -> Plant:
    """A step too far, with the acknowledgement of another step."""
    found = draw(state, rng, far, swings, among=is_coefficient)
    other = found.number.value + rng.randint(1, 50)
    answer = acknowledgement(written(other), written(found.value))
    here = state.after(found.changed)
    changed = found.changed | with_value(here, found.number, found.value, acknowledge=answer)
    what = f"{found.what}, with the acknowledgement of a step from {written(other)}"
    return Plant(what, changed, found.opinion.broken)


def _claimed(state: Fileset, rng: Random) -> Plant:
    """A number that no stored call uses is said to rest on some."""
    predictor = predictor_of(state)
    used = frozenset().union(*(predictor.predict(one.fields)[1] for one in eligible(state)))
    places = [
        (number, document, entry)
        for number in numbers(state)
        if is_coefficient(number) and number.name not in used
        for document in (state.draft(number.file),)
        for entry in (value_at(document, number.key.entry),)
        if entry["basis"]["kind"] == "prior"
    ]
    nothing = "every number without samples is used by a stored call"
    number, document, entry = one_of(rng, places, nothing)
    count = rng.randint(1, 99)
    entry["basis"] = {"kind": "fit", "samples": count, "reference": entry["basis"]["reference"]}
    what = f"{number.name}: basis prior → fit of {count} samples"
    return Plant(what, {number.file: dumped(document)})


def _better(state: Fileset, rng: Random) -> Plant:
    """A number that makes the mean SMAPE smaller and breaks nothing."""
    eligible(state)
    before = Opinion(state, state).figures(state, added=False)

    def is_better(opinion: Opinion) -> bool:
        after = opinion.figures(opinion.head, added=False)
        return bool(before and after and after.smape < before.smape) and harmless(opinion)

    nothing = "no single number can be made better without harm"
    return draw(state, rng, near, is_better, nothing=nothing).plant


_fallback: Final = drawn(
    far,
    swings,
    lambda number: number.key.part == "fallback",
    nothing="the fallback's overhead is 0, or too large to be multiplied",
)
_no_deliverables: Final = drawn(
    percent(105, 400), breaks_a_rule, lambda number: number.key.part == "no_deliverables"
)

# fmt: off
REGRESSIONS: Final = (
    stopped("overhead-raised", "an overhead × 1.3 to 5", worse(up, is_overhead)),
    stopped("overhead-lowered", "an overhead ÷ 1.3 to 5", worse(down, is_overhead)),
    stopped("marginal-raised", "a marginal cost × 1.3 to 5", worse(up, is_marginal)),
    stopped("marginal-lowered", "a marginal cost ÷ 1.3 to 5", worse(down, is_marginal)),
    stopped("swing-acknowledged", "a harmful step of 2× or more, acknowledged",
        _swing_acknowledged),
    stopped("all-raised", "every coefficient × 1.3 to 5", _everything(up)),
    stopped("all-lowered", "every coefficient ÷ 1.3 to 5", _everything(down)),
    stopped("hidden", "one worse coefficient among several harmless ones", _hidden),
    stopped("fallback-changed", "the fallback's overhead × or ÷ 2 to 5", _fallback),
    stopped("no-deliverables-changed", "a prediction without deliverables raised",
        _no_deliverables),
    stopped("unused-changed", "a coefficient that no stored call uses × 1.5",
        _unused(lambda _: Fraction(3, 2), "unmeasured")),
    stopped("samples-claimed", "a number that no stored call uses said to rest on some", _claimed,
        by="unmeasured"),
    stopped("unused-swung", "a coefficient that no stored call uses × or ÷ 2 to 5",
        _unused(far, "swing")),
    stopped("stale-acknowledgement", "a step of 2× or more with the acknowledgement of another",
        _stale),
)
HARMLESS: Final = (
    passes("better-coefficient", "a number that makes figures better and harms nothing", _better),
    passes("no-harm", "a number that moves a little and harms nothing", small_change),
    passes("acknowledged-swing", "an acknowledged step of 2× or more that hurts no call",
        _harmless_swing),
)
# fmt: on

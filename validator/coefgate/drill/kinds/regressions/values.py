"""Coefficients with worse numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.calls import eligible
from coefgate.drill.kinds.drawing import (
    DRAWS,
    acknowledgement,
    down,
    draw,
    far,
    is_coefficient,
    is_marginal,
    is_overhead,
    is_worse,
    near,
    one_of,
    planted,
    scaled,
    up,
    worse,
)
from coefgate.drill.numbers import in_range, numbers, rises, with_value, written
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predictor_of
from coefgate.drill.plant import Kind, NotPlantable, Plant, Planting, regression
from coefgate.drill.yaml_text import dumped, value_at

_UNUSED: Final = "every number of this registry is used by a stored call"


def _acknowledged(state: Fileset, rng: Random) -> Plant:
    eligible(state)
    found = draw(
        state,
        rng,
        far,
        lambda one: is_worse(one) and "swing" in one.judgement.broken,
        among=is_coefficient,
    )
    changed = found.acknowledged(state)
    return Plant(
        found.number.file, f"{found.what}, acknowledged", changed, found.judgement.measured
    )


def _everything(factors: Callable[[Random], Fraction]) -> Planting:
    """Every overhead and every marginal cost by one factor."""

    def plant(state: Fileset, rng: Random) -> Plant:
        eligible(state)
        for _ in range(DRAWS):
            factor = factors(rng)
            changed = scaled(state, factor)
            judgement = Opinion(state, state.after(changed))
            if judgement.measured:
                what = f"every overhead and marginal cost × {float(factor):.2f}"
                return Plant("coefficients/", what, changed, judgement.broken)
        raise NotPlantable("nothing measurable to plant here")

    return plant


def _hidden(state: Fileset, rng: Random) -> Plant:
    """A worse number among others that harm nothing."""
    eligible(state)
    bad = draw(state, rng, rng.choice((up, down)), is_worse, among=is_coefficient)
    files = dict(bad.changed)
    moved = [bad.what]
    others = [number for number in numbers(state) if number.name != bad.number.name]
    for number in rng.sample(others, min(4, len(others))):
        value = number.times(near(rng))
        if not in_range(number, value) or number.is_factor:
            continue
        here = state.after(files)
        tried = files | with_value(here, number, value)
        if rises(state.after(tried)):
            files = tried
            moved.append(number.name)
    judgement = Opinion(state, state.after(files))
    if not judgement.measured:
        return planted(bad)
    what = f"{moved[0]}, among {len(moved) - 1} other numbers"
    return Plant(bad.number.file, what, files, judgement.broken)


def _fallback(state: Fileset, rng: Random) -> Plant:
    return planted(
        draw(
            state,
            rng,
            far,
            lambda one: "swing" in one.judgement.broken,
            among=lambda number: number.name == "fallback.overhead",
            nothing="the fallback's overhead is 0, or too large to be multiplied",
        )
    )


def _without_deliverables(state: Fileset, rng: Random) -> Plant:
    return planted(
        draw(
            state,
            rng,
            lambda r: Fraction(r.randint(105, 400), 100),
            lambda one: bool(one.judgement.broken),
            among=lambda number: number.name.startswith("no_deliverables."),
        )
    )


def _unused(factors: Callable[[Random], Fraction], rule: str) -> Planting:
    def plant(state: Fileset, rng: Random) -> Plant:
        return planted(
            draw(
                state,
                rng,
                factors,
                lambda one: {rule, "unmeasured"} <= one.judgement.broken,
                among=is_coefficient,
                nothing=_UNUSED,
            )
        )

    return plant


def _stale(state: Fileset, rng: Random) -> Plant:
    """A step too far, with the acknowledgement of another step."""
    found = draw(
        state, rng, far, lambda one: "swing" in one.judgement.broken, among=is_coefficient
    )
    other = found.number.value + rng.randint(1, 50)
    answer = acknowledgement(written(other), written(found.value))
    here = state.after(found.changed)
    changed = found.changed | with_value(here, found.number, found.value, acknowledge=answer)
    what = f"{found.what}, with the acknowledgement of a step from {written(other)}"
    return Plant(found.number.file, what, changed, found.judgement.broken)


def _claimed(state: Fileset, rng: Random) -> Plant:
    """A number that no stored call uses is said to rest on some."""
    predictor = predictor_of(state)
    used = frozenset().union(*(predictor.predict(one.fields)[1] for one in eligible(state)))
    places = [
        (number, document, entry)
        for number in numbers(state)
        if is_coefficient(number) and number.name not in used
        for document in (state.draft(number.file),)
        for entry in (value_at(document, number.place[:-1]),)
        if entry["basis"]["kind"] == "prior"
    ]
    number, document, entry = one_of(
        rng, places, "every number without samples is used by a stored call"
    )
    count = rng.randint(1, 99)
    entry["basis"] = {"kind": "fit", "samples": count, "reference": entry["basis"]["reference"]}
    what = f"{number.name}: basis prior → fit of {count} samples"
    return Plant(number.file, what, {number.file: dumped(document)}, frozenset(("unmeasured",)))


KINDS: Final[tuple[Kind, ...]] = (
    regression("overhead-raised", "an overhead × 1.3 to 5", worse(is_overhead, up)),
    regression("overhead-lowered", "an overhead ÷ 1.3 to 5", worse(is_overhead, down)),
    regression("marginal-raised", "a marginal cost × 1.3 to 5", worse(is_marginal, up)),
    regression("marginal-lowered", "a marginal cost ÷ 1.3 to 5", worse(is_marginal, down)),
    regression("swing-acknowledged", "a harmful step of 2× or more, acknowledged", _acknowledged),
    regression("all-raised", "every coefficient × 1.3 to 5", _everything(up)),
    regression("all-lowered", "every coefficient ÷ 1.3 to 5", _everything(down)),
    regression("hidden", "one worse coefficient among several harmless ones", _hidden),
    regression("fallback-changed", "the fallback's overhead × or ÷ 2 to 5", _fallback),
    regression(
        "no-deliverables-changed",
        "a prediction without deliverables raised",
        _without_deliverables,
    ),
    regression(
        "unused-changed",
        "a coefficient that no stored call uses × 1.5",
        _unused(lambda _: Fraction(3, 2), "unmeasured"),
    ),
    regression(
        "samples-claimed", "a number that no stored call uses said to rest on some", _claimed
    ),
    regression(
        "unused-swung",
        "a coefficient that no stored call uses × or ÷ 2 to 5",
        _unused(far, "swing"),
    ),
    regression(
        "stale-acknowledgement", "a step of 2× or more with the acknowledgement of another", _stale
    ),
)

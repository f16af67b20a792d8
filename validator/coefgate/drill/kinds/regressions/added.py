"""Calls that come in, are corrected or retired so that worse coefficients, or none, look better."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import RETIRED, FileChanges, Fileset, StoredLine
from coefgate.drill.kinds.calls import (
    added,
    correction,
    easy_calls,
    eligible,
    of_one_origin,
    unlinked,
)
from coefgate.drill.kinds.drawing import (
    Drawn,
    down,
    draw,
    is_coefficient,
    one_of,
    small_change,
    step,
    up,
)
from coefgate.drill.kinds.parts import SIZES, flattering_calls, with_retirement, worst_first
from coefgate.drill.numbers import in_range, numbers, rises, with_value
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Kind, NotPlantable, Plant, regression

_FLATTERED: Final = frozenset(("flattered",))
_STRATA: Final = frozenset(("stratum-regression",))
_SHARED: Final = frozenset(("retired-with-values",))


def _correction_with_coefficient(state: Fileset, rng: Random) -> Plant:
    one = one_of(
        rng, unlinked(state, eligible(state)), "every eligible call is named by another line"
    )
    old = one.fields["actual_output_tokens"]
    new = max(1, predicted(state, one.fields) - rng.randint(0, 20))
    if new == old:
        new += 1
    other = small_change(state, rng)
    lines = added([correction(one, actual_output_tokens=new, max_output_tokens=None)])
    what = f"{one.id[:8]} corrected from {old} to {new} tokens, with {other.what}"
    return Plant(next(iter(lines)), what, {**lines, **other.changed}, _SHARED)


def _retirement_with_coefficient(state: Fileset, rng: Random) -> Plant:
    one = one_of(rng, eligible(state), "no eligible call is stored")
    other = small_change(state, rng)
    changed: FileChanges = {RETIRED: with_retirement(state, [one]), **other.changed}
    return Plant(RETIRED, f"{one.id[:8]} retired, with {other.what}", changed, _SHARED)


def _flattering(state: Fileset, rng: Random) -> Plant:
    changed, count = flattering_calls(state, rng)
    what = f"{count} calls that are predicted to the token"
    return Plant(next(iter(changed)), what, changed, _FLATTERED)


def _easy_thirty(state: Fileset, rng: Random) -> Plant:
    """As many as nobody can call chance."""
    changed = easy_calls(state, state, rng, 30)
    if not Opinion(state, state.after(changed)).flattered:
        raise NotPlantable("these coefficients predict stored calls nearly as well")
    what = "30 calls that are predicted to the token"
    return Plant(next(iter(changed)), what, changed, _FLATTERED)


def _worst(state: Fileset, rng: Random) -> list[StoredLine]:
    """Eligible calls of one origin, the worst predicted first."""
    return worst_first(state, of_one_origin(eligible(state), rng))


def _corrected_to_fit(state: Fileset, rng: Random) -> Plant:
    worst = _worst(state, rng)
    for count in range(rng.randint(2, 5), len(worst) + 1):
        changed = added(
            correction(
                one,
                actual_output_tokens=max(1, predicted(state, one.fields)),
                max_output_tokens=None,
            )
            for one in worst[:count]
        )
        if Opinion(state, state.after(changed)).flattered:
            what = f"{count} calls corrected to what is predicted for them"
            return Plant(next(iter(changed)), what, changed, _FLATTERED)
    raise NotPlantable("no figure of these coefficients can get much better")


def _worst_retired(state: Fileset, rng: Random) -> Plant:
    worst = _worst(state, rng)
    for count in range(rng.randint(1, 4), len(worst)):
        changed = {RETIRED: with_retirement(state, rng.sample(worst[: count + 2], count))}
        if Opinion(state, state.after(changed)).flattered:
            what = f"{count} of the {count + 2} calls that are predicted worst retired"
            return Plant(RETIRED, what, changed, _FLATTERED)
    raise NotPlantable("no figure of these coefficients can get much better")


def _diluted(state: Fileset, rng: Random) -> Plant:
    """Worse coefficients that miss a metric rule, and so many easy calls that they meet it all the same."""
    for _ in range(60):
        number = rng.choice(numbers(state))
        value = number.times(rng.choice((up, down))(rng))
        if not in_range(number, value):
            continue
        worse = with_value(state, number, value)
        head = state.after(worse)
        if not rises(head) or not Opinion(state, head).measured - {"stratum-regression"}:
            continue
        for count in SIZES:
            easy = easy_calls(state, head, rng, count)
            changed: FileChanges = {**worse, **easy}
            broken = Opinion(state, state.after(changed)).broken
            if "diluted" in broken:
                what = f"{step(number, value)}, with {count} calls that it predicts to the token"
                return Plant(number.file, what, changed, broken)
    raise NotPlantable("no coefficient makes these calls miss a metric rule")


def _stratum_diluted(state: Fileset, rng: Random) -> Plant:
    """A loss of one kind of work, and so many easy calls that only the known ones show it."""
    eligible(state)
    for _ in range(60):
        found = draw(state, rng, rng.choice((up, down)), _harms_a_stratum, among=is_coefficient)
        for count in SIZES:
            easy = easy_calls(state, found.judgement.head, rng, count)
            together = state.after(easy)
            if _STRATA & Opinion(together, together.after(found.changed)).broken:
                continue
            changed: FileChanges = {**found.changed, **easy}
            what = f"{found.what}, with {count} calls that it predicts to the token"
            broken = Opinion(state, state.after(changed)).broken
            return Plant(found.number.file, what, changed, broken)
    raise NotPlantable("no loss of one kind of work can be hidden by easy calls")


def _harms_a_stratum(found: Drawn) -> bool:
    return bool(_STRATA & found.judgement.broken)


KINDS: Final[tuple[Kind, ...]] = (
    regression(
        "easy-samples",
        "many calls that the present coefficients predict to the token",
        _flattering,
    ),
    regression(
        "corrected-to-fit", "the worst calls corrected to what is predicted", _corrected_to_fit
    ),
    regression("worst-retired", "the calls that are predicted worst retired", _worst_retired),
    regression(
        "diluted", "a worse coefficient with many calls that it predicts to the token", _diluted
    ),
    regression(
        "stratum-diluted",
        "a loss of one kind of work with many easy calls that hide it",
        _stratum_diluted,
    ),
    regression(
        "correction-with-coefficient",
        "a call corrected to what is predicted, with a coefficient",
        _correction_with_coefficient,
    ),
    regression(
        "retirement-with-coefficient",
        "a call retired, with a coefficient",
        _retirement_with_coefficient,
    ),
    regression(
        "easy-thirty", "30 calls that the present coefficients predict to the token", _easy_thirty
    ),
)

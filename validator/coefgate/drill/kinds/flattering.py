"""Calls that are added, corrected or retired so that worse coefficients look better."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset, StoredLine
from coefgate.drill.kinds.draws import draw, is_coefficient, small_change, step, up_or_down
from coefgate.drill.kinds.lines import (
    added,
    correction,
    easy_calls,
    eligible,
    needing,
    of_one_origin,
    retired,
    unlinked,
    worst_first,
)
from coefgate.drill.kinds.verbs import one_of, together, until
from coefgate.drill.numbers import in_range, numbers, rises, with_value
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import NotPlantable, Plant, Planting, stopped

_SIZES: Final = (20, 50, 100, 200, 400, 800)
"""How many easy calls are tried, until they are enough."""
_ATTEMPTS: Final = 60
_NOT_BETTER: Final = "no figure of these coefficients can get much better"
_STRATUM: Final = "stratum-regression"


def flattering_calls(state: Fileset, rng: Random) -> Plant:
    """So many easy calls that a figure gets much better by them alone."""
    for count in _SIZES:
        plant = easy(count)(state, rng)
        if Opinion(state, state.after(plant.changed)).flattered:
            return plant
    raise NotPlantable(_NOT_BETTER)


def easy(count: int) -> Planting:
    """So many calls that the present coefficients predict to the token."""

    def planting(state: Fileset, rng: Random) -> Plant:
        what = f"{count} calls that are predicted to the token"
        return Plant(what, easy_calls(state, state, rng, count))

    return planting


def _easy_thirty(state: Fileset, rng: Random) -> Plant:
    """As many as nobody can call chance."""
    plant = easy(30)(state, rng)
    if not Opinion(state, state.after(plant.changed)).flattered:
        raise NotPlantable("these coefficients predict stored calls nearly as well")
    return plant


def _worst(state: Fileset, rng: Random) -> list[StoredLine]:
    """Eligible calls of one origin, the worst predicted first."""
    return worst_first(state, of_one_origin(eligible(state), rng))


def _corrected_to_fit(state: Fileset, rng: Random) -> Plant:
    worst = _worst(state, rng)
    for count in range(rng.randint(2, 5), len(worst) + 1):
        changed = added(
            correction(one, **needing(predicted(state, one.fields))) for one in worst[:count]
        )
        if Opinion(state, state.after(changed)).flattered:
            return Plant(f"{count} calls corrected to what is predicted for them", changed)
    raise NotPlantable(_NOT_BETTER)


def _worst_retired(state: Fileset, rng: Random) -> Plant:
    worst = _worst(state, rng)
    for count in range(rng.randint(1, 4), len(worst)):
        changed = retired(state, rng.sample(worst[: count + 2], count))
        if Opinion(state, state.after(changed)).flattered:
            what = f"{count} of the {count + 2} calls that are predicted worst retired"
            return Plant(what, changed)
    raise NotPlantable(_NOT_BETTER)


def _diluted(state: Fileset, rng: Random) -> Plant | None:
    """Worse coefficients that miss a metric rule, and so many easy calls that they meet it."""
    number = rng.choice(numbers(state))
    value = number.times(up_or_down(rng)(rng))
    if not in_range(number, value):
        return None
    worse = with_value(state, number, value)
    head = state.after(worse)
    if not rises(head) or not Opinion(state, head).measured - {_STRATUM}:
        return None
    for count in _SIZES:
        changed = worse | easy_calls(state, head, rng, count)
        rules = Opinion(state, state.after(changed)).broken
        if "diluted" in rules:
            what = f"{step(number, value)}, with {count} calls that it predicts to the token"
            return Plant(what, changed, rules)
    return None


def _stratum_diluted(state: Fileset, rng: Random) -> Plant | None:
    """A loss of one kind of work, and so many easy calls that only the known ones show it."""
    eligible(state)

    def harms_a_stratum(opinion: Opinion) -> bool:
        return _STRATUM in opinion.broken

    found = draw(state, rng, up_or_down(rng), harms_a_stratum, among=is_coefficient)
    for count in _SIZES:
        calls = easy_calls(state, found.opinion.head, rng, count)
        both = state.after(calls)
        if _STRATUM not in Opinion(both, both.after(found.changed)).broken:
            changed = found.changed | calls
            what = f"{found.what}, with {count} calls that it predicts to the token"
            return Plant(what, changed, Opinion(state, state.after(changed)).broken)
    return None


def _correction(state: Fileset, rng: Random) -> Plant:
    calls = unlinked(state, eligible(state))
    one = one_of(rng, calls, "every eligible call is named by another line")
    old = one.fields["actual_output_tokens"]
    new = max(1, predicted(state, one.fields) - rng.randint(0, 20))
    new += new == old
    changed = added([correction(one, **needing(new))])
    return Plant(f"{one.id[:8]} corrected from {old} to {new} tokens", changed)


def _retirement(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    return Plant(f"{one.id[:8]} retired", retired(state, [one]))


# fmt: off
REGRESSIONS: Final = (
    stopped("easy-samples", "many calls that the present coefficients predict to the token",
        flattering_calls, by="flattered"),
    stopped("corrected-to-fit", "the worst calls corrected to what is predicted",
        _corrected_to_fit, by="flattered"),
    stopped("worst-retired", "the calls that are predicted worst retired", _worst_retired,
        by="flattered"),
    stopped("diluted", "a worse coefficient with many calls that it predicts to the token",
        until(
            _diluted,
            nothing="no coefficient makes these calls miss a metric rule",
            attempts=_ATTEMPTS,
        )),
    stopped("stratum-diluted", "a loss of one kind of work with many easy calls that hide it",
        until(
            _stratum_diluted,
            nothing="no loss of one kind of work can be hidden by easy calls",
            attempts=_ATTEMPTS,
        )),
    stopped("correction-with-coefficient",
        "a call corrected to what is predicted, with a coefficient",
        together(_correction, small_change), by="retired-with-values"),
    stopped("retirement-with-coefficient", "a call retired, with a coefficient",
        together(_retirement, small_change), by="retired-with-values"),
    stopped("easy-thirty", "30 calls that the present coefficients predict to the token",
        _easy_thirty, by="flattered"),
)
# fmt: on

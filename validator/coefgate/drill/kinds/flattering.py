"""Calls that are added, corrected or retired so that worse coefficients look better."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset, StoredLine
from coefgate.drill.kinds import lines
from coefgate.drill.kinds.lines import added, correction, easy_calls, eligible, needing, retired
from coefgate.drill.kinds.verbs import (
    down,
    first_of,
    flatters,
    is_coefficient,
    loses_a_stratum,
    loss,
    small_change,
    step,
    together,
    until,
    up,
)
from coefgate.drill.numbers import in_range, numbers, rises, with_value
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Plant, stopped, stopped_by

_SIZES: Final = (20, 50, 100, 200, 400, 800)
"""How many easy calls are tried, until they are enough."""
_ATTEMPTS: Final = 60
_NOT_BETTER: Final = "no figure of these coefficients can get much better"


def easy(state: Fileset, rng: Random, count: int) -> Plant:
    """So many calls that the present coefficients predict to the token."""
    what = f"{count} calls that are predicted to the token"
    return Plant(what, easy_calls(state, state, rng, count))


flattering_calls: Final = first_of(
    lambda state, rng: (easy(state, rng, count) for count in _SIZES), flatters, nothing=_NOT_BETTER
)
"""So many easy calls that a figure gets much better by them alone."""


def _worst(state: Fileset, rng: Random) -> list[StoredLine]:
    return lines.worst_first(state, lines.of_one_origin(eligible(state), rng))


def _corrected_to_fit(state: Fileset, rng: Random) -> Iterator[Plant]:
    worst = _worst(state, rng)
    fitting = [correction(one, **needing(predicted(state, one.fields))) for one in worst]
    for count in range(rng.randint(2, 5), len(worst) + 1):
        what = f"{count} calls corrected to what is predicted for them"
        yield Plant(what, added(fitting[:count]))


def _worst_retired(state: Fileset, rng: Random) -> Iterator[Plant]:
    worst = _worst(state, rng)
    for count in range(rng.randint(1, 4), len(worst)):
        what = f"{count} of the {count + 2} calls that are predicted worst retired"
        yield Plant(what, retired(state, rng.sample(worst[: count + 2], count)))


def _diluted(state: Fileset, rng: Random) -> Plant | None:
    """Worse coefficients that miss a metric rule, and so many easy calls that they meet it."""
    number = rng.choice(numbers(state))
    value = number.times(rng.choice((up, down))(rng))
    if not in_range(number, value):
        return None
    worse = with_value(state, number, value)
    head = state.after(worse)
    if not rises(head) or not Opinion(state, head).measured - {"stratum-regression"}:
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
    found = loss(state, rng, loses_a_stratum, among=is_coefficient)
    for count in _SIZES:
        calls = easy_calls(state, found.opinion.head, rng, count)
        both = state.after(calls)
        if not loses_a_stratum(Opinion(both, both.after(found.changed))):
            changed = found.changed | calls
            what = f"{found.what}, with {count} calls that it predicts to the token"
            return Plant(what, changed, Opinion(state, state.after(changed)).broken)
    return None


def _correction(state: Fileset, rng: Random) -> Plant:
    one = lines.an_unlinked(state, rng)
    new = max(1, predicted(state, one.fields) - rng.randint(0, 20))
    new += new == one.tokens
    what = f"{one.id[:8]} corrected from {one.tokens} to {new} tokens"
    return Plant(what, added([correction(one, **needing(new))]))


def _retirement(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    return Plant(f"{one.id[:8]} retired", retired(state, [one]))


# fmt: off
REGRESSIONS: Final = (
    *stopped_by("flattered",
        ("easy-samples", "many calls that the present coefficients predict to the token",
            flattering_calls),
        ("corrected-to-fit", "the worst calls corrected to what is predicted",
            first_of(_corrected_to_fit, flatters, nothing=_NOT_BETTER)),
        ("worst-retired", "the calls that are predicted worst retired",
            first_of(_worst_retired, flatters, nothing=_NOT_BETTER)),
    ),
    stopped("diluted", "a worse coefficient with many calls that it predicts to the token",
        until(_diluted, attempts=_ATTEMPTS,
            nothing="no coefficient makes these calls miss a metric rule")),
    stopped("stratum-diluted", "a loss of one kind of work with many easy calls that hide it",
        until(_stratum_diluted, attempts=_ATTEMPTS,
            nothing="no loss of one kind of work can be hidden by easy calls")),
    *stopped_by("retired-with-values",
        ("correction-with-coefficient",
            "a call corrected to what is predicted, with a coefficient",
            together(_correction, small_change)),
        ("retirement-with-coefficient", "a call retired, with a coefficient",
            together(_retirement, small_change)),
    ),
    stopped("easy-thirty", "30 calls that the present coefficients predict to the token",
        until(partial(easy, count=30), flatters, attempts=1,
            nothing="these coefficients predict stored calls nearly as well"), by="flattered"),
)
# fmt: on

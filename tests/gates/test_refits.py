"""Which fits are such that calls choose every number."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from coefgate.changes.estimate_changes import changes
from coefgate.gates.refits import Refit, is_given_first, refit_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.tuning import Tuning
from coefgate.samples.model import Sample
from tests.calibration.builders import free, tuning
from tests.gates.builders import proposal, state
from tests.registry.builders import key, moved, value
from tests.replay.builders import sample

FILE = "samples/here/undated-00000000.jsonl"
NONE = tuning({"all": 1}, samples=())
FIRST = tuning({"all": 1}, samples=(FILE,))
MORE = tuning({"all": 1}, samples=(FILE, "samples/here/undated-11111111.jsonl"))
CALL = sample(1, 1000)


def at(by: Tuning) -> Coefficients:
    return replace(free(), tuning=by)


def kind(
    base: Tuning,
    head: Tuning,
    *,
    number: int = 1500,
    by_hand: frozenset[Key] = frozenset(),
    before: tuple[Sample, ...] = (CALL,),
    after: tuple[Sample, ...] = (CALL,),
    without_calls: bool = False,
) -> Refit | None:
    """Of a head with another number for tests low."""
    was, now = at(base), moved(at(head), {"tests.low": Fraction(number)})
    asked = proposal(state(was, before), state(now, after))
    asked = replace(asked, base_without_calls=lambda: without_calls)
    return refit_of(asked, now, changes(was, now), by_hand)


def test_the_first_fit_and_later_ones() -> None:
    assert kind(NONE, FIRST) == "first"
    assert kind(FIRST, MORE) == "more"


def test_another_procedure_is_neither() -> None:
    for base, head in (NONE, FIRST), (FIRST, MORE):
        assert kind(base, replace(head, level=Fraction(1, 3))) is None
        assert kind(base, replace(head, scatter=Fraction(1, 3))) is None


def test_fewer_files_or_the_same_are_neither() -> None:
    assert kind(MORE, FIRST) is None
    assert kind(FIRST, FIRST) is None
    assert kind(NONE, NONE) is None


def test_a_number_by_hand_makes_it_neither_but_a_new_one_may_come_first() -> None:
    known, new = frozenset({key("tests.low")}), frozenset({key("chore.low")})
    assert kind(NONE, FIRST, by_hand=known) is None
    assert kind(FIRST, MORE, by_hand=known) is None
    assert kind(NONE, FIRST, by_hand=new) == "first"
    assert kind(FIRST, MORE, by_hand=new) is None


def test_a_level_of_models_may_come_first_and_no_other_spread() -> None:
    with_models = {**FIRST.spreads, "model": Fraction(1, 2)}
    before = replace(NONE, spreads={k: v for k, v in FIRST.spreads.items() if k != "model"})
    assert kind(before, replace(FIRST, spreads=with_models)) == "first"
    assert kind(before, replace(FIRST, spreads={**with_models, "all": Fraction(2)})) is None


def test_priors_of_more_numbers_may_come_first_and_no_others() -> None:
    grown = replace(FIRST, prior={**FIRST.prior, key("chore.low"): 900})
    other = replace(FIRST, prior={**FIRST.prior, key("tests.low"): 900})
    assert kind(NONE, grown) == "first"
    assert kind(NONE, other) is None
    assert kind(FIRST, replace(grown, samples=MORE.samples)) is None


@pytest.mark.parametrize(("without_calls", "found"), [(True, "first"), (False, None)])
def test_calls_come_with_their_fit_where_none_was_ever_there(
    *, without_calls: bool, found: Refit | None
) -> None:
    assert kind(NONE, FIRST, before=(), without_calls=without_calls) == found


def test_what_a_first_fit_gives_stood_at_a_prior_or_nowhere() -> None:
    def given(before: str, after: str) -> bool:
        was, now = (
            replace(
                free(),
                default_margin=value("margin.default", Fraction(number), kind=basis),
            )
            for number, basis in ((1, before), (2, after))
        )
        (change,) = (one for one in changes(was, now) if one.key == Key("margin"))
        return is_given_first(change, was, now)

    assert given("prior", "fit")
    assert not given("prior", "prior")
    assert not given("fit", "fit")
    assert not given("correction", "fit")

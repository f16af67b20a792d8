"""Which numbers the procedure may move."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from coefgate.calibration.margins import MARGIN
from coefgate.calibration.movable import movable
from coefgate.registry.key import Key
from coefgate.registry.model import Category, Coefficients
from coefgate.replay.evidence import Evidence
from tests.calibration.builders import OVERHEAD, free, tuning
from tests.registry.builders import category, value
from tests.replay.builders import audited, sample

MEDIUM = Key("overhead", ("tests", "medium"))
BACKEND = Key("marginal", ("create", "backend"))


def _with(*categories: Category) -> Coefficients:
    one = free()
    return replace(one, categories={**one.categories, **{each.name: each for each in categories}})


def test_a_number_is_free_where_calls_of_its_category_or_kind_are_stored() -> None:
    found = movable(free(), Evidence(audited([sample(1, 900), sample(2, 900)])), tuning({}))
    kinds = {key: one.basis.kind for key, one in found.registry.numbers.items()}
    assert (kinds[OVERHEAD], kinds[MEDIUM], kinds[BACKEND]) == ("fit", "fit", "fit")
    # Medium has no call of its own, so that those of its category stand behind it.
    assert found.calls[OVERHEAD] == found.calls[MEDIUM] == found.calls[BACKEND] == 2
    assert found.calls[MARGIN] == 2
    docs = Key("overhead", ("docs", "low"))
    assert (kinds[docs], found.stays[docs]) == ("prior", "no-calls")


def test_a_number_without_calls_goes_back_to_its_prior() -> None:
    one = _with(category("docs", {"low": 777, "medium": 888, "high": 999}))
    found = movable(one, Evidence(audited([sample(1, 900)])), tuning({})).registry
    docs = found.numbers[Key("overhead", ("docs", "low"))]
    assert docs.number == 100
    assert (docs.basis.samples, docs.basis.reference) == (None, "docs/x.md")


def test_a_prior_becomes_free_with_its_first_calls_unless_it_is_another_number() -> None:
    calls = Evidence(audited([sample(1, 900)]))
    priors = category("tests", {"low": 110, "medium": 221, "high": 330}, kind="prior")
    found = movable(_with(priors), calls, tuning({}))
    assert found.registry.numbers[OVERHEAD].basis.kind == "fit"
    assert found.stays[MEDIUM] == "not-the-prior"
    assert found.registry.numbers[MEDIUM].number == 221
    corrected = category("tests", {"low": 110, "medium": 220, "high": 330}, kind="correction")
    assert movable(_with(corrected), calls, tuning({})).stays[OVERHEAD] == "correction"


def test_the_published_margin_becomes_free_as_well() -> None:
    margin = value("margin.default", Fraction("1.3"), kind="prior")
    one, calls = replace(free(), default_margin=margin), Evidence(audited([sample(1, 900)]))
    assert movable(one, calls, tuning({})).stays[MARGIN] == "no-prior"
    at = tuning({}, prior_margin=Fraction("1.3"))
    assert movable(one, calls, at).registry.default_margin.basis.kind == "fit"
    other = tuning({}, prior_margin=Fraction("1.4"))
    assert movable(one, calls, other).stays[MARGIN] == "not-the-prior"


def test_adaptive_margins_give_cells_with_enough_calls_one_of_their_own() -> None:
    calls = [*(sample(n, 900) for n in range(3)), sample(9, 900, category="docs")]
    at = tuning({}, margins="adaptive", cell_from=3)
    found = movable(free(), Evidence(audited(calls)), at)
    assert set(found.registry.cell_margins) == {("tests", "low")}
    own = found.registry.cell_margins["tests", "low"]
    assert (own.name, own.basis.kind) == ("margin.tests.low", "fit")
    assert found.calls[own.key] == 3


def test_calls_that_the_fallback_serves_stand_behind_the_default_margin() -> None:
    calls = [sample(n, 900, category="unheard-of") for n in range(3)]
    found = movable(free(), Evidence(audited([*calls, sample(9, 900)])), tuning({}))
    assert found.calls[MARGIN] == 4


def test_the_margin_of_a_cell_without_calls_goes_back_to_its_prior() -> None:
    docs = Key("margin", ("docs", "low"))
    margins = {("docs", "low"): value(docs.name, Fraction("1.5"))}
    one, calls = replace(free(), cell_margins=margins), Evidence(audited([sample(1, 900)]))
    found = movable(one, calls, tuning({}, prior_margin=Fraction("1.3")))
    back = found.registry.numbers[docs]
    assert (back.number, back.basis.kind, found.stays[docs]) == (
        Fraction("1.3"),
        "prior",
        "no-calls",
    )
    # Without a prior there is nothing to go back to; it is not fitted either.
    kept = movable(one, calls, tuning({}))
    assert (kept.registry.numbers[docs].number, kept.stays[docs]) == (Fraction("1.5"), "no-prior")
    assert kept.registry.numbers[docs].basis.kind != "fit"

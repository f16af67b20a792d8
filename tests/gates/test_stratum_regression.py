"""No kind of work pays for another: which slices are judged, and where their limits lie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pytest
from scipy.stats import binomtest

from coefgate.core.trees import FolderTree
from coefgate.gates.stratum_regression import sign_test, stratum_regression
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import AddedUp, Evidence, Pair
from coefgate.replay.metrics import Calls
from coefgate.samples.model import Sample
from tests.frozen_registry import BY_HAND
from tests.registry.builders import registry as small_registry
from tests.registry.builders import with_aliases
from tests.replay.builders import audited, sample

REGISTRY: Final = read_registry(FolderTree(BY_HAND))
NEEDED: Final = 1000


def _pair(samples: Sequence[Sample], before: Sequence[int], after: Sequence[int]) -> Pair:
    evidence = Evidence(audited(samples))
    by_id = {one.id: at for at, one in enumerate(evidence.samples)}
    order = [by_id[one.id] for one in samples]
    sides = []
    for predicted in (before, after):
        column = np.zeros(len(order), dtype=np.int64)
        column[order] = predicted
        sides.append(Calls(column, evidence.actual, evidence.phase, evidence.censored))
    return Pair(evidence, sides[0], sides[1], None, None)


def _judged(
    samples: Sequence[Sample],
    before: Sequence[int],
    after: Sequence[int],
    registry: Coefficients = REGISTRY,
) -> RuleResult:
    return stratum_regression([_pair(samples, before, after)], registry, registry)


def _calls(count: int, first: int = 1, **fields: Any) -> list[Sample]:
    return [sample(first + n, NEEDED, **fields) for n in range(count)]


# --- Misses


@pytest.mark.parametrize(("more", "status"), [(1, "pass"), (2, "fail")])
def test_two_more_misses_are_too_many(more: int, status: str) -> None:
    result = _judged(_calls(10), [1100] * 10, [900] * more + [1100] * (10 - more))
    assert result.status == status
    if more == 2:
        assert result.message.startswith(
            "tests/low: 2 more calls would be cut off (0 before, 2 after). "
        )


def test_it_is_the_balance_of_misses_that_counts() -> None:
    before, after = [900, 900, *[1100] * 8], [1100, 1100, 900, 900, 900, *[1100] * 5]
    assert _judged(_calls(10), before, after).status == "pass"


def test_a_call_that_was_cut_off_is_missed_where_it_is_not_predicted_above() -> None:
    cut_off = _calls(5, success=False, truncated=True)
    assert _judged(cut_off, [1001] * 5, [1000, 1000, 1001, 1001, 1001]).status == "fail"
    assert _judged(cut_off, [2000] * 5, [1001] * 5).status == "pass"


def test_the_limit_is_that_of_base() -> None:
    gates = REGISTRY.gates
    three = replace(gates, relative=replace(gates.relative, stratum_misses_from=3))
    pair = _pair(_calls(10), [1100] * 10, [900] * 2 + [1100] * 8)
    base = replace(REGISTRY, gates=three)
    assert stratum_regression([pair], base, REGISTRY).status == "pass"
    assert stratum_regression([pair], REGISTRY, base).status == "fail"


# --- SMAPE


def test_five_points_more_is_not_yet_too_much() -> None:
    # No whole number of tokens is off by exactly five points more; of two neighbours one lies on
    # each side.
    calls = _calls(20)
    exactly = next(p for p in range(1101, 2000) if _smape(p) - _smape(1100) > 5)
    assert _judged(calls, [1100] * 20, [exactly - 1] * 20).status == "pass"
    result = _judged(calls, [1100] * 20, [exactly] * 20)
    assert result.status == "fail"
    rise = _smape(exactly) - _smape(1100)
    assert 5 < rise < Fraction("5.05")
    shown = re.search(
        r"tests/low: mean SMAPE rises from 9\.5 to 14\.\d \(by ([\d.]+) points\)", result.message
    )
    assert shown is not None
    assert 5 < Fraction(shown[1]) < Fraction("5.1")
    assert "worse in 20 phases and better in 0" in result.message


def _smape(predicted: int) -> Fraction:
    return Fraction(200 * abs(predicted - NEEDED), predicted + NEEDED)


@pytest.mark.parametrize(("worse", "better"), [(4, 0), (3, 0), (5, 1), (6, 1), (9, 4), (10, 4)])
def test_the_worse_phases_must_outnumber_the_better_ones(worse: int, better: int) -> None:
    before = [1300] * (worse + better)
    after = [1800] * worse + [1299] * better
    result = _judged(_calls(worse + better), before, after)
    p = binomtest(worse, worse + better, 0.5, alternative="greater").pvalue
    enough_phases = worse + better >= 5
    # Fewer phases than five are judged in a wider slice, which here holds the same calls.
    assert result.status == ("fail" if p < 0.1 else "pass")
    if p < 0.1:
        assert result.findings[0].message.startswith("tests/low: " if enough_phases else "low: ")


def test_a_chance_at_the_limit_is_not_yet_too_small() -> None:
    def status(limit: Fraction) -> str:
        relative = replace(REGISTRY.gates.relative, stratum_sign_test_below=limit)
        base = replace(REGISTRY, gates=replace(REGISTRY.gates, relative=relative))
        return _judged(_calls(3), [1300] * 3, [1800] * 3, base).status

    # Three of three phases: 1 / 8.
    assert status(Fraction(1, 8)) == "pass"
    assert status(Fraction(1, 8) + Fraction(1, 1000)) == "fail"


@pytest.mark.parametrize("worse", range(9))
@pytest.mark.parametrize("better", range(9))
def test_the_sign_test_is_that_of_the_books(worse: int, better: int) -> None:
    expected = (
        binomtest(worse, worse + better, 0.5, alternative="greater").pvalue
        if worse + better
        else 1.0
    )
    assert float(sign_test(worse, better)) == pytest.approx(expected)


def test_the_calls_of_a_phase_count_together() -> None:
    one_phase = _calls(10, phase_id="one")
    attempts = [replace(call, attempt=n) for n, call in enumerate(one_phase)]
    assert _judged(attempts, [1300] * 10, [1800] * 10).status == "pass"
    assert _judged(_calls(10), [1300] * 10, [1800] * 10).status == "fail"


# --- Slices


def test_a_cell_with_five_phases_is_judged_by_itself() -> None:
    # What docs lose, tests gain: together nothing got worse.
    docs, tests = _calls(5, category="docs"), _calls(20, 100)
    result = _judged([*docs, *tests], [1100] * 25, [900, 900, 1100, 1100, 1100, *[1050] * 20])
    assert [finding.message.partition(":")[0] for finding in result.findings] == ["docs/low"]


def test_a_smaller_cell_counts_within_its_category() -> None:
    few, others = _calls(4, complexity="high"), _calls(6, 100)
    result = _judged([*few, *others], [1100] * 10, [900, 900, *[1100] * 8])
    assert [finding.message.partition(":")[0] for finding in result.findings] == ["tests"]


def test_in_a_small_category_it_counts_within_its_complexity() -> None:
    few, others = _calls(2, category="docs"), _calls(6, 100)
    result = _judged([*few, *others], [1100] * 8, [900, 900, *[1100] * 6])
    assert [finding.message.partition(":")[0] for finding in result.findings] == ["low"]


@pytest.mark.parametrize(
    ("gains", "loses"),
    [("tests", "docs"), ("docs", "tests")],
    ids=["under base's names", "under head's"],
)
def test_a_label_that_moves_counts_how_to_restore_and_where_it_comes_to(
    gains: str, loses: str
) -> None:
    """``manual`` goes from docs to tests. One of its calls is missed now, and one of ``loses``."""
    base = small_registry()
    head = with_aliases(base, "tests", "testing", "manual")
    assert (base.canonical_category["manual"], head.canonical_category["manual"]) == (
        "docs",
        "tests",
    )
    calls = [
        call
        for n, category in enumerate(("manual", loses, gains))
        for call in _calls(5, 10 * n + 1, category=category)
    ]
    before = [*[1100] * 5, *[1100] * 5, 900, 900, *[1100] * 3]
    after = [900, *[1100] * 4, 900, *[1100] * 4, *[1100] * 5]
    found = stratum_regression([_pair(calls, before, after)], base, head)
    assert [finding.message.partition(":")[0] for finding in found.findings] == [f"{loses}/low"]


def test_a_loss_among_the_calls_of_base_alone_is_seen() -> None:
    old, added = _calls(10), _calls(20, 100)
    whole = _pair([*old, *added], [*[1300] * 10, *[3000] * 20], [*[1800] * 10, *[1100] * 20])
    alone = _pair(old, [1300] * 10, [1800] * 10)
    assert stratum_regression([whole], REGISTRY, REGISTRY).status == "pass"
    assert stratum_regression([whole, alone], REGISTRY, REGISTRY).status == "fail"


# --- Steps that add up


def _added_up(calls: Sequence[Sample], *sides: Sequence[int], head: Sequence[int]) -> RuleResult:
    """``sides``: what each accepted state predicted, from the anchor to base."""
    *_, base = sides
    since = [(f"{number}" * 40, _pair(calls, side, head)) for number, side in enumerate(sides)]
    now = _pair(calls, base, head)
    return stratum_regression(
        [now],
        REGISTRY,
        REGISTRY,
        added_up=AddedUp(tuple(since), Pair(now.evidence, now.base, now.head, None, None)),
    )


def test_a_loss_in_two_steps_is_held_against_the_state_before_both() -> None:
    # 1,050 for 1,000 is a SMAPE of 4.9, 1,100 of 9.5 and 1,150 of 14.0: 4.5 points at once, 9.1 in
    # two steps.
    calls = _calls(10)
    assert _judged(calls, [1100] * 10, [1150] * 10).status == "pass"
    result = _added_up(calls, [1050] * 10, [1100] * 10, head=[1150] * 10)
    assert result.status == "fail"
    assert result.findings[0].message.startswith(
        "tests/low: of the calls as the anchor had them, since 000000000000 mean SMAPE rises from "
        "4.9 to 14.0"
    )


def test_any_state_since_the_anchor_is_one_that_must_not_be_lost() -> None:
    # The anchor was as bad as head is; the state after it was not.
    result = _added_up(_calls(10), [1150] * 10, [1050] * 10, [1100] * 10, head=[1150] * 10)
    assert "since 111111111111 mean SMAPE rises" in result.message


def test_what_base_has_lost_is_not_held_against_who_makes_it_no_worse() -> None:
    calls = _calls(10)
    assert _added_up(calls, [1000] * 10, [1150] * 10, head=[1140] * 10).status == "pass"
    assert _added_up(calls, [1000] * 10, [1150] * 10, head=[1150] * 10).status == "pass"


def test_misses_add_up_too() -> None:
    calls = _calls(10)
    base = [900, *[1100] * 9]
    result = _added_up(calls, [1100] * 10, base, head=[900, 900, *[1100] * 8])
    assert result.status == "fail"
    assert "since 000000000000 2 more calls would be cut off (0 before, 2 after)" in result.message


def test_all_calls_together_are_a_kind_of_work_where_steps_add_up() -> None:
    # Four cells of two phases each within categories of their own: none has enough phases by
    # itself.
    calls = [
        one
        for number, category in enumerate(("docs", "backend", "tests", "refactoring"))
        for one in _calls(
            2,
            10 * number + 1,
            category=category,
            complexity=("low", "medium", "high", "low")[number],
        )
    ]
    result = _added_up(calls, [1050] * 8, [1100] * 8, head=[1160] * 8)
    assert any(
        one.message.startswith("all calls: of the calls as the anchor had them, since")
        for one in result.findings
    )

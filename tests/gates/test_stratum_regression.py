"""No kind of work pays for another: which slices are judged, and where each of their limits lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from scipy.stats import binomtest

from coefgate.gates.evidence import Pair
from coefgate.gates.rules import RuleResult
from coefgate.gates.stratum_regression import sign_test, stratum_regression
from coefgate.registry.model import Registry
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls
from coefgate.samples.model import Sample
from coefgate.trees import FolderTree
from tests.registry.builders import registry as small_registry
from tests.registry.builders import with_aliases
from tests.replay.builders import audited, sample

REGISTRY: Final = read_registry(FolderTree(Path(__file__).parents[2]))
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
    samples: Sequence[Sample], before: Sequence[int], after: Sequence[int], registry: Registry = REGISTRY
) -> RuleResult:
    return stratum_regression([_pair(samples, before, after)], registry, registry)


def _calls(count: int, first: int = 1, **fields: Any) -> list[Sample]:
    return [sample(first + n, NEEDED, **fields) for n in range(count)]


# --- Misses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("more", "status"), [(1, "pass"), (2, "fail")])
def test_two_more_misses_are_too_many(more: int, status: str) -> None:
    result = _judged(_calls(10), [1100] * 10, [900] * more + [1100] * (10 - more))
    assert result.status == status
    if more == 2:
        assert result.message.startswith("tests/low: 2 more calls would be cut off (0 before, 2 after). ")


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


# --- SMAPE -------------------------------------------------------------------------------------------


def test_five_points_more_is_not_yet_too_much() -> None:
    # No whole number of tokens is off by exactly five points more; of two neighbours one lies on each side.
    calls = _calls(20)
    exactly = next(p for p in range(1101, 2000) if _smape(p) - _smape(1100) > 5)
    assert _judged(calls, [1100] * 20, [exactly - 1] * 20).status == "pass"
    result = _judged(calls, [1100] * 20, [exactly] * 20)
    assert result.status == "fail"
    assert "tests/low: mean SMAPE rises from 9.5 to 14." in result.message
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
    expected = binomtest(worse, worse + better, 0.5, alternative="greater").pvalue if worse + better else 1.0
    assert float(sign_test(worse, better)) == pytest.approx(expected)


def test_the_calls_of_a_phase_count_together() -> None:
    one_phase = _calls(10, phase_id="one")
    attempts = [replace(call, attempt=n) for n, call in enumerate(one_phase)]
    assert _judged(attempts, [1300] * 10, [1800] * 10).status == "pass"
    assert _judged(_calls(10), [1300] * 10, [1800] * 10).status == "fail"


# --- Slices ------------------------------------------------------------------------------------------


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
    ("gains", "loses"), [("tests", "docs"), ("docs", "tests")], ids=["under base's names", "under head's"]
)
def test_a_label_that_moves_counts_where_it_was_and_where_it_comes_to(gains: str, loses: str) -> None:
    """``manual`` goes from docs to tests. One of its calls is missed now, and one of ``loses``."""
    base = small_registry()
    head = with_aliases(base, "tests", "testing", "manual")
    assert (base.canonical_category["manual"], head.canonical_category["manual"]) == ("docs", "tests")
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

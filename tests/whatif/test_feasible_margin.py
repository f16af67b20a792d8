"""The feasible margin: by hand, and against judging every margin by the rules themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.core.vocabulary import KILOBYTE
from coefgate.gates.metric_rules import absolute_rules
from coefgate.gates.verdict import verdict_of
from coefgate.registry.key import LEAST_FACTOR, MOST_FACTOR
from coefgate.registry.model import Gates, Limits, Scope
from coefgate.replay.by_margin import ByMargin
from coefgate.replay.metrics import Calls, metrics
from coefgate.replay.scores import Scores, replay
from coefgate.whatif import feasible_margin as module
from coefgate.whatif.feasible_margin import FeasibleMargin, feasible_margin
from tests.gates.conftest import AIMS, LINES
from tests.replay.builders import calls, predicted, sample, table

Tokens = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Small:
    """Few calls with their tokens before the margin, and which of them take one."""

    calls: Calls
    takes: npt.NDArray[np.bool_]

    def found(self, limits: Limits) -> FeasibleMargin | None:
        base = self.calls.predicted * KILOBYTE
        none = np.full_like(base, 1000)
        by_margin = ByMargin(base, none, self.takes, np.zeros_like(base))
        return feasible_margin(by_margin, self.calls, limits)

    def predicted(self, margin: int) -> tuple[int, ...]:
        both = zip(self.calls.predicted.tolist(), self.takes.tolist(), strict=True)
        return tuple(-(-base * margin // 1000) if takes else base for base, takes in both)

    def passes(self, predicted: tuple[int, ...], limits: Limits) -> bool:
        found = metrics(replace(self.calls, predicted=np.array(predicted, dtype=np.int64)))
        return (
            verdict_of(absolute_rules(found, Gates(limits, LINES, Scope(None, None), AIMS)))
            == "pass"
        )

    def runs(self, limits: Limits, highest: int) -> list[tuple[int, int]]:
        """Every run of margins that pass, each tried by itself; equal predictions once."""
        runs: list[tuple[int, int]] = []
        passes = cache(partial(self.passes, limits=limits))
        for margin in range(LEAST_FACTOR, highest + 1):
            if passes(self.predicted(margin)):
                low = runs.pop()[0] if runs and runs[-1][1] == margin - 1 else margin
                runs.append((low, margin))
        return runs


def _small(
    eligible: Tokens, *, cut_off: Tokens = (), fixed: frozenset[int] = frozenset()
) -> Small:
    found = calls(eligible, cut_off=cut_off)
    takes = [at not in fixed for at in range(len(found.actual))]
    return Small(found, np.array(takes, dtype=np.bool_))


# --- By hand (base tokens, needed tokens)


def test_from_what_was_needed_to_one_and_a_half_times_it(limits: Limits) -> None:
    # ceil(100 × 1.500) = 150 is 1.5 × 100; at 1.501 it is 151. SMAPE at 150: 200 × 50 / 250 = 40.
    assert _small([(100, 100)]).found(limits) == FeasibleMargin(1000, 1500, whole=True)


def test_rounding_up_helps_the_lowest_margin(limits: Limits) -> None:
    # 50 × 1.980 = 99 misses 100; 50 × 1.981 = 99.05 rounds up to 100; 50 × 3 = 150.
    assert _small([(50, 100)]).found(limits) == FeasibleMargin(1981, 3000, whole=True)


def test_smape_may_be_what_bounds_it(limits: Limits) -> None:
    # SMAPE below 22: 200 × d / (2000 + d) < 22 means d < 247.19, so 1,247 tokens pass and 1,248 do
    # not.
    strict = replace(limits, smape_mean_below=Fraction(22))
    assert _small([(1000, 1000)]).found(strict) == FeasibleMargin(1000, 1247, whole=True)


def test_a_margin_at_which_smape_reaches_its_limit_is_too_much(limits: Limits) -> None:
    # 200 × 500 / 2,500 is 40 exactly, at 1.500.
    exact = replace(limits, smape_mean_below=Fraction(40))
    assert _small([(1000, 1000)]).found(exact) == FeasibleMargin(1000, 1499, whole=True)


def test_p90_may_be_what_bounds_it(limits: Limits) -> None:
    # The second of two calls is P90: 2,500 × margin ≤ 3 × 1,000, while the median goes to 1.5 at
    # 6/7.
    wide = replace(limits, waste_median_to=Fraction(8), smape_mean_below=Fraction(200))
    assert _small([(1000, 1000), (2500, 1000)]).found(wide) == FeasibleMargin(
        1000, 1200, whole=True
    )


def test_no_margin_helps_a_registry_that_promises_too_much(limits: Limits) -> None:
    # A margin is at least 1, and 1 is too much already.
    assert _small([(1600, 1000)]).found(limits) is None


def test_no_margin_meets_calls_that_pull_apart(limits: Limits) -> None:
    # The second needs a margin of 4, at which the first is 4 times what it needed.
    assert _small([(1000, 1000), (1000, 4000)]).found(limits) is None


def test_a_margin_does_nothing_for_a_call_without_deliverables(limits: Limits) -> None:
    assert _small([(100, 200)]).found(limits) == FeasibleMargin(1991, 3000, whole=True)
    assert _small([(100, 200)], fixed=frozenset({0})).found(limits) is None
    assert _small([(250, 200)], fixed=frozenset({0})).found(limits) == FeasibleMargin(
        LEAST_FACTOR, MOST_FACTOR, whole=True
    )


def test_a_call_of_which_nothing_is_known_counts_for_no_margin(limits: Limits) -> None:
    for complete in (9, 4):
        assert _small([(100, 100)] * complete, cut_off=[(100, 1)]).found(limits) == FeasibleMargin(
            1000, 1500, whole=True
        )
    # One of four is more than one in five.
    assert _small([(100, 100)] * 3, cut_off=[(100, 1)]).found(limits) is None


def test_a_call_cut_off_near_its_prediction_counts_as_one_that_needs_more(limits: Limits) -> None:
    # 99 of 100 are needed more often than not: one of ten is at risk beyond it until the margin
    # no longer comes out above the others, which never happens, since all rise alike.
    assert _small([(100, 90)] * 9, cut_off=[(100, 99)]).found(limits) is None
    # A complete call without deliverables keeps its place; the one that was cut off passes it at
    # 200 × 1.1 = 220, 198 / 220 = 90 / 100. Then it is the last that is at risk.
    fixed = _small([(100, 90)] * 9, cut_off=[(200, 198)], fixed=frozenset(range(9)))
    assert fixed.runs(limits, 1200) == [(1101, 1200)]
    assert fixed.found(limits) == FeasibleMargin(1101, MOST_FACTOR, whole=True)


def test_calls_that_pull_apart_may_leave_a_hole() -> None:
    # SMAPE of (100, 100) and (100, 1000): best near margin 1 and near 10, worst in between.
    #   margin 1:  (0 + 163.6) / 2 = 81.8    margin 10: the same    margin √10: 103.9
    wide = Limits(Fraction(95), Fraction(1), Fraction(1, 2), Fraction(8), Fraction(20))
    small = _small([(100, 100), (100, 1000)])
    (low, end), (start, high) = small.runs(wide, MOST_FACTOR)
    assert (low, high) == (LEAST_FACTOR, MOST_FACTOR)
    assert end < 3162 < start
    assert small.found(wide) == FeasibleMargin(start, high, whole=False)


def test_of_two_runs_of_one_length_the_lower_counts() -> None:
    assert module._longest_run([1001, 1002, 1005, 1006]) == FeasibleMargin(1001, 1002, whole=False)
    assert module._longest_run([]) is None


@pytest.mark.parametrize("cut_off", [[], [(100, 100)]])
def test_without_an_eligible_call_there_is_none(cut_off: Tokens, limits: Limits) -> None:
    assert _small([], cut_off=cut_off).found(limits) is None


# --- For all small cases

TOKENS = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=5)
ANY_LIMITS = st.builds(
    Limits,
    smape_mean_below=st.sampled_from([Fraction(30), Fraction(60), Fraction(90)]),
    underestimation_rate_below=st.sampled_from(
        [Fraction(1, 10), Fraction(1, 3), Fraction(1, 2), Fraction(1)]
    ),
    waste_median_from=st.sampled_from([Fraction(1, 2), Fraction(1)]),
    waste_median_to=st.sampled_from([Fraction(3, 2), Fraction(3), Fraction(8)]),
    waste_p90_to=st.sampled_from([Fraction(2), Fraction(3), Fraction(20)]),
)


@settings(max_examples=30)
@given(
    TOKENS,
    st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), max_size=1),
    ANY_LIMITS,
    st.data(),
)
def test_the_feasible_margin_is_what_trying_all_of_them_finds(
    eligible: Tokens, cut_off: Tokens, limits: Limits, data: st.DataObject
) -> None:
    fixed = data.draw(st.frozensets(st.integers(0, len(eligible)), max_size=2))
    small = _small(eligible, cut_off=cut_off, fixed=fixed)
    highest = LEAST_FACTOR + 600
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST_FACTOR", highest)
        found = small.found(limits)
    runs = small.runs(limits, highest)
    if not runs:
        assert found is None
    else:
        low, high = max(runs, key=lambda run: (run[1] - run[0], -run[0]))
        assert found == FeasibleMargin(low, high, whole=len(runs) == 1)


# --- On a registry


def _replay(margin: int, cells: dict[str, dict[str, int]] | None = None) -> Scores:
    samples = [sample(1, 1300), sample(2, 1400, complexity="medium"), sample(3, 7000, creates=0)]
    return replay(predicted(samples, table(margin, cells)))


def test_it_replaces_every_margin_that_the_registry_has(limits: Limits) -> None:
    found = {
        feasible_margin(scores.by_margin, scores.predicted.calls, limits)
        for scores in (_replay(1000), _replay(3000), _replay(1200, {"tests": {"medium": 5000}}))
    }
    # low:     1,100 tokens must reach 1,300: 1,299.1 rounds up to it at 1.181 median:  the fixed
    # call has 8/7, the medium one 1.5 and more, so the low one is in the middle:
    #          at most 1.5 × 1,300 = 1,950, which 1,949.2 rounds up to at 1.772
    # SMAPE there: (40.0 + 90.7 + 13.3) / 3 = 48.0; P90: 3,722 / 1,400 = 2.66
    assert found == {FeasibleMargin(1181, 1772, whole=True)}

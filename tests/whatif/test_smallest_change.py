"""The smallest change that would pass: bulk equals single, and the sieve loses none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.core.trees import FolderTree
from coefgate.gates.judge import Judge
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import RuleResult, Verdict
from coefgate.registry.compilation import compiled
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import limits_of
from coefgate.registry.numbers import moved as numbers_moved
from coefgate.registry.reading import read_registry
from coefgate.replay.counts import predict
from coefgate.replay.state import state_of
from coefgate.replay.strata import StrataOf
from coefgate.samples.model import SampleStore
from coefgate.samples.reading import read_samples
from coefgate.whatif.candidates import Candidate, exercised, may_pass, predictions
from coefgate.whatif.smallest_change import FURTHEST, NoChange, SmallestChange, smallest_change
from tests.frozen_registry import BY_HAND
from tests.registry.builders import key, moved

TREE = FolderTree(BY_HAND)


@cache
def _stored() -> tuple[Coefficients, SampleStore]:
    registry = read_registry(TREE)
    margin = replace(registry.default_margin, key=key("margin.tests.low"), number=Fraction(11, 10))
    return replace(registry, cell_margins={("tests", "low"): margin}), read_samples(TREE)


KEYS = sorted(_stored()[0].numbers, key=lambda one: one.name)


def _judge(base: Coefficients, head: Coefficients) -> Judge:
    store = _stored()[1]
    states = [
        state_of(registry, store, revision=name)
        for name, registry in (("base", base), ("head", head))
    ]
    return Judge(
        Proposal(
            base=states[0],
            head=states[1],
            changed_files=frozenset({"coefficients/overhead/docs.yaml"}),
            anchor=lambda: None,
            returned=lambda _: False,
            last=lambda _: None,
            takes_back=lambda _: False,
            restored=None,
            has_page=lambda _: True,
            had_page=lambda _: True,
            untagged=lambda _: (),
            stored_at=lambda: 0,
        )
    )


@st.composite
def _candidates(draw: st.DrawFn, near: bool = False) -> Candidate:
    registry = _stored()[0]
    one = draw(st.sampled_from(KEYS))
    low, high = limits_of(registry, one)
    if near:
        present = registry.numbers[one].steps
        low, high = max(low, present // 2), min(high, 2 * present + 100)
    return Candidate(one, draw(st.integers(low, high)))


def _moved(candidate: Candidate) -> Coefficients:
    return numbers_moved(_stored()[0], {candidate.key: candidate.number})


@given(st.lists(_candidates(), min_size=1, max_size=8))
def test_candidates_are_predicted_as_each_by_itself(candidates: list[Candidate]) -> None:
    registry = _stored()[0]
    evidence = _judge(registry, registry).evidence
    together = predictions(candidates, registry, evidence.counts(compiled(registry)))
    for row, candidate in zip(together, candidates, strict=True):
        table = compiled(_moved(candidate))
        assert row.tolist() == predict(evidence.counts(table), table).tolist()


def test_exercised_are_the_numbers_that_predictions_rest_on() -> None:
    registry = _stored()[0]
    evidence = _judge(registry, registry).evidence
    names = {one.name for one in exercised(registry, evidence.counts(compiled(registry)))}
    assert {"docs.low", "margin.default", "margin.tests.low", "marginal.create.test"} <= names
    # No stored call is of these kinds (coefficients/: basis prior), and each call has its
    # deliverables.
    assert not {"database.low", "marginal.create.frontend", "no_deliverables.low"} & names


@settings(max_examples=60)
@given(
    start=_candidates(near=True),
    candidates=st.lists(_candidates(near=True), min_size=1, max_size=6),
    policy=st.sampled_from(["require-no-worse", "require-pass"]),
    limit=st.sampled_from([Fraction(50), Fraction(40), Fraction(41)]),
)
def test_the_sieve_loses_nothing_that_the_judge_passes(
    start: Candidate, candidates: list[Candidate], policy: str, limit: Fraction
) -> None:
    before = _stored()[0]
    limits = replace(before.gates.limits, smape_mean_below=limit)
    gates = replace(before.gates, limits=limits, when_base_misses=policy)  # type: ignore[arg-type]
    base, head = (replace(registry, gates=gates) for registry in (before, _moved(start)))
    judge = _judge(base, head)
    evidence, phases = judge.evidence, gates.relative.stratum_phases_from
    sifted = may_pass(
        predictions(candidates, head, evidence.counts(compiled(head))),
        evidence,
        gates,
        base=judge.pair.base.predicted,
        strata=StrataOf(phases)(evidence, base.canonical_category),
    )
    for candidate, possible in zip(candidates, sifted.tolist(), strict=True):
        rules = judge.trial(numbers_moved(head, {candidate.key: candidate.number}))
        passes = {rule.rule for rule in rules if rule.status == "pass"}
        sieved = {"smape", "underestimation", "waste-band", "waste-p90", "stratum-regression"}
        assert possible == (sieved <= passes), candidate


# --- The search


def _rule(name: str, *, passes: bool) -> RuleResult:
    status: Verdict = "pass" if passes else "fail"
    return RuleResult(name, status, "", "", "coefficients/gates.yaml", 1)


def _search(
    green: dict[str, range],
    *,
    also: dict[Key, Sequence[Fraction]] | None = None,
    sieve_all: bool = True,
) -> tuple[SmallestChange | NoChange, int]:
    """Search from the stored registry, whose names pass in their ranges; and how often asked."""
    start = _stored()[0]
    asked = 0

    def ask(registry: Coefficients) -> list[RuleResult]:
        nonlocal asked
        asked += 1
        (other,) = (
            value
            for at, value in registry.numbers.items()
            if value.number != start.numbers[at].number
        )
        return [_rule("smape", passes=other.steps in green.get(other.name, range(0)))]

    found = smallest_change(
        start,
        [_rule("smape", passes=False)],
        KEYS,
        ask=ask,
        sieve=lambda candidates: np.array(
            [sieve_all or one.key.name in green for one in candidates]
        ),
        also=also or {},
    )
    return found, asked


def test_the_nearest_is_found_to_the_token() -> None:
    # backend.low is 1,580: 1,701 is 7.7% away. backend.high is 3,590: 3,300 is 8.1% away.
    found, _ = _search(
        {"backend.low": range(1701, 2000), "backend.high": range(3301)}, sieve_all=False
    )
    assert found == SmallestChange(key("backend.low"), Fraction(1580), Fraction(1701))


def test_a_margin_moves_by_thousandths() -> None:
    found, _ = _search({"margin.default": range(1067, 1200)}, sieve_all=False)
    assert found == SmallestChange(key("margin.default"), Fraction(1), Fraction(1067, 1000))


def test_a_single_number_is_found_where_one_says_to_look() -> None:
    green = {"backend.low": range(1717, 1718)}
    assert isinstance(_search(green, sieve_all=False)[0], NoChange)
    found, _ = _search(green, sieve_all=False, also={key("backend.low"): [Fraction(1717)]})
    assert found == SmallestChange(key("backend.low"), Fraction(1580), Fraction(1717))


def test_where_nothing_passes_it_says_how_far_it_looked() -> None:
    found, _ = _search({}, sieve_all=False)
    assert isinstance(found, NoChange)
    assert f"looked at {len(KEYS)} numbers, each down to zero and up to ten times" in found.reason
    assert FURTHEST == 9


def test_the_judge_is_not_asked_without_end() -> None:
    found, asked = _search({})
    assert isinstance(found, NoChange)
    assert "stopped at a change of" in found.reason
    assert asked < 300


def test_no_number_that_the_strict_reader_refuses_is_offered() -> None:
    # docs.low may not exceed docs.medium, and they are equal: only smaller numbers remain.
    found, _ = _search({"docs.low": range(15_491, 16_000)}, sieve_all=False)
    assert isinstance(found, NoChange)


@pytest.mark.parametrize(
    "rule", ["gates-loosened", "sample-removed", "corrected", "judge-and-values"]
)
def test_no_number_mends_what_is_not_about_numbers(rule: str) -> None:
    found = smallest_change(
        _stored()[0],
        [_rule(rule, passes=False), _rule("smape", passes=False)],
        KEYS,
        ask=lambda _: pytest.fail("asked"),
        sieve=lambda _: pytest.fail("sifted"),
        also={},
    )
    assert found == NoChange(f"no number can fix {rule}")


def test_a_number_is_looked_for_where_a_fitted_one_was_moved() -> None:
    found = smallest_change(
        _stored()[0],
        [_rule("fit-claims", passes=False)],
        KEYS,
        ask=lambda _: [_rule("fit-claims", passes=True)],
        sieve=lambda candidates: np.ones(len(candidates), dtype=np.bool_),
        also={},
    )
    assert isinstance(found, SmallestChange)


def test_a_real_trial_that_is_cut_too_low_is_mended() -> None:
    base = _stored()[0]
    head = moved(base, {"implementation.low": Fraction(300)})
    judge = _judge(base, head)
    red = {rule.rule for rule in judge.rules if rule.status != "pass"}
    assert red == {"underestimation", "stratum-regression", "swing"}
    counts = judge.evidence.counts(compiled(head))
    strata = StrataOf(base.gates.relative.stratum_phases_from)(
        judge.evidence, base.canonical_category
    )
    found = smallest_change(
        head,
        judge.rules,
        exercised(head, counts),
        ask=judge.trial,
        sieve=lambda candidates: may_pass(
            predictions(candidates, head, counts),
            judge.evidence,
            judge.gates,
            base=judge.pair.base.predicted,
            strata=strata,
        ),
        also={key("implementation.low"): [Fraction(920)]},
    )
    assert isinstance(found, SmallestChange)
    mended = numbers_moved(head, {found.key: found.after})
    assert all(rule.status == "pass" for rule in judge.trial(mended))
    step = found.key.number(1) * (1 if found.after > found.before else -1)
    nearer = numbers_moved(head, {found.key: found.after - step})
    assert any(rule.status != "pass" for rule in judge.trial(nearer))


def test_what_no_call_measures_goes_back_to_the_number_of_base() -> None:
    base = _stored()[0]
    head = moved(base, {"database.low": Fraction(1800)})
    judge = _judge(base, head)
    assert {rule.rule for rule in judge.rules if rule.status != "pass"} == {"unmeasured"}
    found = smallest_change(
        head,
        judge.rules,
        KEYS,
        ask=judge.trial,
        sieve=lambda candidates: np.ones(len(candidates), dtype=np.bool_),
        also={key("database.low"): [Fraction(2000)]},
    )
    assert found == SmallestChange(key("database.low"), Fraction(1800), Fraction(2000))


def test_a_known_number_is_found_however_far_it_is() -> None:
    base = _stored()[0]
    head = moved(base, {"database.low": Fraction(1)})  # 2,000 is far more than ten times as much
    judge = _judge(base, head)
    found = smallest_change(
        head,
        judge.rules,
        KEYS,
        ask=judge.trial,
        sieve=lambda candidates: np.ones(len(candidates), dtype=np.bool_),
        also={key("database.low"): [Fraction(2000)]},
    )
    assert found == SmallestChange(key("database.low"), Fraction(1), Fraction(2000))


def test_two_numbers_that_swing_are_mended_by_no_single_one() -> None:
    base = _stored()[0]
    head = moved(base, {"tests.low": Fraction(10), "refactoring.low": Fraction(10)})
    judge = _judge(base, head)
    found = smallest_change(
        head,
        judge.rules,
        KEYS,
        ask=lambda _: pytest.fail("asked"),
        sieve=lambda candidates: np.ones(len(candidates), dtype=np.bool_),
        also={key("tests.low"): [Fraction(80)], key("refactoring.low"): [Fraction(320)]},
    )
    assert found == NoChange("more than one number is rejected, and none can fix that alone")

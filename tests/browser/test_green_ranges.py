"""The ranges of one number that keep the four limits: every number of them, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.core.vocabulary import MAX_CHARGED_BYTES, MAX_TOKENS, Deliverable
from coefgate.gates.metric_rules import absolute_rules
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Limits
from coefgate.registry.numbers import limits_of, moved
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import metrics
from coefgate.samples.model import Sample
from coefgate.whatif.candidates import Candidate, exercised, predictions
from coefgate.whatif.live_data import live_data
from coefgate.whatif.ranges import Statuses, Stretch, turning
from tests.browser.arithmetic import Arithmetic
from tests.browser.registries import STORED, scored, stored
from tests.frozen_registry import BY_HAND
from tests.registry.builders import registry, with_sizes
from tests.registry.semantics_2 import with_retry
from tests.replay.builders import sample

SLICES: Final = """({data, steps, names, budget}) => {
    const model = coefgate.load(data);
    return names.map((name) => {
        const search = model.green(name, model.steps(steps), {budget});
        let slices = 1;
        let step = search.next();
        for (; !step.done; slices += 1) step = search.next();
        return {slices, ranges: step.value};
    });
}"""
EACH_BY_ITSELF: Final = """({data, steps, names}) => {
    const model = coefgate.load(data);
    return names.map((name) => {
        const now = model.steps(steps);
        const [low, high] = model.limits(name, now);
        const at = model.keys.findIndex((key) => key.name === name);
        const found = [];
        for (now[at] = low; now[at] <= high; now[at] += 1) {
            const {rules} = model.measure(model.predict(now));
            if (rules.some(({status}) => status !== "pass")) continue;
            const last = found[found.length - 1];
            if (last && last[1] === now[at] - 1) last[1] += 1;
            else found.push([now[at], now[at]]);
        }
        return found;
    });
}"""
SMALL: Final = with_retry(registry())
NAMES: Final = ("margin.default", "margin.docs.low", "docs.medium", "retry.after_cut_off")
_CALLS: Final = st.lists(
    st.builds(
        sample,
        st.integers(1, 2**64),
        st.integers(90, 450),
        category=st.sampled_from(("docs", "tests")),
        complexity=st.sampled_from(("low", "medium")),
        deliverables=st.sampled_from(
            (
                (Deliverable("README.md", "modify"),),
                (Deliverable("app.py", "create"), Deliverable("test_app.py", "modify")),
            )
        ),
        model=st.just("claude-opus-4"),
        run_id=st.just("run"),
        phase_id=st.sampled_from(("one", "two", "three")),
        attempt=st.integers(1, 9),
        # One in five may be cut off before too little is known.
        truncated=st.integers(0, 5).map(lambda one: one == 0),
    ),
    min_size=5,
    max_size=25,
    unique_by=lambda one: one.id,
)


def _asked(
    one: Coefficients, evidence: Evidence, names: Sequence[str], steps: dict[str, int]
) -> dict[str, Any]:
    return {"data": live_data(one, evidence), "steps": steps, "names": names}


def _green(arithmetic: Arithmetic, asked: dict[str, Any]) -> list[list[list[int]]]:
    return [one["ranges"] for one in arithmetic.ask(SLICES, {**asked, "budget": 10_000})]


def with_limits(one: Coefficients, limits: Limits) -> Coefficients:
    return replace(one, gates=replace(one.gates, limits=limits))


_LOOSE: Final = (Fraction(0), Fraction(99), Fraction(99))
"""Of the waste ratio."""
_LIMITS: Final = st.builds(
    # Where all were tight, nearly every range would be empty.
    Limits,
    st.just(Fraction(201)) | st.integers(15, 100).map(Fraction),
    st.just(Fraction(2)) | st.integers(1, 19).map(lambda one: Fraction(one, 20)),
    st.just(Fraction(0)) | st.integers(6, 11).map(lambda one: Fraction(one, 10)),
    st.just(Fraction(99)) | st.integers(12, 30).map(lambda one: Fraction(one, 10)),
    st.just(Fraction(99)) | st.integers(15, 40).map(lambda one: Fraction(one, 10)),
)


@settings(max_examples=10)
@given(
    calls=_CALLS,
    limits=_LIMITS,
    margin=st.integers(1000, 2500),
    tokens=st.integers(100, 300),
    name=st.sampled_from(NAMES),
)
def test_as_if_each_number_was_tried(
    arithmetic: Arithmetic,
    *,
    calls: list[Sample],
    limits: Limits,
    margin: int,
    tokens: int,
    name: str,
) -> None:
    one = with_limits(SMALL, limits)
    steps = {"margin.default": margin, "docs.medium": tokens}
    asked = _asked(one, scored(calls), [name], steps)
    assert _green(arithmetic, asked) == arithmetic.ask(EACH_BY_ITSELF, asked)


def _close(number: int, needed: int, category: str, tenth: int) -> Sample:
    """A call whose need may be near its prediction; two in ten were cut off, some at nothing."""
    return sample(
        number,
        needed if tenth < 2 else max(needed, 1),
        category=category,
        deliverables=(Deliverable("README.md", "modify"),),
        model="claude-opus-4",
        truncated=tenth < 2,
    )


_CLOSE: Final = st.builds(
    _close,
    st.integers(1, 2**64),
    st.integers(0, 230) | st.sampled_from((0, 100, 200)),
    st.sampled_from(("docs", "tests")),
    st.integers(0, 9),
)


@settings(max_examples=12)
@given(
    calls=st.lists(_CLOSE, min_size=8, max_size=30, unique_by=lambda one: one.id),
    rates=st.lists(
        st.fractions(Fraction(1, 40), Fraction(1), max_denominator=40), min_size=3, max_size=6
    ),
    margin=st.integers(1000, 1500),
)
def test_as_if_each_number_was_tried_of_the_estimate_alone(
    arithmetic: Arithmetic, *, calls: list[Sample], rates: list[Fraction], margin: int
) -> None:
    """Predictions of half of the calls move, so those that were cut off change places."""
    for rate in rates:
        one = with_limits(SMALL, Limits(Fraction(201), rate, *_LOOSE))
        steps = {"margin.docs.low": margin, "marginal.modify.doc": 0}
        asked = _asked(one, scored(calls), ["docs.low"], steps)
        assert _green(arithmetic, asked) == arithmetic.ask(EACH_BY_ITSELF, asked)


def test_there_may_be_several(arithmetic: Arithmetic) -> None:
    """Of 150 tokens × margin for needs of 300 and 900, SMAPE is 50 at either, 53.6 between."""
    one = with_limits(SMALL, Limits(Fraction(52), Fraction(2), *_LOOSE))
    calls = [sample(at, needed, model="claude-opus-4") for at, needed in enumerate((300, 900))]
    asked = _asked(one, scored(calls), ["margin.default"], {})
    [found] = _green(arithmetic, asked)
    assert [found] == arithmetic.ask(EACH_BY_ITSELF, asked)
    [[_, below], [above, _]] = found
    assert below < 520 / 0.15 < above


def test_none_without_a_complete_call_or_where_the_others_leave_no_room(
    arithmetic: Arithmetic,
) -> None:
    cut_off = _asked(SMALL, scored([sample(1, 100, truncated=True)]), ["margin.default"], {})
    assert _green(arithmetic, cut_off) == [[]]
    crossed = {"docs.low": 300, "docs.high": 200}
    asked = _asked(SMALL, scored([sample(1, 1000)]), ["docs.medium"], crossed)
    assert _green(arithmetic, asked) == [[]]


@pytest.mark.parametrize("folder", STORED.values(), ids=STORED)
def test_no_number_is_lost_that_the_command_finds(arithmetic: Arithmetic, folder: Path) -> None:
    read, evidence = stored(folder)
    now = metrics(evidence.calls(table_of(read)))
    assert now is not None
    limits = Limits(  # which the present numbers meet, some only just
        now.smape_mean + 1,
        now.underestimation_kaplan_meier + Fraction(1, 50),
        now.waste_median - Fraction(1, 5),
        now.waste_median + Fraction(1, 10),
        now.waste_p90 + Fraction(1, 5),
    )
    one = with_limits(read, limits)
    counts = evidence.counts(table_of(one))
    keys = exercised(one, counts)[::5][:4]
    asked = _asked(one, evidence, [key.name for key in keys], {})
    for key, found in zip(keys, _green(arithmetic, asked), strict=True):

        def statuses(steps: int, key: Key = key) -> Statuses:
            [tokens] = predictions([Candidate(key, steps)], one, counts)
            rules = absolute_rules(metrics(evidence.as_predicted(tokens)), one.gates)
            return {rule.rule: rule.status for rule in rules}

        low, high = limits_of(one, key)
        start = one.numbers[key].steps
        assert any(first <= start <= last for first, last in found)
        for first, last in found:
            inside = {first, last, (first + last) // 2}
            beside = {number for number in (first - 1, last + 1) if low <= number <= high}
            assert all(set(statuses(number).values()) == {"pass"} for number in inside)
            assert all(set(statuses(number).values()) != {"pass"} for number in beside)
        by_command = turning(statuses, Stretch(low, high), start=start, points=40)
        for some in by_command.green:
            assert any(first <= some.low and some.high <= last for first, last in found)


@pytest.mark.parametrize(
    "changes", [{}, {"docs.low": 6000, "margin.default": 1003}], ids=["today", "changed"]
)
def test_every_number_turns_where_python_turns(
    arithmetic: Arithmetic, changes: dict[str, int]
) -> None:
    """The last number of a range is green in a whole registry with it, and the next is not."""
    one, evidence = stored(BY_HAND)
    by_name = {key.name: key for key in one.numbers}
    start = moved(one, {by_name[name]: by_name[name].number(to) for name, to in changes.items()})

    def is_green(key: Key, steps: int) -> bool:
        other = moved(start, {key: key.number(steps)})
        rules = absolute_rules(metrics(evidence.calls(table_of(other))), other.gates)
        return {rule.status for rule in rules} == {"pass"}

    keys = exercised(one, evidence.counts(table_of(one)))
    asked = _asked(one, evidence, [key.name for key in keys], changes)
    turns = 0
    for key, ranges in zip(keys, _green(arithmetic, asked), strict=True):
        assert ranges, key.name
        low, high = limits_of(start, key)
        for first, last in ranges:
            beside = [steps for steps in (first - 1, last + 1) if low <= steps <= high]
            assert is_green(key, first), (key.name, first)
            assert is_green(key, last), (key.name, last)
            assert not any(is_green(key, steps) for steps in beside), (key.name, beside)
            turns += len(beside)
    assert turns >= len(keys)


def test_numbers_beyond_2_to_the_53(arithmetic: Arithmetic) -> None:
    """1.638 × 10^15 tokens × margin, for 3 and 4: the median is 4 × 10^15 at a margin of 8.37."""
    sized = with_sizes(SMALL, "doc", MAX_TOKENS, up_to=MAX_CHARGED_BYTES, assumed=1)
    files = tuple(Deliverable(f"{at}.md", "modify", MAX_CHARGED_BYTES) for at in range(100_000))
    calls = [
        sample(
            needed,
            needed,
            category="docs",
            deliverables=files,
            output_mode="full_file",
            model="claude-opus-4",
            truncated=needed == 2,
        )
        for needed in (1, 2, 3, 4, 5)
    ]
    limits = Limits(
        Fraction(201), Fraction(1, 10), Fraction(0), Fraction(4 * 10**15), Fraction(10**20)
    )
    asked = _asked(with_limits(sized, limits), scored(calls), ["margin.docs.low"], {})
    found = _green(arithmetic, asked)
    assert found == arithmetic.ask(EACH_BY_ITSELF, asked)
    [[[low, high]]] = found
    assert (low, high // 100) == (1000, 83)


def test_it_works_in_slices(arithmetic: Arithmetic) -> None:
    """With no time for a slice it stops after each step, and finds the same."""
    read, evidence = stored(STORED["by hand"])
    asked = _asked(read, evidence, ["docs.low"], {})
    [at_once] = arithmetic.ask(SLICES, {**asked, "budget": 10_000})
    [in_slices] = arithmetic.ask(SLICES, {**asked, "budget": 0})
    assert in_slices["slices"] > 20 > at_once["slices"] == 1
    assert in_slices["ranges"] == at_once["ranges"] != []

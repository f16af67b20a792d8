"""What samples must not do: flatter the coefficients that stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import pytest

from coefgate.changes.sample_moves import judged_store
from coefgate.gates.flattered import flattered
from coefgate.gates.proposal import Anchor
from coefgate.gates.verdict import RuleResult
from coefgate.registry.compilation import compiled
from coefgate.registry.model import Coefficients, ListAnswer
from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Retirement, Sample
from coefgate.samples.status import audit
from tests.gates.builders import (
    NEW_FILE,
    PREDICTED,
    added_calls,
    many_calls,
    plain_registry,
    proposal,
    retirement,
    state,
)
from tests.registry.builders import moved
from tests.replay.builders import audited, sample

REGISTRY: Final = plain_registry()


def _flattered(
    known: Sequence[Sample],
    added: Sequence[Sample] = (),
    *,
    head: Coefficients = REGISTRY,
    base: Coefficients = REGISTRY,
    retired: Iterable[Retirement] = (),
    retired_before: Iterable[Retirement] = (),
    anchor: Sequence[Sample] | None = None,
) -> RuleResult:
    states = state(base, known, retired_before), state(head, [*known, *added], retired)
    since = None if anchor is None else Anchor(state(base, anchor), ())
    found = proposal(*states, anchor=since)
    store = judged_store(states[0].store, states[1].store)
    return flattered(found, Evidence(audit(store, scope=base.gates.scope, unit=base.unit)))


def _told(result: RuleResult) -> list[str]:
    mark = " only because of what is stored now: "
    return [one.message.partition(mark)[0] for one in result.findings]


def test_the_calls_here_are_predicted_as_it_says() -> None:
    evidence = Evidence(audited([sample(1, 1000)]))
    assert evidence.calls(compiled(REGISTRY)).predicted.tolist() == [PREDICTED]


# Known calls, one added call, and what gets better by how much; a little less is not too much.
EXACT: Final = {
    # Each known call has a SMAPE of 200 × 1,540 / 3,080 = 100: one of 0 among 20 is worth 5
    # points.
    "mean SMAPE gets better by {} points": ([770] * 19, PREDICTED),
    # Each known call is missed by one token; no other figure moves by more than a rounding.
    "underestimation gets better by {} points": ([PREDICTED + 1] * 19, PREDICTED),
    # Sorted: 1, 1.05 eight times, 1.1; the ninth of nine was 1.1, the ninth of ten is 1.05.
    "waste P90 gets better by {} points": ([2200] * 8 + [2100], PREDICTED),
    # From 1.1 to the mean of 1.1 and 1; mean SMAPE from 9.5 to 4.8.
    "median waste gets better by {} points": ([2100], PREDICTED),
}


@pytest.mark.parametrize("told", EXACT)
def test_five_points_exactly_are_not_too_much(told: str) -> None:
    known, easy = EXACT[told]
    # Of one phase, so that chance has no choice.
    calls = [sample(n, actual, phase_id="one") for n, actual in enumerate(known, 1)]
    assert _flattered(calls, added_calls(1, easy)).status == "pass"
    # With any smaller limit it is, so these are five points.
    relative = replace(
        REGISTRY.gates.relative, flattered_better_by_above=Fraction(5) - Fraction(1, 10**9)
    )
    lower = replace(REGISTRY, gates=replace(REGISTRY.gates, relative=relative))
    result = _flattered(calls, added_calls(1, easy), base=lower)
    assert (result.status, result.met) == ("not-measurable", False)
    assert _told(result) == [told.replace("{}", "5.000000000")]


def test_the_limit_is_that_of_base() -> None:
    relative = replace(REGISTRY.gates.relative, flattered_better_by_above=Fraction(100))
    loose = replace(REGISTRY, gates=replace(REGISTRY.gates, relative=relative))
    assert (
        _flattered(many_calls(5, 770), added_calls(5, PREDICTED), head=loose).status
        == "not-measurable"
    )
    assert _flattered(many_calls(5, 770), added_calls(5, PREDICTED), base=loose).status == "pass"


def test_only_what_the_samples_do_counts_and_not_what_the_coefficients_do() -> None:
    much_better = moved(REGISTRY, {"tests.low": Fraction(730)})  # 730 + 40 = 770
    assert _flattered(many_calls(20, 770), added_calls(1, 770), head=much_better).status == "pass"


def test_calls_that_make_figures_worse_are_welcome() -> None:
    assert _flattered(many_calls(20, PREDICTED), added_calls(20, 770)).status == "pass"
    assert _flattered(many_calls(20, PREDICTED), added_calls(20, 9000)).status == "pass"


def test_missed_calls_lower_waste_and_are_welcome_all_the_same() -> None:
    # Half of all calls miss by a tenth: the median falls from 1.155 to 1.03, and nobody was
    # flattered.
    known, missed = many_calls(20, 2000), added_calls(20, 2541)
    assert _flattered(known, missed).status == "pass"
    # The same number of calls that fit does flatter the median.
    result = _flattered(known, added_calls(21, 2310))
    assert _told(result) == [
        "mean SMAPE gets better by 7.4 points, median waste gets better by 15.5 points"
    ]


def test_the_first_calls_of_a_registry_flatter_nothing() -> None:
    assert _flattered([], added_calls(20, PREDICTED)).status == "pass"


def test_taking_the_hard_calls_out_flatters() -> None:
    hard = many_calls(5, 770)
    result = _flattered(
        [*hard, *many_calls(5, PREDICTED, first=50)], retired=[retirement(one) for one in hard]
    )
    assert result.status == "not-measurable"
    assert [(one.file, one.line) for one in result.findings] == [("samples/retired.yaml", 2)] * 5


def test_bringing_easy_calls_back_flatters() -> None:
    easy = many_calls(5, PREDICTED, first=50)
    result = _flattered(
        [*many_calls(5, 770), *easy], retired_before=[retirement(one) for one in easy]
    )
    assert result.status == "not-measurable"
    assert "end of the retirement of" in result.message


# --- Flattered: what chance explains

# Waste from 1.1 to 3.05 in steps of 0.05: the median is 2.075, P90 2.85, nearly, since tokens are
# whole.
MIXED: Final = [sample(100 + step, PREDICTED * 20 // (22 + step)) for step in range(40)]


def _gains(result: RuleResult) -> dict[str, tuple[float, bool]]:
    """By figure the points, and whether known calls alone gain them."""
    (gains,) = {one.gains for one in result.findings}
    return {gain.figure: (round(float(gain.points), 1), gain.of_known) for gain in gains}


def test_what_chance_explains_is_no_flattery() -> None:
    # Three calls from the better half: the median of the waste goes down by three halves of a
    # step.
    better = [
        sample(1000 + n, one.actual_output_tokens, file=NEW_FILE)
        for n, one in enumerate(MIXED[4:13:4])
    ]
    assert _flattered(MIXED, better).status == "pass"
    # Where all known calls are of one phase, no draw differs from another, and five points are
    # five points.
    one_phase = [replace(one, phase_id="one and the same") for one in MIXED]
    assert _gains(_flattered(one_phase, better)) == {"median waste": (7.6, False)}


def test_what_chance_does_not_explain_is_told_with_what_it_does() -> None:
    result = _flattered(MIXED, added_calls(30, PREDICTED))
    (gains,) = {one.gains for one in result.findings}
    smape = next(gain for gain in gains if gain.figure == "mean SMAPE")
    assert smape.by_chance is not None
    assert 5 < smape.by_chance < smape.points
    words = (
        f"mean SMAPE gets better by {float(smape.points):.1f} points "
        f"(of which chance explains up to {smape.by_chance:.1f})"
    )
    assert result.message.startswith(words)


def test_calls_of_one_phase_have_no_more_tolerance_than_others() -> None:
    together = added_calls(10, PREDICTED, phase_id="one and the same")
    assert _told(_flattered(MIXED, together)) == _told(
        _flattered(MIXED, added_calls(10, PREDICTED))
    )


def test_retirements_and_corrections_have_no_tolerance() -> None:
    worst = MIXED[-3:]
    expected = {"waste P90": (10.2, False), "median waste": (7.6, False)}
    assert _gains(_flattered(MIXED, retired=[retirement(one) for one in worst])) == expected
    corrections = [
        sample(2000 + n, PREDICTED, supersedes=one.id, phase_id=one.phase_id, file=NEW_FILE)
        for n, one in enumerate(worst)
    ]
    assert _gains(_flattered(MIXED, corrections)).keys() == expected.keys() | {"mean SMAPE"}
    twice = [
        replace(one, id=f"{3000 + n:032x}", supersedes=one.id) for n, one in enumerate(corrections)
    ]
    assert _gains(_flattered(MIXED, [*corrections, *twice])).keys() == expected.keys() | {
        "mean SMAPE"
    }


def test_bad_news_does_not_hide_what_retirements_gain() -> None:
    gone = [retirement(one) for one in MIXED[-3:]]
    bad = [sample(1000 + n, PREDICTED // 3, file=NEW_FILE) for n in range(6)]
    assert _flattered(MIXED, bad).status == "pass"
    found = _gains(_flattered(MIXED, bad, retired=gone))
    assert found == {"waste P90": (10.2, True), "median waste": (7.6, True)}


# --- Flattered: the anchor


def test_small_steps_add_up_since_the_anchor() -> None:
    anchored, between = many_calls(19, 770), many_calls(1, PREDICTED, first=500)
    known = [*anchored, *between]
    assert _flattered(known, added_calls(1, PREDICTED)).status == "pass"
    assert _flattered(known, added_calls(1, PREDICTED), anchor=known).status == "pass"
    result = _flattered(known, added_calls(1, PREDICTED), anchor=anchored)
    assert _told(result) == ["mean SMAPE gets better by 9.5 points since the anchor 000000000000"]


def test_who_adds_nothing_easy_does_not_answer_for_others() -> None:
    anchored = many_calls(10, 770)
    known = [*anchored, *many_calls(10, PREDICTED, first=500)]
    assert _flattered(known, added_calls(1, 770), anchor=anchored).status == "pass"


# --- Flattered: answers


def _answered(*answers: ListAnswer) -> Coefficients:
    return replace(REGISTRY, gates=replace(REGISTRY.gates, flattered=answers))


def _file(name: str, reason: str = "unselected") -> ListAnswer:
    return ListAnswer(name, reason, 20)


def test_a_file_is_answered_for_by_its_name() -> None:
    known, added = many_calls(5, 770), added_calls(5, PREDICTED)
    assert _flattered(known, added, head=_answered(_file(NEW_FILE))).status == "pass"
    assert (
        _flattered(known, added, head=_answered(_file("samples/here/other.jsonl"))).status
        != "pass"
    )
    assert _flattered(known, added, base=_answered(_file(NEW_FILE))).status != "pass"


def test_every_file_needs_an_answer() -> None:
    other = sample(2000, PREDICTED, file="samples/here/undated-22222222.jsonl")
    result = _flattered(
        many_calls(5, 770), [*added_calls(5, PREDICTED), other], head=_answered(_file(NEW_FILE))
    )
    assert [one.file for one in result.findings] == [other.file]


def test_an_answer_for_a_file_that_grows_serves_once() -> None:
    first = _file(NEW_FILE)
    known = [*many_calls(5, 770), sample(900, 770, file=NEW_FILE)]
    added = added_calls(5, PREDICTED)
    assert _flattered(known, added, base=_answered(first), head=_answered(first)).status != "pass"
    again = _file(NEW_FILE, "the second day, unselected too")
    assert (
        _flattered(known, added, base=_answered(first), head=_answered(first, again)).status
        == "pass"
    )


def test_a_retirement_is_answered_for_by_the_id_of_its_sample() -> None:
    hard, others = many_calls(1, 770), many_calls(5, PREDICTED, first=50)
    gone = [retirement(one) for one in hard]
    answer = _file(f"{gone[0].file}#{hard[0].id}", "told twice")
    assert _flattered([*hard, *others], retired=gone, head=_answered(answer)).status == "pass"
    assert (
        _flattered([*hard, *others], retired=gone, head=_answered(_file(gone[0].file))).status
        != "pass"
    )


def test_an_answer_for_a_retirement_does_not_answer_for_its_end() -> None:
    easy = many_calls(5, PREDICTED, first=50)
    calls, before = [*many_calls(5, 770), *easy], [retirement(one) for one in easy]
    old = [_file(f"{one.file}#{one.id}", "told twice") for one in before]
    new = [replace(one, reason="it was not told twice") for one in old]
    kept = _answered(*old)
    assert (
        _flattered(calls, retired_before=before, base=kept, head=kept).status == "not-measurable"
    )
    assert (
        _flattered(calls, retired_before=before, base=kept, head=_answered(*old, *new)).status
        == "pass"
    )

"""``unseen``, what says ``fit``, and the first procedure: on states whose figures are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import exp
from typing import Any

import numpy as np
import pytest

from coefgate.calibration.margins import MARGIN
from coefgate.calibration.procedure import Procedure
from coefgate.calibration.unseen import UnseenReader
from coefgate.gates.judge import Judge
from coefgate.gates.metric_rules import absolute_rules, stated_misses
from coefgate.gates.proposal import Anchor
from coefgate.gates.unseen import sign_flip
from coefgate.gates.verdict import RuleResult
from coefgate.registry.compilation import table_of
from coefgate.registry.intervals import Intervals
from coefgate.registry.key import Key
from coefgate.registry.model import Acknowledgement, Basis, Coefficients, Value
from coefgate.registry.numbers import moved, with_values
from coefgate.registry.tuning import MissedLimit, Spread, Tuning
from coefgate.replay.evidence import Evidence
from coefgate.replay.metrics import Calls
from coefgate.samples.model import Sample
from tests.calibration.builders import free, tuning
from tests.gates.builders import proposal, state
from tests.registry.builders import renamed
from tests.replay.builders import audited, sample

FILE = "samples/here/undated-00000000.jsonl"
LOW = Key("overhead", ("tests", "low"))
HIGH = Key("overhead", ("tests", "high"))
SHRUNK: dict[Spread, Fraction | int] = {"all": 1, "complexity": Fraction(1, 2), "category": 1}
LOOSE: dict[Spread, Fraction | int] = {**SHRUNK, "complexity": 50, "category": 50, "cell": 50}


def drawn(phases: int = 24) -> list[Sample]:
    """Two calls a phase, of two categories that need about the same; phases differ by far."""
    random = np.random.default_rng(4)
    cells = [(name, at) for name in ("tests", "docs") for at in ("low", "medium", "high")]
    of_phase = random.normal(0, 0.5, phases)
    return [
        sample(
            2 * phase + one,
            round(1500 * exp(of_phase[phase] + random.normal(0, 0.1))),
            category=cells[phase % 6][0],
            complexity=cells[phase % 6][1],
            phase_id=f"phase-{phase}",
            run_id=f"run-{phase % 8}",
        )
        for phase in range(phases)
        for one in range(2)
    ]


CALLS = drawn()


def asked(spreads: dict[Spread, Fraction | int], level: str, **fields: Any) -> Tuning:
    """The procedure from a prior of 1,200 tokens for every overhead."""
    prior = {key: 1200 if key.part == "overhead" else 40 for key in tuning({}).prior}
    return tuning(spreads, level=Fraction(level), prior=prior, **fields)


def fitted(by: Tuning, calls: Sequence[Sample] = CALLS) -> Coefficients:
    """The small registry as a procedure fits it to these calls."""
    return Procedure(replace(free(), tuning=by), Evidence(audited(calls)), by).proposed


BY_HAND = free()
PROCEDURE = fitted(asked(SHRUNK, "0.8"))


def rules(
    base: Coefficients, head: Coefficients, calls: Sequence[Sample] = CALLS
) -> dict[str, RuleResult]:
    found = Judge(proposal(state(base, calls), state(head, calls))).rules
    return {one.rule: one for one in found}


def test_what_the_procedure_gives_is_let_in() -> None:
    again = fitted(asked(SHRUNK, "0.85"))
    found = rules(PROCEDURE, again)
    assert {name: found[name].status for name in ("unseen", "fit-claims", "unmeasured")} == {
        "unseen": "pass",
        "fit-claims": "pass",
        "unmeasured": "pass",
    }
    assert found["unseen"].n == len(CALLS)


def test_a_number_moved_by_hand_that_says_fit_is_refused() -> None:
    number = PROCEDURE.numbers[LOW].number
    found = rules(PROCEDURE, moved(PROCEDURE, {LOW: number - 200}))["fit-claims"]
    assert found.status == "fail"
    assert f"tests.low says fit, and the procedure gives {number}" in found.said


@pytest.mark.parametrize("round_to", [1, 10, 300])
@pytest.mark.parametrize("sign", [-1, 1])
def test_one_step_of_rounding_beside_it_is_another_number(round_to: int, sign: int) -> None:
    one = fitted(asked(SHRUNK, "0.8", round_to=round_to))
    margin = Key("margin")
    for key, step in ((LOW, Fraction(round_to)), (margin, Fraction(1, 1000))):
        near = moved(one, {key: one.numbers[key].number + sign * step})
        found = rules(one, near)["fit-claims"]
        assert found.status == "fail"
        assert f"{key.name} says fit, and the procedure gives" in found.said


@pytest.mark.parametrize(
    ("prior", "given", "also"),
    [(1200, 1200, {1500}), (1201, 1500, set()), (1499, 1500, set())],
    ids=["on the edge", "just above it", "just below one"],
)
def test_at_an_edge_another_machine_may_round_the_other_way(
    prior: int, given: int, also: set[int]
) -> None:
    """No spread: calls teach nothing, and the priors themselves are rounded up."""
    by = asked(dict.fromkeys(LOOSE, 0), "0.8", round_to=300)
    one = fitted(replace(by, prior={**by.prior, HIGH: prior}))
    assert one.numbers[HIGH].number == given
    passing = {
        near
        for near in range(600, 2101, 300)
        if near == given
        or rules(one, moved(one, {HIGH: Fraction(near)}))["fit-claims"].status == "pass"
    }
    assert passing == {given} | also


def test_where_the_procedure_changes_every_number_that_says_fit_is_asked() -> None:
    assert PROCEDURE.tuning is not None
    other = replace(PROCEDURE, tuning=replace(PROCEDURE.tuning, level=Fraction("0.4")))
    found = rules(PROCEDURE, other)["fit-claims"]
    assert found.status == "fail"
    assert "margin.default" in {one.key.name for one in found.findings if isinstance(one.key, Key)}


def test_a_procedure_without_shrinkage_tells_unseen_calls_apart_worse() -> None:
    found = rules(PROCEDURE, fitted(asked(LOOSE, "0.8")))["unseen"]
    assert found.status == "fail"
    assert "that it has not seen the spread rises" in found.said


def test_less_margin_misses_more_unseen_calls() -> None:
    found = rules(PROCEDURE, fitted(asked(SHRUNK, "0.4")))["unseen"]
    assert found.status == "fail"
    assert "the share that is cut off rises from" in found.said


def _stepwise(*registries: Coefficients) -> list[RuleResult]:
    """What the rule says of each but the first, with all before it accepted since the anchor."""
    names = [f"{n}" * 40 for n in range(len(registries))]
    found = []
    for n in range(1, len(registries)):
        anchor = Anchor(
            state(registries[0], CALLS), tuple(zip(names, registries[:n], strict=False))
        )
        sides = state(registries[n - 1], CALLS), state(registries[n], CALLS)
        results = Judge(proposal(*sides, anchor=anchor)).rules
        found += [one for one in results if one.rule == "unseen"]
    return found


LEVELS = [fitted(asked(SHRUNK, level)) for level in ("0.9", "0.87", "0.85", "0.83", "0.8")]


@pytest.mark.thorough
def test_levels_that_go_down_in_small_steps_add_up() -> None:
    alone = [rules(base, head)["unseen"].status for base, head in pairwise(LEVELS)]
    assert alone == ["pass"] * 4
    found = _stepwise(*LEVELS)
    assert [one.status for one in found] == ["pass", "pass", "pass", "fail"]
    assert found[-1].said.startswith(
        "since the anchor, from 000000000000 on, on phases that it has not seen "
        "the share that is cut off rises from 10.4% to 20.8% (p = 0.062)"
    )


@pytest.mark.thorough
def test_a_step_back_or_one_that_does_no_harm_is_not_held_against_a_change() -> None:
    *_, last, lower = LEVELS
    assert [one.status for one in _stepwise(*LEVELS, last)][-1] == "pass"
    level = str(lower.tuning.level) if lower.tuning else ""
    same = fitted(asked(SHRUNK, level, missed=(MissedLimit("smape", Fraction(60), "so", 9),)))
    assert [one.status for one in _stepwise(*LEVELS, same)][-1] == "pass"


def test_steps_add_up_from_the_first_procedure_on() -> None:
    found = _stepwise(BY_HAND, *LEVELS)
    assert found[-1].status == "fail"
    assert "since the anchor, from 111111111111 on" in found[-1].said
    assert "since the anchor" not in found[1].said


@pytest.mark.parametrize("answered", [False, True])
def test_a_number_changed_by_hand_takes_a_reason(answered: bool) -> None:
    was = PROCEDURE.numbers[LOW]
    now = was.number + 10
    answer = Acknowledgement(was.number, now, "seen elsewhere") if answered else None
    basis = Basis("correction", "docs/x.md", 3)
    one = with_values(PROCEDURE, {LOW: replace(was, number=now, basis=basis, acknowledge=answer)})
    found = rules(PROCEDURE, one)["unseen"]
    assert found.status == ("pass" if answered else "not-measurable")
    assert answered or "tests.low is changed by hand: 8 calls that use it" in found.said


def _stored(
    ids: list[str], numbers: Mapping[Key, Fraction]
) -> Mapping[Key, frozenset[str] | None]:
    """``LOW`` was set when these calls were stored, all others were there from the start."""
    return {key: frozenset(ids) for key in numbers if key == LOW}


def test_a_call_stored_before_a_number_was_set_by_hand_has_no_unseen_figure() -> None:
    was = PROCEDURE.numbers[LOW]
    basis = Basis("correction", "docs/x.md", 3)
    one = with_values(PROCEDURE, {LOW: replace(was, basis=basis)})
    its = [call.id for call in CALLS if (call.category, call.complexity) == ("tests", "low")]
    for stored, without in ((its[:3], 3), (its, 8), ([], 0)):
        other = replace(one, tuning=replace(one.tuning, level=Fraction("0.85")))  # type: ignore[type-var]
        change = replace(
            proposal(state(one, CALLS), state(other, CALLS)),
            stored_when_set=partial(_stored, stored),
        )
        unseen = Judge(change).unseen
        assert unseen is not None
        assert unseen.without == without


def test_reasons_do_not_help_where_most_calls_lose_their_unseen_prediction() -> None:
    """Whoever moves every overhead until the stored calls are hit has a reason for each."""

    def corrected(*cells: tuple[str, str]) -> Coefficients:
        return with_values(PROCEDURE, {key: by_hand(key) for key in keys_of(*cells)})

    def by_hand(key: Key) -> Value:
        was = PROCEDURE.numbers[key]
        answer = Acknowledgement(was.number, was.number + 1, "seen elsewhere")
        basis = Basis("correction", "docs/x.md", None)
        return replace(was, number=was.number + 1, basis=basis, acknowledge=answer)

    def keys_of(*cells: tuple[str, str]) -> list[Key]:
        return [Key("overhead", cell) for cell in cells]

    half = [("tests", "low"), ("tests", "medium"), ("tests", "high")]
    assert rules(PROCEDURE, corrected(*half))["unseen"].status == "pass"
    more = rules(PROCEDURE, corrected(*half, ("docs", "high")))["unseen"]
    assert more.status != "pass"
    assert "32 of 48 calls no longer have an unseen prediction" in more.said


def with_priors(one: Coefficients, tokens: Mapping[Key, int], **fields: Any) -> Coefficients:
    """The same, where the procedure starts from these, and gives what it then gives."""
    assert one.tuning is not None
    other = replace(one.tuning, prior={**one.tuning.prior, **tokens}, **fields)
    return fitted_to(replace(one, tuning=other), CALLS)


def acknowledging(base: Coefficients, head: Coefficients) -> Coefficients:
    """Head with a reason beside each number that it moves."""
    told = {
        key: replace(one, acknowledge=Acknowledgement(was.number, one.number, "seen elsewhere"))
        for key, one in head.numbers.items()
        if (was := base.numbers[key]).number != one.number
    }
    return with_values(head, told)


def test_priors_that_are_the_fitted_numbers_make_no_call_unseen() -> None:
    """With no spread every fit gives them, whatever is left out."""
    overheads = {
        key: int(one.number) for key, one in PROCEDURE.numbers.items() if key.part == "overhead"
    }
    assert PROCEDURE.tuning is not None
    none = dict.fromkeys(PROCEDURE.tuning.spreads, Fraction(0))
    head = acknowledging(PROCEDURE, with_priors(PROCEDURE, overheads, spreads=none))
    assert all(head.numbers[key].number == number for key, number in overheads.items())
    judge = Judge(proposal(state(PROCEDURE, CALLS), state(head, CALLS)))
    assert judge.unseen is not None
    assert judge.unseen.without == len(CALLS)
    found = next(one for one in judge.rules if one.rule == "unseen")
    assert found.status != "pass"
    told = "the prior of tests.low is changed by hand: 8 calls that use it are stored"
    assert told in found.said
    assert any("48 of 48 calls no longer have an unseen" in one.message for one in found.findings)


@pytest.mark.parametrize("answered", [False, True])
def test_a_reason_beside_the_number_answers_for_a_prior_of_few_calls(answered: bool) -> None:
    head = with_priors(PROCEDURE, {LOW: 900})
    assert head.numbers[LOW].number != PROCEDURE.numbers[LOW].number
    found = rules(PROCEDURE, acknowledging(PROCEDURE, head) if answered else head)["unseen"]
    assert found.status == ("pass" if answered else "not-measurable")
    assert answered or "the prior of tests.low is changed by hand" in found.said


def test_a_prior_is_asked_for_where_its_number_stays() -> None:
    assert PROCEDURE.tuning is not None
    other = replace(PROCEDURE.tuning, prior={**PROCEDURE.tuning.prior, LOW: 1201})
    found = rules(PROCEDURE, replace(PROCEDURE, tuning=other))["unseen"]
    assert [one.file for one in found.findings] == ["coefficients/tuning.yaml"]
    assert found.status == "not-measurable"


def test_a_prior_without_a_call_or_of_a_number_that_is_new_is_no_change() -> None:
    assert PROCEDURE.tuning is not None
    calls = [one for one in CALLS if (one.category, one.complexity) != ("tests", "low")]
    base = fitted_to(PROCEDURE, calls)
    prior = {**PROCEDURE.tuning.prior, LOW: 900}
    head = fitted_to(replace(base, tuning=replace(PROCEDURE.tuning, prior=prior)), calls)
    assert rules(base, head, calls)["unseen"].status == "pass"
    fewer = {name: one for name, one in base.categories.items() if name != "tests"}
    docs = [one for one in CALLS if one.category == "docs"]
    before = fitted_to(replace(base, categories=fewer, cell_margins={}), docs)
    after = fitted_to(replace(head, cell_margins={}), docs)
    assert not any("prior" in one.message for one in rules(before, after, docs)["unseen"].findings)


@pytest.mark.parametrize("tokens", [900, 1200])
def test_another_name_of_a_category_hides_no_other_prior(tokens: int) -> None:
    head = renamed(PROCEDURE, "tests", "checks")
    assert PROCEDURE.tuning is not None
    prior = {
        Key("overhead", ("checks", key.of[1])) if key.of[0] == "tests" else key: number
        for key, number in PROCEDURE.tuning.prior.items()
    }
    prior[Key("overhead", ("checks", "low"))] = tokens
    found = rules(PROCEDURE, replace(head, tuning=replace(PROCEDURE.tuning, prior=prior)))
    named = [one.message.split(" is changed")[0] for one in found["unseen"].findings]
    assert named == (["the prior of checks.low"] if tokens == 900 else [])


def test_where_calls_take_other_numbers_the_procedure_is_asked_anew() -> None:
    """No value moves, and each calls for another fit: calls of a model go to the fallback."""
    calls = [replace(one, model="claude-1" if n % 3 else "other-1") for n, one in enumerate(CALLS)]
    base = fitted_to(replace(PROCEDURE, applies_to=("*",)), calls)
    head = replace(base, applies_to=("claude-*",))
    found = rules(base, head, calls)["fit-claims"]
    assert found.status == "fail"
    assert "says fit, and the procedure gives" in found.said
    assert rules(base, base, calls)["fit-claims"].status == "pass"


def fitted_to(one: Coefficients, calls: Sequence[Sample]) -> Coefficients:
    """The registry as its own procedure fits it to these calls."""
    assert one.tuning is not None
    return Procedure(one, Evidence(audited(calls)), one.tuning).proposed


def unseen_by(head: Coefficients) -> Calls:
    """Each of ``CALLS`` as the gate predicts it without its phase."""
    found = UnseenReader(Evidence(audited(CALLS))).of(head, table_of(head))
    assert found is not None
    assert found.phase is not None
    return found.phase


@pytest.mark.parametrize("accepted", [200, 1000, 5000])
def test_unseen_calls_of_a_moving_average_start_from_the_priors(accepted: int) -> None:
    """Whatever was accepted, and may know the calls."""
    by = asked(SHRUNK, "0.8", ema=Fraction("0.3"), cell_from=5)
    one = replace(free(), tuning=by)
    overheads = [key for key in one.numbers if key.part == "overhead"]
    base = moved(one, {key: Fraction(accepted) for key in overheads})
    found = Procedure(one, Evidence(audited(CALLS)), by)
    head = found.moving_from(base).proposed
    predicted = found.predicted(
        found.without("phase"), margins={MARGIN: head.default_margin.number}
    )
    assert unseen_by(head).predicted.tolist() == predicted.tolist()
    # Whether a number is what the procedure gives is asked of the accepted ones all the same.
    assert rules(base, head)["fit-claims"].status == "pass"


def test_a_moving_average_that_stands_still_hides_no_number_that_knows_the_calls() -> None:
    assert PROCEDURE.tuning is not None
    still = replace(PROCEDURE.tuning, ema=Fraction("0.001"), cell_from=10**9)
    head = replace(PROCEDURE, tuning=still)
    head = Procedure(head, Evidence(audited(CALLS)), still).moving_from(PROCEDURE).proposed
    assert {key for key, one in head.numbers.items() if one != PROCEDURE.numbers[key]} <= {MARGIN}
    # Every overhead starts at 1,200 tokens, and no call has moved it.
    assert len({*unseen_by(head).predicted.tolist()}) == 1
    assert unseen_by(head).predicted[0] >= 1200


def test_calls_of_numbers_set_by_hand_say_nothing_of_unseen_ones() -> None:
    """Intervals leave them out: that number knew the call."""
    was = PROCEDURE.numbers[LOW]
    one = with_values(PROCEDURE, {LOW: replace(was, basis=Basis("correction", "docs/x.md", 3))})
    reader, its = UnseenReader(Evidence(audited(CALLS))), [call.id for call in CALLS]
    for stored, counted in ((its, 40), ([], 48)):
        found = reader.of(one, table_of(one), partial(_stored, stored))
        assert found is not None
        assert isinstance(found.intervals, Intervals)
        assert found.intervals.all_calls is not None
        assert found.intervals.all_calls.samples == counted


def test_intervals_do_not_stay_behind_when_numbers_move() -> None:
    levels = [replace(fitted(asked(SHRUNK, level)), semantics=2) for level in ("0.8", "0.85")]
    stated = []
    for one in levels:
        unseen = UnseenReader(Evidence(audited(CALLS))).of(one, table_of(one))
        assert unseen is not None
        assert isinstance(unseen.intervals, Intervals)
        stated.append(unseen.intervals)
    base, head = (replace(one, intervals=stated[0]) for one in levels)
    found = rules(base, head)["fit-claims"]
    assert found.status == "fail"
    assert "intervals.all is no longer what the procedure measures" in found.said
    assert rules(base, replace(head, intervals=stated[1]))["fit-claims"].status == "pass"


def test_no_procedure_any_more_is_no_way_out() -> None:
    found = rules(PROCEDURE, replace(PROCEDURE, tuning=None))["unseen"]
    assert found.status == "fail"
    assert "tuning.yaml is removed" in found.said


def test_values_by_hand_are_compared_as_ever() -> None:
    found = rules(BY_HAND, moved(BY_HAND, {LOW: Fraction(150)}))
    assert found["unseen"].status == "pass"
    assert found["unseen"].n == 0


def test_the_first_procedure_states_what_it_misses() -> None:
    bare = rules(BY_HAND, PROCEDURE)
    missed = [name for name in ("smape", "underestimation", "waste-band") if not bare[name].met]
    assert missed
    assert {bare[name].status for name in missed} <= {"fail", "not-measurable"}
    stated = tuple(
        MissedLimit(name, Fraction(bare[name].head or 0), "no better", 9) for name in missed
    )
    assert PROCEDURE.tuning is not None
    head = replace(PROCEDURE, tuning=replace(PROCEDURE.tuning, missed=stated))
    found = rules(BY_HAND, head)
    assert {found[name].status for name in (*missed, "unseen", "stratum-regression")} == {"pass"}
    assert all(not found[name].met for name in missed)
    wrong = tuple(replace(one, figure=one.figure * 2) for one in stated)
    other = replace(PROCEDURE, tuning=replace(PROCEDURE.tuning, missed=wrong))
    assert "pass" not in {rules(BY_HAND, other)[name].status for name in missed}


def test_the_first_procedure_is_no_worse_than_base_on_calls_that_base_did_not_know() -> None:
    low = fitted(asked(SHRUNK, "0.1"))
    dear = moved(BY_HAND, {Key("margin"): Fraction(10)})
    found = rules(dear, low)["unseen"]
    assert found.status == "fail"
    assert "on calls that base was fitted on and head has not seen" in found.said


def test_relative_rules_hold_unseen_predictions_against_each_other() -> None:
    # On the calls that both know the loose fit is better; on unseen ones it is not.
    loose, tight = fitted(asked(LOOSE, "0.8")), PROCEDURE
    judge = Judge(proposal(state(tight, CALLS), state(loose, CALLS)))
    assert judge.unseen is not None
    assert judge.unseen.phase is not None
    assert judge.unseen.run is not None
    head = judge.head.figures.metrics
    assert head is not None
    unseen = judge.unseen.phase.metrics
    assert unseen is not None
    assert unseen.smape_mean > head.smape_mean


@pytest.mark.parametrize(
    ("differences", "p"),
    [([1.0, 1.0, 1.0], 1 / 8), ([1.0, 2.0, 3.0, 4.0], 1 / 16), ([3.0, -1.0], 1 / 2)],
)
def test_signs_are_flipped_exactly_where_phases_are_few(
    differences: list[float], p: float
) -> None:
    assert sign_flip(np.array(differences), np.arange(len(differences))) == pytest.approx(p)


def test_what_is_no_worse_has_no_evidence_against_it() -> None:
    assert sign_flip(np.array([-1.0, 0.5]), np.arange(2)) == 1
    assert sign_flip(np.array([]), np.array([], dtype=np.intp)) == 1
    many = sign_flip(np.full(40, 0.1), np.arange(40))
    assert many == pytest.approx(1 / 10_001)


def test_a_procedure_by_itself_may_state_what_it_misses() -> None:
    predicted = Evidence(audited(CALLS)).predicted(table_of(PROCEDURE))
    rules = absolute_rules(predicted.figures.metrics, PROCEDURE.gates)
    red = [one for one in rules if not one.met]
    assert red
    stated = [MissedLimit(one.rule, Fraction(one.head or 0), "no better", 9) for one in red]
    assert {one.status for one in stated_misses(rules, stated)} == {"pass"}
    assert [one.rule for one in stated_misses(rules, ()) if one.status != "pass"] == [
        one.rule for one in red
    ]


def test_a_figure_is_stated_as_the_rule_asks_for_it() -> None:
    predicted = Evidence(audited(CALLS)).predicted(table_of(PROCEDURE))
    rules = absolute_rules(predicted.figures.metrics, PROCEDURE.gates)
    # 1.6148 is 1.615 to thousandths, and 1.61 to hundredths.
    red = [replace(one, head=Fraction("1.6148"), met=False) for one in rules][2:3]
    for stated, status in (("1.615", "pass"), ("1.61", "pass"), ("1.62", "fail")):
        missed = [MissedLimit("waste-band", Fraction(stated), "no better", 9)]
        assert [one.status for one in stated_misses(red, missed)] == [status]
    assert "figure: 1.615" in stated_misses(red, ())[0].remedy


LATER = "samples/here/undated-11111111.jsonl"
DEARER = [
    sample(
        1000 + n,
        4000,
        category="tests",
        complexity="low",
        phase_id=f"later-{n}",
        run_id="later",
        file=LATER,
    )
    for n in range(6)
]


def _refit(level: str = "0.9", **fields: Any) -> Coefficients:
    """The procedure on the calls that base knows, and on dearer ones that came in since."""
    by = asked(SHRUNK, level, samples=(FILE, LATER), **fields)
    return fitted(by, [*CALLS, *DEARER])


def _stating(one: Coefficients) -> Coefficients:
    """The same, with every limit that it misses."""
    evidence = Evidence(audited([*CALLS, *DEARER])).predicted(table_of(one))
    red = [rule for rule in absolute_rules(evidence.figures.metrics, one.gates) if not rule.met]
    missed = tuple(MissedLimit(rule.rule, Fraction(rule.head or 0), "so", 9) for rule in red)
    assert one.tuning is not None
    return replace(one, tuning=replace(one.tuning, missed=missed))


def test_a_refit_on_more_calls_states_what_it_misses() -> None:
    base, calls = fitted(asked(SHRUNK, "0.9", samples=(FILE,))), [*CALLS, *DEARER]
    before, again = rules(base, _refit(), calls), rules(base, _stating(_refit()), calls)
    assert before["waste-band"].status == "fail"
    assert "State it in coefficients/tuning.yaml" in before["waste-band"].remedy
    shown = (
        "smape",
        "underestimation",
        "waste-band",
        "waste-p90",
        "stratum-regression",
        "diluted",
    )
    assert {again[rule].status for rule in shown} == {"pass"}
    # What decides is asked all the same: the calls of one run tell little of the others.
    assert again["unseen"].status == "fail"


@pytest.mark.parametrize("chosen", ["level", "spreads", "by hand", "no new calls", "new with it"])
def test_what_an_author_chose_is_no_refit(chosen: str) -> None:
    base, calls = fitted(asked(SHRUNK, "0.9", samples=(FILE,))), [*CALLS, *DEARER]
    head, known = _refit(), calls
    if chosen == "level":
        head = _refit("0.95")
    elif chosen == "spreads":
        by = asked({**SHRUNK, "category": 2}, "0.95", samples=(FILE, LATER))
        head = fitted(by, calls)
    elif chosen == "by hand":
        value = head.numbers[LOW]
        basis = Basis("correction", "docs/x.md", 3)
        more = replace(value, number=2 * value.number, basis=basis)
        head = with_values(head, {LOW: more})
    elif chosen == "no new calls":
        base = _refit()
        head = moved(base, {Key("margin"): base.default_margin.number + Fraction("0.001")})
    else:
        known = CALLS
    found = Judge(proposal(state(base, known), state(_stating(head), calls))).rules
    waste = next(one for one in found if one.rule == "waste-band")
    assert waste.status == "fail"
    assert "State it" not in waste.remedy

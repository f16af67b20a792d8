"""The drill's own replay: figures worked out by hand, and the gate's answer on any change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.drill.fileset import GATES, Fileset, dumped
from coefgate.drill.kinds.lines import added, correction, eligible, new_call
from coefgate.drill.kinds.verbs import step
from coefgate.drill.numbers import Number, in_range, numbers, rises, with_value
from coefgate.drill.oracle.evidence import counting
from coefgate.drill.oracle.figures import (
    ExactFigures,
    deviation,
    figures,
    gains,
    misses,
    smape_millionths,
)
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import Predictor
from coefgate.git.scratch_repository import ScratchRepository
from coefgate.registry.reading import Memo, read_registry
from coefgate.use_cases.judge import Judgement, judging
from tests.drill.conftest import FilesTree

JUDGED = {
    *("smape", "underestimation", "waste-band", "waste-p90", "stratum-regression", "diluted"),
    *("unmeasured", "swing"),
}
PRIOR = {"kind": "prior", "reference": "https://example.org/page"}
LIMITS = {
    "smape": {"mean_below": 50},
    "underestimation": {"rate_below": 0.1},
    "waste-band": {"median_from": 1.0, "median_to": 1.5},
    "waste-p90": {"p90_to": 3.0},
}


def value(tokens: int) -> dict[str, Any]:
    return {"tokens": tokens, "basis": PRIOR}


def call(actual: int, *, category: str = "docs", phase: str = "", **fields: Any) -> dict[str, Any]:
    """A whole call that created one Python file; the registry below predicts 1,100."""
    return {
        "origin": "here",
        "reference": f"log:{actual}:{phase}",
        "observed_at": None,
        "run_id": None,
        "phase_id": phase or f"p{actual}",
        "attempt": 1,
        "category": category,
        "complexity": "low",
        "label_origin": "logged",
        "deliverables": [{"path": "src/a.py", "operation": "create", "bytes_before": None}],
        "paths": "real",
        "reply_matches": "unknown",
        "model": None,
        "unit": "call",
        "actual_output_tokens": actual,
        "max_output_tokens": None,
        "input_tokens": None,
        "output_mode": None,
        "predicted_output_tokens": None,
        "predicted_by": None,
        "success": True,
        "truncated": False,
        "stop_reason": None,
        "duplicate_of": None,
        "same_ceiling_as": None,
        "supersedes": None,
        **fields,
    }


def registry(drafts: Sequence[Mapping[str, Any]] = (), **gates: Any) -> Fileset:
    """``docs`` (or ``documentation``), ``tests``: 1,000 low, 2,000 high; 100 new, 50 other."""

    def category(name: str, *aliases: str) -> bytes:
        overhead = {"low": value(1000), "high": value(2000)}
        return dumped({"category": name, "aliases": list(aliases), "overhead": overhead})

    documents: dict[str, Any] = {
        "registry": {
            "unit": "call",
            "complexities": ["low", "medium", "high"],
            "applies_to": ["claude-*"],
            "fallback": {"overhead": value(700)},
            "no_deliverables": {"low": value(10), "medium": value(20), "high": value(30)},
        },
        "marginal_costs": {
            "marginal_costs": {
                "create": {"backend": value(100), "doc": value(300)},
                "modify": {"backend": value(50), "doc": value(400)},
            }
        },
        "file_kinds": {"rules": [{"kind": "doc", "paths": ["*.md"]}], "default": "backend"},
        "safety_margins": {
            "default": {"factor": 1.0, "basis": PRIOR},
            "cells": {"tests": {"high": {"factor": 1.001, "basis": PRIOR}}},
        },
        "gates": {"rules": LIMITS, "scope": {"models": None, "observed_since": None}, **gates},
    }
    files = {f"coefficients/{name}.yaml": dumped(document) for name, document in documents.items()}
    files["coefficients/overhead/docs.yaml"] = category("docs", "documentation")
    files["coefficients/overhead/tests.yaml"] = category("tests")
    return Fileset(files | (added(drafts) if drafts else {}))


def number(state: Fileset, name: str) -> Number:
    return next(one for one in numbers(state) if one.name == name)


def changed(state: Fileset, **values: int | str) -> Opinion:
    """The judgement on other values of some numbers, ``docs_low`` for ``docs.low``."""
    head = state
    for name, new in values.items():
        head = head.after(with_value(head, number(state, name.replace("_", ".")), Fraction(new)))
    return Opinion(state, head)


# --- Predictions


@pytest.mark.parametrize(
    ("fields", "tokens", "used"),
    [
        ({}, 1100, {"docs.low", "marginal.create.backend", "margin.default"}),
        (
            {"category": "documentation"},
            1100,
            {"docs.low", "marginal.create.backend", "margin.default"},
        ),
        # No overhead for docs.medium, no category of that name, another model: 700 + 100.
        (
            {"complexity": "medium"},
            800,
            {"fallback.overhead", "marginal.create.backend", "margin.default"},
        ),
        (
            {"category": "else"},
            800,
            {"fallback.overhead", "marginal.create.backend", "margin.default"},
        ),
        (
            {"model": "gpt-5"},
            800,
            {"fallback.overhead", "marginal.create.backend", "margin.default"},
        ),
        ({"model": "claude-x"}, 1100, {"docs.low", "marginal.create.backend", "margin.default"}),
        # (2,000 + 100) × 1.001 = 2,102.1, rounded up.
        (
            {"category": "tests", "complexity": "high"},
            2103,
            {"tests.high", "marginal.create.backend", "margin.tests.high"},
        ),
        ({"deliverables": [], "complexity": "medium"}, 20, {"no_deliverables.medium"}),
        # Nobody knows whether the page was there: the dearer operation, 1,000 + 400.
        (
            {
                "deliverables": [
                    {"path": "docs/a.md", "operation": "unknown", "bytes_before": None}
                ]
            },
            1400,
            {"docs.low", "marginal.modify.doc", "margin.default"},
        ),
    ],
)
def test_a_prediction_and_the_numbers_in_it(
    fields: dict[str, Any], tokens: int, used: set[str]
) -> None:
    assert Predictor(registry()).predict(call(1, **fields)) == (tokens, frozenset(used))


SIZED: Final = {"tokens": 512, "up_to": 4096, "assumed": 1024, "output_modes": ["full_file"]}


def sized_registry() -> Fileset:
    """Semantics 2: code that is written whole again costs 512 per kilobyte, 1 KiB if unknown."""
    plain = registry()
    about, costs = (
        plain.draft(f"coefficients/{name}.yaml") for name in ("registry", "marginal_costs")
    )
    about |= {"semantics": 2, "output_mode": "full_file"}
    costs["marginal_costs"]["modify"]["backend"]["per_kilobyte"] = {**SIZED, "basis": PRIOR}
    files = {"coefficients/registry.yaml": dumped(about)}
    return plain.after({**files, "coefficients/marginal_costs.yaml": dumped(costs)})


@pytest.mark.parametrize(
    ("operation", "size", "mode", "tokens", "priced"),
    [
        ("modify", 3, None, 1052, {"modify.backend", "modify.backend.per_kilobyte"}),  # 1,051.5
        ("modify", 9999, "full_file", 3098, {"modify.backend", "modify.backend.per_kilobyte"}),
        ("modify", None, None, 1562, {"modify.backend", "modify.backend.per_kilobyte"}),
        ("modify", 0, None, 1050, {"modify.backend"}),
        ("modify", 9999, "patch", 1050, {"modify.backend"}),
        ("create", 9999, None, 1100, {"create.backend"}),
        ("unknown", None, None, 1562, {"modify.backend", "modify.backend.per_kilobyte"}),
        ("unknown", 2, None, 1051, {"modify.backend", "modify.backend.per_kilobyte"}),
        ("unknown", None, "patch", 1100, {"create.backend"}),
        ("unknown", 9999, "patch", 1050, {"modify.backend"}),
    ],
)
def test_a_prediction_with_the_size_of_a_file(
    operation: str, size: int | None, mode: str | None, tokens: int, priced: set[str]
) -> None:
    file = {"path": "src/a.py", "operation": operation, "bytes_before": size}
    found = Predictor(sized_registry()).predict(call(1, deliverables=[file], output_mode=mode))
    used = {"docs.low", "margin.default", *(f"marginal.{one}" for one in priced)}
    assert found == (tokens, frozenset(used))


# --- Which calls count


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, "eligible"),
        ({"success": None, "truncated": True}, "censored"),
        ({"success": False}, ""),
        ({"paths": "partial"}, ""),
        ({"category": None}, ""),
        ({"truncated": None}, ""),
        ({"unit": "turn"}, ""),
        ({"duplicate_of": "0" * 32}, ""),
        ({"stop_reason": "MAX_TOKENS"}, ""),
        ({"stop_reason": "refusal"}, ""),
        ({"stop_reason": "tool_use"}, "eligible"),
        ({"stop_reason": "max_tokens", "truncated": True}, "censored"),
        ({"stop_reason": "end_turn", "truncated": True}, ""),
        ({"max_output_tokens": 1199}, ""),
        ({"max_output_tokens": 1200}, "eligible"),
        ({"same_ceiling_as": "0" * 32}, ""),
    ],
)
def test_which_calls_count(fields: dict[str, Any], counts: str) -> None:
    state = registry([call(1200, **fields)])
    found = counting(state, state.stored)
    assert ["censored" if one.censored else "eligible" for one in found] == (
        [counts] if counts else []
    )


def test_of_the_calls_cut_off_at_one_ceiling_the_one_that_says_most_counts() -> None:
    cut_off: dict[str, Any] = {
        "success": None,
        "truncated": True,
        "max_output_tokens": 1200,
        "phase": "p",
    }
    drafts = [
        call(1199, **cut_off, observed_at="2026-01-02T00:00:00Z"),
        call(1200, **cut_off, observed_at="2026-01-01T23:00:00-03:00"),
        call(1200, **cut_off, observed_at="2026-01-02T03:00:00Z"),
        call(1198, **{**cut_off, "max_output_tokens": 1198}),
    ]
    state = registry(drafts)
    found = counting(state, state.stored)
    # 23:00 three hours west of Greenwich is 02:00 on the next day, earlier than 03:00.
    said = [(one.tokens, one.fields["observed_at"]) for one in found]
    assert said == [(1200, "2026-01-01T23:00:00-03:00"), (1198, None)]


def test_scope_retirement_and_correction_take_calls_out() -> None:
    drafts = [
        call(1100, model="claude-a", observed_at="2026-01-01T00:00:00Z"),
        call(1200),
        call(1300),
    ]
    state = registry(drafts)
    first, second, third = sorted(state.stored, key=lambda one: one.fields["actual_output_tokens"])
    corrected = state.after(added([correction(third, actual_output_tokens=1400)]))

    def left(state: Fileset, retired: frozenset[str] = frozenset(), **scope: Any) -> list[int]:
        gates = state.document(GATES)
        scoped = dumped({**gates, "scope": {**gates["scope"], **scope}})
        found = counting(state.after({GATES: scoped}), state.stored, retired)
        return sorted(one.tokens for one in found)

    assert left(corrected) == [1100, 1200, 1400]
    assert left(state, frozenset([second.id])) == [1100, 1300]
    assert left(state, models=["claude-*"]) == [1100]
    assert left(state, observed_since="2026-01-01") == [1100]
    assert left(state, observed_since="2026-01-02") == []
    assert first.fields["actual_output_tokens"] == 1100


# --- ExactFigures


def test_smape_is_rounded_half_up_to_millionths() -> None:
    # 200 × 100 / 300 = 66.666666… ; 200 × 1 / 3 = 66.666666…
    assert smape_millionths(200, 100) == 66_666_667
    assert smape_millionths(100, 100) == 0
    # 200 × 1 / 1024 = 0.1953125: the half is rounded up.
    assert smape_millionths(511, 513) == 390_625
    assert smape_millionths(0, 5) == 200_000_000


def test_figures_of_three_whole_calls_and_two_that_were_cut_off() -> None:
    # All are predicted at 1,100. Whole: 550, 1,100 and 2,200, with ratios 2, 1 and 1/2.
    cut_off: dict[str, Any] = {"success": None, "truncated": True}
    whole = [call(550), call(1100), call(2200)]
    state = registry([*whole, call(1100, phase="a", **cut_off), call(900, **cut_off)])
    found = Opinion(state, state).figures(state, added=False)
    assert found is not None
    # 66.666667, 0 and 66.666667 have the mean 133.333334 / 3.
    assert found.smape == Fraction(133_333_334, 3_000_000)
    # 2,200 is missed, and the one cut off at 1,100; the one cut off at 900 is open.
    assert (found.at_least, found.at_most) == (Fraction(2, 5), Fraction(3, 5))
    # In the order of their need: 550 of five calls, 900 leaves, 1,100 of three.
    assert found.missed == Fraction(4, 5) * Fraction(2, 3)
    assert found.cut_off == Fraction(2, 5)
    assert found.median == 1
    assert found.p90 == 2


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (9, 9), (10, 9), (11, 10), (20, 18)])
def test_p90_is_the_nearest_rank(count: int, rank: int) -> None:
    state = registry([call(1100, phase=f"p{n}") for n in range(count)])
    whole = counting(state, state.stored)
    tokens = [1100 * n for n in range(1, count + 1)]
    found = figures(list(map(deviation, whole, tokens)))
    assert found is not None
    assert found.p90 == rank


def _figures(smape: int, **others: int | str) -> ExactFigures:
    figures = dict.fromkeys(("missed", "at_least", "at_most", "cut_off", "median", "p90"), 0)
    return ExactFigures(
        Fraction(smape), **{name: Fraction(one) for name, one in (figures | others).items()}
    )


def test_which_metric_rules_are_missed_at_their_limits() -> None:
    at = _figures(50, missed="0.1", at_least="0.05", at_most="0.2", median="1.5", p90=3)
    assert misses(at, LIMITS) == ["smape", "underestimation"]
    fewer = replace(at, missed=Fraction("0.0999"))
    assert misses(fewer, LIMITS) == ["smape"]
    # More than one in five cut off decides nothing, unless both ends are on one side.
    assert misses(replace(fewer, cut_off=Fraction(1, 5)), LIMITS) == ["smape"]
    hidden = replace(fewer, cut_off=Fraction(21, 100))
    assert misses(hidden, LIMITS) == ["smape", "underestimation"]
    assert misses(replace(hidden, at_most=Fraction(9, 100)), LIMITS) == ["smape"]
    assert misses(replace(at, missed=Fraction(0), at_least=Fraction(1, 10)), LIMITS)[1:] == [
        "underestimation"
    ]
    assert misses(replace(at, smape=Fraction(49)), LIMITS) == ["underestimation"]
    assert misses(replace(at, p90=Fraction(301, 100)), LIMITS)[2:] == ["waste-p90"]
    assert misses(None, LIMITS) == [*LIMITS]


def test_gains_are_in_points() -> None:
    before = _figures(40, missed="0.1", median="1.4", p90=3)
    after = _figures(38, missed="0.05", median="0.9", p90="2.5")
    assert gains(before, after, after) == {
        "mean SMAPE": 2,
        "underestimation": 5,
        "median waste": 30,  # 0.4 above 1 before, 0.1 below it now
        "waste P90": 50,
    }
    assert gains(before, after, before) == gains(before, after, after) | {
        "median waste": 0,
        "waste P90": 0,
    }
    assert gains(None, after, after) == {}


# --- What is broken

GOOD = [call(1000, phase=f"p{n}") for n in range(6)]


def test_a_number_that_no_call_uses_is_unmeasured() -> None:
    assert changed(registry(GOOD), tests_low=1010).broken == {"unmeasured"}
    assert changed(registry(GOOD), docs_low=1010).broken == set()


def test_two_times_is_a_swing_either_way() -> None:
    state = registry(GOOD)
    assert changed(state, tests_high=3999).broken == {"unmeasured"}
    assert changed(state, tests_high=4000).broken == {"unmeasured", "swing"}
    assert changed(state, tests_low=500).broken == {"unmeasured", "swing"}
    assert changed(state, tests_low=0).broken == {"unmeasured", "swing"}


def test_a_metric_rule_that_base_meets_may_not_be_missed() -> None:
    # 950 for calls that needed 1,000: all six are missed, and their SMAPE falls from 9.5 to 5.1.
    found = changed(registry(GOOD), docs_low=850)
    assert found.broken == {"underestimation", "waste-band", "stratum-regression"}


def test_two_new_misses_in_a_kind_of_work_are_a_regression() -> None:
    # 36 calls need 1,000, three need 1,095: the overall rate stays below a tenth.
    many = [call(1000, phase=f"p{n}") for n in range(36)]
    for count, broken in ((1, set()), (2, {"stratum-regression"})):
        state = registry([*many, *(call(1095, phase=f"q{n}") for n in range(count))])
        assert changed(state, docs_low=990).broken == broken


def test_more_smape_in_phases_that_agree_is_a_regression() -> None:
    # From 1,100 to 1,200 for a need of 1,000: from 9.52 to 18.18 points, in each phase.
    # One-sided, p is 1/16 for four phases of four that got worse, and 1/8 for three of three.
    four, three = ([call(1000, phase=f"p{n}") for n in range(count)] for count in (4, 3))
    assert changed(registry(four), docs_low=1100).broken == {"stratum-regression"}
    assert changed(registry(three), docs_low=1100).broken == set()
    # Two calls of one phase are one voice.
    twice = [call(1000, phase=f"p{n // 2}", reference=f"r{n}") for n in range(6)]
    assert changed(registry(twice), docs_low=1100).broken == set()


def test_what_base_misses_may_stay_missed_if_something_gets_better() -> None:
    # All predicted at 1,100 for 2,000: underestimation, waste-band and smape (58.1) are missed.
    poor = [call(2000, phase=f"p{n}") for n in range(6)]
    state = registry(poor)
    assert changed(state, docs_low=1100).broken == set()  # nearer
    assert changed(state, docs_low=950).broken >= {"smape", "waste-band"}  # further off
    strict = registry(poor, when_base_misses="require-pass")
    assert changed(strict, docs_low=1100).broken == {"smape", "underestimation", "waste-band"}


def test_easy_calls_do_not_excuse_a_worse_number() -> None:
    state = registry(GOOD)
    worse = with_value(state, number(state, "docs.low"), Fraction(850))
    easy = added([call(950, phase=f"easy{n}") for n in range(100)])
    found = Opinion(state, state.after({**worse, **easy}))
    assert "diluted" in found.broken
    assert not {"underestimation", "waste-band"} & found.broken


def test_calls_predicted_to_the_token_flatter_and_bad_news_does_not() -> None:
    state = registry([call(800, phase=f"p{n}") for n in range(6)])
    easy = added([call(1100, phase=f"easy{n}") for n in range(20)])
    missed = added([call(3300, phase=f"bad{n}") for n in range(20)])
    assert Opinion(state, state.after(easy)).flattered
    assert not Opinion(state, state.after(missed)).flattered


def test_an_alias_that_no_call_carries_is_unmeasured() -> None:
    state = registry(GOOD)
    moved = {}
    for category, aliases in (("docs", []), ("tests", ["documentation"])):
        file = f"coefficients/overhead/{category}.yaml"
        moved[file] = dumped({**state.document(file), "aliases": aliases})
    assert Opinion(state, state.after(moved)).broken == {"unmeasured"}
    used = registry([call(1000, category="documentation", phase=f"p{n}") for n in range(6)])
    assert Opinion(used, used.after(moved)).broken == set()  # the values are the same


def test_path_rules_that_match_no_path_are_unmeasured() -> None:
    state = registry(GOOD)
    file = "coefficients/file_kinds.yaml"

    def rules(*paths: str) -> dict[str, bytes]:
        return {
            file: dumped({"rules": [{"kind": "doc", "paths": list(paths)}], "default": "backend"})
        }

    assert Opinion(state, state.after(rules("*.md", "*.rst"))).broken == {"unmeasured"}
    # Each call is a page now and gets 1,300: from 9.52 to 26.09 points.
    assert Opinion(state, state.after(rules("*.md", "src/**"))).broken == {"stratum-regression"}


# --- The gate says the same


READ: Memo = {}
"""The files that the gate has read already."""


@pytest.fixture(scope="module")
def gate(by_hand: Fileset) -> Iterator[Judgement]:
    """The gate, about the registry against itself, to be asked about others."""
    with ScratchRepository() as scratch:
        base = scratch.commit(by_hand.files, parent=None)
        scratch.check_out(base)
        with judging(Path(scratch.folder), base=base, head=base) as judgement:
            yield judgement


@settings(max_examples=150)
@given(data=st.data())
def test_drill_and_gate_agree_on_changed_numbers(
    by_hand: Fileset, gate: Judgement, data: st.DataObject
) -> None:
    head = by_hand
    told = []
    for name in data.draw(
        st.lists(st.sampled_from(numbers(by_hand)), min_size=1, max_size=3, unique=True)
    ):
        times = data.draw(st.fractions(min_value=Fraction(1, 5), max_value=5, max_denominator=50))
        new = name.times(times)
        if in_range(name, new):
            tried = head.after(with_value(head, name, new))
            if rises(tried):
                head = tried
                told.append(step(name, new))
    by_gate = gate.trial(read_registry(FilesTree(head.files), READ))
    red = {rule.rule for rule in by_gate if rule.status != "pass"}
    assert Opinion(by_hand, head).broken == red & JUDGED, told
    assert red <= JUDGED, told


@pytest.mark.parametrize("seed", range(4))
def test_drill_and_gate_agree_on_changes_that_bring_calls_along(
    by_hand: Fileset, seed: int
) -> None:
    known = eligible(by_hand)
    likes = known[seed * 7 : seed * 7 + 7]
    with ScratchRepository() as scratch:
        base = scratch.commit(by_hand.files, parent=None)
        scratch.check_out(base)
        for times in (Fraction(1, 3), Fraction(9, 10), Fraction(2)):
            drafts = [
                new_call(like, index, int(like.fields["actual_output_tokens"] * times))
                for index, like in enumerate(likes)
            ]
            one = numbers(by_hand)[(seed * 5 + times.numerator) % len(numbers(by_hand))]
            new = one.times(Fraction(13, 10))
            values = with_value(by_hand, one, new) if in_range(one, new) else {}
            if not rises(by_hand.after(values)):
                values = {}
            files = {**added(drafts), **values}
            head = scratch.commit(files, parent=base)
            with judging(Path(scratch.folder), base=base, head=head, memo=READ) as by_gate:
                red = {rule.rule for rule in by_gate.report.rules if rule.status != "pass"}
            ours = Opinion(by_hand, by_hand.after(files))
            assert ours.broken == red & JUDGED, (one.name, times)
            # What clearly flatters, and what clearly does not; between them the drill plants
            # nothing.
            assert "flattered" in red or not ours.flattered, (one.name, times)
            assert "flattered" not in red or ours.may_flatter, (one.name, times)

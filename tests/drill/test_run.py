"""What the drill makes of the answers of gates that are broken, each in its own way."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from coefgate.drill.fileset import Fileset
from coefgate.drill.plant import Plant, Planting, passes
from coefgate.drill.run import Answer, Drill, Gate, Row, rows, unsaid
from tests.drill.conftest import REMEMBERED, Memory, says

REGRESSIONS = tuple(kind for kind in REMEMBERED if kind.side == "regression")
HARMLESS = tuple(kind for kind in REMEMBERED if kind.side == "harmless")

ALL_RULES = (
    *(
        "smape",
        "underestimation",
        "waste-band",
        "waste-p90",
        "stratum-regression",
        "diluted",
        "flattered",
    ),
    *("retired-with-values", "sample-removed", "sample-changed", "cell-shrunk", "corrected"),
    "coefficient-removed",
    *("unmeasured", "swing", "fit-claims", "gates-loosened", "judge-and-values"),
)


def drill(state: Fileset, gate: Gate) -> dict[str, Row]:
    return {row.kind: row for row in rows(state, REMEMBERED, seed=1, gate=gate, scratch=Memory())}


def wrong(found: dict[str, Row]) -> set[str]:
    return {name for name, row in found.items() if row.status == "wrong"}


def test_a_gate_that_lets_everything_through_is_found_out(by_hand: Fileset) -> None:
    found = drill(by_hand, lambda _: says(0))
    silent = {
        name for name, row in found.items() if row.exit_code == 0 and " is None, not " in row.note
    }
    assert wrong(found) == {kind.name for kind in REGRESSIONS} | silent
    assert {found[kind.name].status for kind in HARMLESS if kind.name not in silent} == {"ok"}


def test_a_gate_that_stops_everything_is_found_out(by_hand: Fileset) -> None:
    found = drill(by_hand, lambda _: says(1, *ALL_RULES))
    others = {kind.name for kind in REGRESSIONS if kind.expected != "stopped"}
    silent = {name for name, row in found.items() if " is None, not " in row.note}
    assert wrong(found) == {kind.name for kind in HARMLESS} | others | silent


def test_a_gate_that_refuses_everything_is_found_out(by_hand: Fileset) -> None:
    found = drill(
        by_hand, lambda _: says(3, err="a.yaml:1:1  is bad\n1 problem: nothing was done.\n")
    )
    assert wrong(found) == {kind.name for kind in REMEMBERED if kind.expected != "refused"}
    assert found["yaml-tag"].note == "a.yaml:1:1  is bad"


def test_a_gate_that_stops_a_regression_for_another_reason_is_found_out(by_hand: Fileset) -> None:
    found = drill(by_hand, lambda _: says(1, "waste-p90"))
    assert found["sample-removed"].status == "wrong"
    assert found["sample-removed"].note == "stopped, but not by sample-removed"


def test_a_gate_in_which_one_of_the_rules_sees_nothing_is_found_out(by_hand: Fileset) -> None:
    for kind in (one for one in REMEMBERED if one.side == "regression"):
        plant = kind.plant(by_hand, Random(f"1/{kind.name}"))  # noqa: S311 (draws, no secrets)
        again = replace(kind, plant=_always(plant))
        for blind in sorted(plant.rules):
            answer = says(1, *plant.rules - {blind})
            (row,) = rows(by_hand, [again], seed=1, gate=_says(answer), scratch=Memory())
            assert (row.status, row.note) == ("wrong", f"stopped, but not by {blind}"), kind.name


def _says(answer: Answer) -> Gate:
    return lambda _: answer


def _always(plant: Plant) -> Planting:
    return lambda _state, _chance: plant


def test_a_gate_that_does_not_say_what_it_must_is_found_out(by_hand: Fileset) -> None:
    kind = passes(
        "told", "", _always(Plant("w", {}, report={"headline": re.compile("^NO WORSE")}))
    )

    def row(headline: str) -> Row:
        answer = Answer(0, json.dumps({"rules": [], "headline": headline}), "")
        (found,) = rows(by_hand, [kind], seed=1, gate=lambda _: answer, scratch=Memory())
        return found

    assert row("NO WORSE – the registry misses smape").status == "ok"
    assert (row("PASS").status, row("PASS").note) == (
        "wrong",
        "headline is 'PASS', not '^NO WORSE'",
    )


def test_a_gate_that_breaks_down_is_found_out(by_hand: Fileset) -> None:
    found = drill(by_hand, lambda _: Answer(70, "", "This is a bug in Coefgate\n…"))
    assert wrong(found) == {kind.name for kind in REMEMBERED}
    assert (found["comment"].verdict, found["comment"].note) == (
        "error",
        "This is a bug in Coefgate",
    )


def test_what_is_no_report_names_no_rules(by_hand: Fileset) -> None:
    found = drill(by_hand, lambda _: Answer(1, "all is well", ""))
    assert found["sample-removed"].status == "wrong"
    assert found["sample-removed"].rules == ()


def test_each_proposal_starts_from_what_was_accepted(by_hand: Fileset) -> None:
    scratch, asked = Memory(), []

    def gate(arguments: Sequence[str]) -> Answer:
        asked.append(list(arguments))
        return says(0)

    kinds = [kind for kind in REMEMBERED if kind.name in {"sample-removed", "revert"}]
    list(rows(by_hand, kinds, seed=1, gate=gate, scratch=scratch))
    # The accepted state and one proposal; then three accepted changes and one proposal on the same
    # state.
    parents = [parent for parent, _ in scratch.commits]
    assert parents == [None, "commit-1", "commit-1", "commit-3", "commit-4", "commit-5"]
    assert scratch.commits[0][1] == by_hand.files
    assert asked[1] == [
        "gate",
        "--base",
        "commit-5",
        "--head",
        "commit-6",
        "--registry",
        "/nowhere",
        "--format",
        "json",
    ]


def test_a_released_past_begins_with_a_release(by_hand: Fileset) -> None:
    scratch = Memory()
    kinds = [kind for kind in REMEMBERED if kind.name in {"sample-removed", "swing-in-steps"}]
    list(rows(by_hand, kinds, seed=1, gate=lambda _: says(0), scratch=scratch))
    # A release of its own with a step and a proposal; the root without one, with its proposal.
    assert [parent for parent, _ in scratch.commits] in (
        [None, "commit-1", None, "commit-3", "commit-4"],
        [None, "commit-1", "commit-2", None, "commit-4"],
    )
    assert len(scratch.released) == 1
    assert (
        scratch.commits[int(scratch.released[0].removeprefix("commit-")) - 1][1] == by_hand.files
    )


def test_a_tagged_past_ends_with_a_release(by_hand: Fileset) -> None:
    scratch = Memory()
    kinds = [kind for kind in REMEMBERED if kind.name == "swing-past-a-tag"]
    list(rows(by_hand, kinds, seed=1, gate=lambda _: says(0), scratch=scratch))
    assert [parent for parent, _ in scratch.commits] == [None, "commit-1", "commit-2"]
    assert scratch.released == ["commit-2"]


def test_counts_are_those_of_what_was_planted() -> None:
    def row(kind: str, status: str) -> Row:
        return Row(kind, "regression", "f", "w", "stopped", 1, "fail", (), status, "")  # type: ignore[arg-type]

    found = Drill(1, (row("a", "ok"), row("b", "wrong"), row("c", "not-planted")))
    assert [one.kind for one in found.planted("regression")] == ["a", "b"]
    assert [one.kind for one in found.right("regression")] == ["a"]
    assert [one.kind for one in found.wrong] == ["b"]
    assert found.planted("harmless") == ()


# --- What a report must say: places in it, and what stands there

REPORT = {
    "headline": "PASS – nothing changed",
    "metrics": {"head": {"samples": 58, "smape_mean": 41.3000004}},
    "rules": [{"rule": "smape", "known": None}, {"rule": "waste-band", "known": 1.25}],
    "notes": ["one thing", "20 of 40 calls use the fallback: model gpt-5.1"],
}


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"headline": "PASS – nothing changed"},
        {"headline": re.compile("^PASS")},
        {"metrics.head.samples": 58, "metrics.head.smape_mean": 41.3},
        {"rules.smape.known": None, "rules.waste-band.known": 1.25, "rules.0.rule": "smape"},
        {"notes": re.compile("use the fallback")},
        {"notes.1": re.compile("^20 of 40")},
    ],
)
def test_what_is_told_is_found(told: dict[str, object]) -> None:
    assert not list(unsaid(REPORT, told))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"headline": "PASS"}, "headline is 'PASS – nothing changed', not 'PASS'"),
        ({"headline": re.compile("WORSE$")}, "headline is 'PASS – nothing changed', not 'WORSE$'"),
        ({"rules.smape.known": 41.3}, "rules.smape.known is None, not 41.3"),
        ({"rules.nothing.known": 1}, "rules.nothing.known is None, not 1"),
        ({"rules.7.known": 1}, "rules.7.known is None, not 1"),
        (
            {"metrics.head.smape_mean": 41.30001},
            "metrics.head.smape_mean is 41.3000004, not 41.30001",
        ),
    ],
)
def test_what_is_told_otherwise_is_named_with_its_place(
    told: dict[str, object], said: str
) -> None:
    assert list(unsaid(REPORT, told)) == [said]


def test_without_a_report_nothing_is_told() -> None:
    assert list(unsaid(None, {"headline": "PASS"})) == ["headline is None, not 'PASS'"]

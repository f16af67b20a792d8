"""What is known stays known: no scored call leaves its cell, but for retirements with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import pytest

from coefgate.gates.cell_shrunk import cell_shrunk
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Coefficients, Scope
from coefgate.samples.model import Sample
from tests.gates.builders import plain_registry, proposal, retirement, state
from tests.registry.builders import merged, removed, renamed
from tests.replay.builders import sample

PLAIN: Final = plain_registry()
CALLS: Final = tuple(sample(n, 1000) for n in range(1, 6))


def _shrunk(
    before: Sequence[Sample],
    after: Sequence[Sample],
    *,
    retired: Iterable[Sample] = (),
    base: Coefficients = PLAIN,
    head: Coefficients = PLAIN,
) -> RuleResult:
    one = proposal(state(base, before), state(head, after, [retirement(call) for call in retired]))
    return cell_shrunk(one)


def _correction(number: int, of: Sample, **fields: Any) -> Sample:
    return replace(of, id=f"{number:032x}", line=number, supersedes=of.id, **fields)


def test_not_one_call_may_go() -> None:
    found = _shrunk(CALLS, CALLS[1:])
    assert found.status == "fail"
    assert [one.message for one in found.findings] == ["tests/low has 4 eligible calls, and had 5"]
    assert _shrunk(CALLS, CALLS).status == "pass"


@pytest.mark.parametrize(
    "fields",
    [{"category": "docs"}, {"complexity": "high"}, {"success": False}, {"paths": "partial"}],
    ids=str,
)
def test_a_correction_may_not_take_a_call_out_of_its_cell(fields: dict[str, Any]) -> None:
    found = _shrunk(CALLS, [*CALLS, _correction(9, CALLS[0], **fields)])
    assert [one.message for one in found.findings] == ["tests/low has 4 eligible calls, and had 5"]
    assert (
        _shrunk(CALLS, [*CALLS, _correction(9, CALLS[0], actual_output_tokens=7)]).status == "pass"
    )


def test_retirements_of_the_change_do_not_count_and_excuse_no_other() -> None:
    assert _shrunk(CALLS, CALLS, retired=CALLS[:2]).status == "pass"
    moved = _correction(9, CALLS[4], category="docs")
    found = _shrunk(CALLS, [*CALLS, moved], retired=CALLS[:2])
    assert [one.message for one in found.findings] == ["tests/low has 2 eligible calls, and had 5"]


def test_a_retirement_in_one_cell_excuses_none_in_another() -> None:
    docs = sample(7, 1000, category="docs")
    found = _shrunk([*CALLS, docs], CALLS, retired=CALLS[:1])
    [told] = [one.message for one in found.findings]
    assert told == "docs/low has 0 eligible calls, and had 1"


def test_calls_count_in_the_scope_of_base() -> None:
    calls = [sample(n, 1000, model="claude-a") for n in range(1, 4)]
    blind = replace(PLAIN, gates=replace(PLAIN.gates, scope=Scope(("gpt-*",), None)))
    assert _shrunk(calls, calls[1:], head=blind).status == "fail"
    assert _shrunk(calls, calls, head=blind).status == "pass"
    assert _shrunk(calls, calls[1:], base=blind).status == "pass"


def test_calls_that_a_new_unit_does_not_count_are_lost() -> None:
    assert _shrunk(CALLS, CALLS, head=replace(PLAIN, unit="turn")).status == "fail"


def test_cells_are_those_of_head() -> None:
    assert _shrunk(CALLS, CALLS, head=renamed(PLAIN, "tests", "checks")).status == "pass"
    relabelled = [*CALLS, _correction(9, CALLS[0], category="checks")]
    assert _shrunk(CALLS, relabelled, head=renamed(PLAIN, "tests", "checks")).status == "pass"
    assert _shrunk(CALLS, relabelled).status == "fail"
    assert _shrunk(CALLS, CALLS, head=merged(PLAIN, "tests", "docs")).status == "pass"
    assert (
        _shrunk(CALLS, CALLS, head=removed(PLAIN, "tests")).status == "pass"
    )  # the label is kept


# --- Calls that were cut off

CUT_OFF: Final = sample(8, 900, truncated=True, success=None, max_output_tokens=1000, phase_id="p")


def test_a_call_that_was_cut_off_may_become_complete_and_not_nothing() -> None:
    whole = _correction(9, CUT_OFF, truncated=False, success=True)
    failed = _correction(9, CUT_OFF, truncated=False, success=False)
    assert _shrunk([CUT_OFF], [CUT_OFF, whole]).status == "pass"
    found = _shrunk([CUT_OFF], [CUT_OFF, failed])
    [told] = found.findings
    assert " cut off at 900 tokens, no longer counts: it was replaced by " in told.message
    assert (told.file, told.line) == (failed.file, failed.line)
    # Neither may a line about other files take its place that corrects some other call.
    failed_before = sample(10, 900, success=False, phase_id="q")
    instead = replace(
        CUT_OFF,
        id="e" * 32,
        deliverables=(),
        observed_at="2020-01-01T00:00:00Z",
        supersedes=failed_before.id,
    )
    displaced = _shrunk([CUT_OFF, failed_before], [instead, CUT_OFF, failed_before])
    assert [one.file for one in displaced.findings] == [instead.file]
    less = _correction(9, CUT_OFF, actual_output_tokens=1)
    more = _correction(9, CUT_OFF, actual_output_tokens=901)
    assert _shrunk([CUT_OFF], [CUT_OFF, less]).status == "fail"
    assert _shrunk([CUT_OFF], [CUT_OFF, more]).status == "pass"
    assert _shrunk([CUT_OFF], [CUT_OFF], retired=[CUT_OFF]).status == "pass"


@pytest.mark.parametrize(("category", "status"), [("tests", "pass"), ("docs", "fail")])
def test_a_call_that_was_cut_off_is_not_displaced_by_one_of_another_cell(
    category: str, status: str
) -> None:
    one_more = replace(
        CUT_OFF, id=f"{9:032x}", line=9, actual_output_tokens=901, category=category
    )
    assert _shrunk([CUT_OFF], [CUT_OFF, one_more]).status == status

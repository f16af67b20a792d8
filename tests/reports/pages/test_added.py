"""What became of new calls, in a few lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from coefgate.reports.pages.added import added_dict, added_text
from coefgate.samples.status import Audited, Status
from coefgate.samples.store import Added, add_samples
from tests.samples.conftest import call

FACTS = {"origin": "here", "success": True}


def _added(root: Path, *drafts: dict[str, Any], **options: Any) -> Added:
    lines = [orjson.dumps(draft) + b"\n" for draft in drafts]
    return add_samples(lines, source="calls.jsonl", root=root, **options)


def _audited(added: Added, *statuses: tuple[Status, str]) -> list[Audited]:
    return [Audited(added.added[0], *one) for one in statuses]


def _without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in call().items() if name not in names}


def test_a_complete_call_is_told_in_a_line_and_the_next_step(tmp_path: Path) -> None:
    found = _added(tmp_path, call())
    assert added_text(found) == f"1 call stored in {found.path}\nnext: coefgate gate"
    again = _added(tmp_path, call())
    assert added_text(again) == "nothing new; 1 call stored before"
    assert added_text(_added(tmp_path)) == "nothing new: the file holds no call"


def test_what_was_left_out_is_told_by_number_of_calls(tmp_path: Path) -> None:
    found = _added(
        tmp_path,
        _without("origin", "model", "success", "reference"),
        _without("origin", "reference", "model") | {"attempt": 2},
        facts=FACTS,
        reference="calls.jsonl",
        dry_run=True,
    )
    assert added_text(found).splitlines() == [
        f"2 calls would be stored in {found.path}",
        "stated for 2 calls: origin=here, reference=calls.jsonl:LINE",
        "stated for 1 call: success=true",
        (
            "left out, so unknown or none, by 2 calls: call_id, deliverables_from, model, "
            "reasoning_tokens"
        ),
        "nothing was written",
    ]


def test_why_calls_are_not_scored_is_told_with_the_most_frequent_reasons(tmp_path: Path) -> None:
    found = _added(tmp_path, call())
    others: list[tuple[Status, str]] = [("partial", f"because {one}") for one in "abcde"]
    audited = _audited(
        found,
        ("eligible", ""),
        ("failed", "the call failed"),
        ("censored", "cut off at 9 tokens"),
        ("undeclared", "its success is not known"),
        ("undeclared", "its success is not known"),
        *others,
    )
    assert added_text(found, audited).splitlines()[1:-1] == [
        "not scored: 2 calls, undeclared: its success is not known",
        *(f"not scored: 1 call, partial: because {number}" for number in "abc"),
        "not scored: 2 further reasons: coefgate samples audit",
    ]


def test_the_same_for_programs(tmp_path: Path) -> None:
    found = _added(tmp_path, _without("origin", "model"), facts=FACTS)
    audited = _audited(found, ("undeclared", "why"))
    assert added_dict(found, audited) == {
        "path": found.path,
        "written": True,
        "added": 1,
        "known": 0,
        "erased": 0,
        "facts": {"origin": "here"},
        "filled": {
            "origin": 1,
            "call_id": 1,
            "deliverables_from": 1,
            "model": 1,
            "reasoning_tokens": 1,
        },
        "statuses": {"undeclared": 1},
    }

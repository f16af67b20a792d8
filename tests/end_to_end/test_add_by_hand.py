"""Calls are stored with the facts that somebody has, and with one remedy for each problem."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Coefgate, Git

STATED = ("--origin", "by-hand", "--fact", "unit=call", "--fact", "paths=real")


def _calls(count: int = 40, **facts: Any) -> bytes:
    """Calls as somebody writes them who knows five facts of each."""
    return b"".join(
        json.dumps(
            {
                "category": "tests",
                "complexity": "low",
                "deliverables": [f"create:tests/test_{number}.py"],
                "actual_output_tokens": 1000 + number,
                "success": True,
                "truncated": False,
                **facts,
            }
        ).encode()
        + b"\n"
        for number in range(count)
    )


@pytest.fixture
def calls(registry: Path) -> Path:
    file = registry / "calls.jsonl"
    file.write_bytes(_calls())
    return file


def test_what_lacks_in_many_lines_is_told_once(calls: Path, coefgate: Coefgate) -> None:
    found = coefgate("samples", "add", "calls.jsonl")
    assert (found.code, found.out) == (3, "")
    lines = found.err.splitlines()
    assert [line.split(";")[0] for line in lines] == [
        "calls.jsonl:1:1  origin is missing",
        "    and 39 more like it in lines 2–40",
        "calls.jsonl:1:1  paths is missing",
        "    and 39 more like it in lines 2–40",
        "calls.jsonl:1:1  unit is missing",
        "    and 39 more like it in lines 2–40",
        "120 problems: nothing was done.",
    ]
    assert not (calls.parent / "samples/by-hand").exists()


def test_calls_that_state_five_facts_are_stored_and_scored(
    calls: Path, git: Git, coefgate: Coefgate
) -> None:
    planned = coefgate("samples", "add", "calls.jsonl", *STATED, "--dry-run")
    assert planned.code == 0, planned.text
    first, stated, left_out, last = planned.out.splitlines()
    assert first.startswith("40 calls would be stored in samples/by-hand/undated-")
    assert stated == (
        "stated for 40 calls: origin=by-hand, reference=calls.jsonl:LINE, paths=real, unit=call"
    )
    assert left_out.startswith("left out, so unknown or none, by 40 calls: call_id, observed_at,")
    assert last == "nothing was written"
    assert git("status", "--porcelain") == "?? calls.jsonl"
    done = coefgate("samples", "add", "calls.jsonl", *STATED)
    assert done.out.splitlines()[-1] == "next: coefgate gate"
    assert "40 calls stored" in done.out
    before = json.loads(coefgate("samples", "audit", "--format", "json").out)
    assert coefgate("check").code == 0
    again = coefgate("samples", "add", str(calls), *STATED, cwd=calls.parent / "coefficients")
    assert again.out == "nothing new; 40 calls stored before\n"
    assert json.loads(coefgate("samples", "audit", "--format", "json").out) == before


def test_standard_input(registry: Path, coefgate: Coefgate) -> None:
    refused = coefgate("samples", "add", "-", *STATED, stdin=_calls())
    assert refused.code == 3
    assert refused.err.startswith("<stdin>:1:1  reference is missing; ")
    assert "give the calls in a file" in refused.err
    lines = _calls(1, reference="log:1") + _calls(1, reference="log:2")
    done = coefgate("samples", "add", "-", *STATED, "--format", "json", stdin=lines)
    told = json.loads(done.out)
    assert (told["added"], told["written"], told["statuses"]) == (2, True, {"eligible": 2})
    assert (registry / told["path"]).is_file()
    assert coefgate("samples", "add", "-", *STATED, stdin=lines).out.startswith("nothing new; 2")
    assert coefgate("samples", "add", "-").out == "nothing new: the file holds no call\n"


def test_calls_that_will_not_be_scored_are_told_why(registry: Path, coefgate: Coefgate) -> None:
    (registry / "calls.jsonl").write_bytes(_calls(3, success=None) + _calls(1, truncated=None))
    options = ("--origin", "by-hand", "--fact", "unit=call", "--fact", "paths=real")
    found = coefgate("samples", "add", "calls.jsonl", *options, "--dry-run")
    assert "not scored: 3 calls, undeclared: its success is not known\n" in found.out
    assert "not scored: 1 call, undeclared: its truncation is not known\n" in found.out
    settled = (*options, "--fact", "success=true", "--fact", "truncated=false")
    assert "not scored" not in coefgate("samples", "add", "calls.jsonl", *settled).out


def test_a_foreign_label_is_warned_of_before_it_is_stored(
    registry: Path, coefgate: Coefgate
) -> None:
    (registry / "calls.jsonl").write_bytes(_calls(2, category="databse"))
    found = coefgate("samples", "add", "calls.jsonl", *STATED, "--dry-run")
    assert found.err == (
        "coefgate: warning: category databse is not declared (did you mean database?): 2 calls; "
        "they would be stored, and the fallback would serve them\n"
    )


def test_a_fact_that_is_none_is_told(calls: Path, coefgate: Coefgate) -> None:
    found = coefgate("samples", "add", "calls.jsonl", "--fact", "units=call")
    assert (found.code, found.err) == (
        2,
        "coefgate: units is not a field that all calls may share. Did you mean unit?\n",
    )


def test_check_tells_many_of_a_kind_once(registry: Path, coefgate: Coefgate) -> None:
    store = registry / "samples/by-hand/undated-00000000.jsonl"
    store.parent.mkdir()
    store.write_bytes(b'{"id":"x"}\n' * 5)
    found = coefgate("check")
    place = "samples/by-hand/undated-00000000.jsonl"
    assert found.out.count(f"{place}:1:1  unit is missing") == 1
    assert "and 4 more like it in lines 2–5" in found.out
    problems = json.loads(coefgate("check", "--format", "json").out)["problems"]
    assert sum(one["path"] == "unit" for one in problems) == 5
    assert coefgate("check", "--format", "github").out.count("::unit is missing") == 5


@pytest.mark.parametrize("name", ["a\nb.jsonl", "a\udcff.jsonl", " a.jsonl", "\x1b[31m.jsonl"])
def test_a_file_of_any_name_is_a_reference(tmp_path: Path, coefgate: Coefgate, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(_calls(1))
    found = coefgate("samples", "add", str(file), *STATED, "--dry-run")
    assert found.code == 0, found.err
    assert "1 call would be stored" in found.out
    file.write_bytes(b"{}\n")
    found = coefgate("samples", "add", str(file), *STATED, "--dry-run")
    assert found.code == 3
    assert found.err.splitlines()[-1] == "2 problems: nothing was done."  # tokens, deliverables

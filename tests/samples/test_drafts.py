"""Lines as people write them become whole lines, and what is wrong is told where it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from coefgate.core.problems import InvalidInput, Problem
from coefgate.samples.drafts import Drafts
from coefgate.samples.model import sample_id
from coefgate.samples.store import Added, add_samples
from tests.samples.conftest import call, line

LEAST: dict[str, Any] = {
    "reference": "calls.csv:2",
    "deliverables": ["src/text.py"],
    "paths": "real",
    "unit": "call",
    "actual_output_tokens": 1218,
}


def _lines(*drafts: dict[str, Any]) -> list[bytes]:
    return [orjson.dumps(draft) + b"\n" for draft in drafts]


def _add(root: Path, *lines: bytes, **options: Any) -> Added:
    return add_samples(lines, source="calls.jsonl", root=root, **options)


def _problems(root: Path, *lines: bytes, **options: Any) -> tuple[Problem, ...]:
    with pytest.raises(InvalidInput) as error:
        _add(root, *lines, **options)
    assert not (root / "samples").exists()
    return error.value.problems


def test_a_draft_is_completed_and_gets_its_id() -> None:
    drafts = Drafts(_lines(LEAST), {"origin": "here"}, "calls.jsonl")
    for _ in range(2):  # they may be gone through again
        (stored,) = map(orjson.loads, drafts)
        assert stored.pop("id") == sample_id(stored)
        assert (stored["origin"], stored["reference"]) == ("here", "calls.csv:2")
    assert set(drafts.filled) == {1}
    assert {"origin", "model", "deliverables[].operation"} <= set(drafts.filled[1])


def test_a_complete_line_stays_byte_for_byte() -> None:
    spaced = line().replace(b',"', b', "')
    drafts = Drafts([line(), spaced, line(call_id="msg_1")], {"model": "other"})
    assert list(drafts) == [line(), spaced, line(call_id="msg_1")]
    assert drafts.filled == {}


def test_a_call_without_reference_is_looked_up_in_its_line() -> None:
    silent = {key: value for key, value in LEAST.items() if key != "reference"}
    drafts = Drafts(_lines(LEAST, silent, silent), reference="logs/calls.jsonl")
    found = [orjson.loads(one)["reference"] for one in drafts]
    assert found == ["calls.csv:2", "logs/calls.jsonl:2", "logs/calls.jsonl:3"]
    assert drafts.given == {"reference": "logs/calls.jsonl:LINE"}


def test_numbers_of_lines_count_lines_and_not_pieces(tmp_path: Path) -> None:
    # Pieces of a line that is too long have no line end.
    pieces = [b"[" * 10, b"[" * 10, b"]\n", *_lines(LEAST)]
    assert list(Drafts(pieces, {"origin": "here"}))[:3] == pieces[:3]
    drafts = Drafts(pieces, reference="calls.jsonl")
    list(drafts)
    assert set(drafts.filled) == {2}


def test_the_last_line_may_lack_its_end(tmp_path: Path) -> None:
    done = _add(tmp_path, line(), line(attempt=2)[:-1])
    assert len(done.added) == 2
    (partial,) = Drafts([orjson.dumps(LEAST)], {"origin": "here"})
    assert (partial[-1:], orjson.loads(partial)["origin"]) == (b"\n", "here")


def test_a_last_line_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    (problem,) = _problems(tmp_path, line(), line(attempt=2)[:-2])
    assert (problem.line, problem.code) == (2, "cut-off")


@pytest.mark.parametrize("rubbish", [b"\n", b"[]\n", b"7\n", b"{\n", b'{"origin":"x"'])
def test_what_is_no_object_is_left_to_the_reader(rubbish: bytes) -> None:
    assert list(Drafts([rubbish], {"unit": "call"}, "calls.jsonl")) == [rubbish]


def test_what_was_left_out_is_counted_for_new_calls_only(tmp_path: Path) -> None:
    known = LEAST | {"model": "m", "reference": "a"}
    first = _add(tmp_path, *_lines(known), facts={"origin": "here"})
    assert (first.filled["origin"], first.filled["success"]) == (1, 1)
    assert "model" not in first.filled
    again = _add(
        tmp_path,
        *_lines(known, LEAST | {"success": True}, LEAST | {"reference": "b"}),
        facts={"origin": "here"},
    )
    assert len(again.known) == 1
    assert (again.filled["origin"], again.filled["success"], again.filled["model"]) == (2, 1, 2)
    assert again.facts == {"origin": "here"}


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    lines, facts = _lines(LEAST), {"origin": "here"}
    planned = _add(tmp_path, *lines, facts=facts, dry_run=True)
    assert (planned.written, list(tmp_path.iterdir())) == (False, [])
    done = _add(tmp_path, *lines, facts=facts)
    assert done.written
    assert (done.path, done.added, done.filled) == (planned.path, planned.added, planned.filled)


# --- Problems


def test_a_missing_fact_says_where_it_may_come_from(tmp_path: Path) -> None:
    problems = _problems(tmp_path, *_lines({"deliverables": ["a.py"]}))
    fixes = {one.path: one.fix for one in problems}
    assert set(fixes) == {"origin", "reference", "paths", "unit", "actual_output_tokens"}
    assert all(one.found == "is missing" for one in problems)
    assert fixes["origin"].startswith('Add "origin", or state it for all calls that lack it: --or')
    assert "--fact unit=WORD. call: one request, to which a ceiling applies." in fixes["unit"]
    assert "--fact paths=WORD. What is known about the deliverables. real: the" in fixes["paths"]
    assert "give the calls in a file" in fixes["reference"]
    assert fixes["actual_output_tokens"] == 'Add "actual_output_tokens".'


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("write:b.py", "'write:b.py' begins with no operation (create, modify or unknown)"),
        ("creat:b.py", "did you mean create"),
        ("create@12:b.py", "one that is created has none."),
        ("create:", "names no path"),
        ("x" * 99 + ":b.py", 'Write {"path":PATH,"operation":"unknown","bytes_before":null}.'),
    ],
)
def test_a_text_that_spells_no_deliverable_is_told_why(
    tmp_path: Path, text: str, fix: str
) -> None:
    draft = LEAST | {"deliverables": [text]}
    (problem,) = _problems(tmp_path, *_lines(draft), facts={"origin": "here"})
    assert problem.path == "deliverables[0]"
    assert fix in problem.fix
    assert problem.fix.endswith(".")


COMPLETED = {"origin": "here"}


@pytest.mark.parametrize(
    ("text", "path", "at"),
    [
        # The second deliverable, whatever the first one became.
        ('"deliverables":["a.py","write:b.py"]', "deliverables[1]", '"write'),
        ('"deliverables":["a.py","create:/b.py"]', "deliverables[1].path", '"create'),
        ('"deliverables":["a.py",{"path":"b/../c"}]', "deliverables[1].path", '"b/'),
        ('"deliverables":["a.py",{"path":"c","op":"x"}]', "deliverables[1].op", '"op'),
        ('"deliverables":["a.py",{"operation":"create"}]', "deliverables[1].path", '{"op'),
        ('"deliverables":["a.py"],"modle":"m"', "modle", '"modle'),
        ('"deliverables":["a.py"],"attempt":0', "attempt", "0"),
        ('"deliverables":["a.py","a.py"]', "deliverables[1].path", '"a.py"]'),
        ('"deliverables":["a.py"],"attempt":1.0', "attempt", "1.0"),
        ('"deliverables":[],"attempt":NaN', "attempt", "NaN"),
        ('"deliverables":[],"attempt":1,"attempt":2', "attempt", '"attempt":2'),
    ],
)
def test_a_column_is_that_of_the_line_as_it_is_written(
    tmp_path: Path, text: str, path: str, at: str
) -> None:
    good = '"reference":"r","paths":"real","unit":"call","actual_output_tokens":9'
    draft = f"{{{text},{good}}}\n"
    (problem,) = _problems(tmp_path, draft.encode(), facts=COMPLETED)
    assert (problem.path, problem.line, problem.column) == (path, 1, draft.index(at) + 1)


def test_a_column_of_a_line_that_is_written_in_full_stays(tmp_path: Path) -> None:
    draft = orjson.dumps(call(unit="calls", model=None)) + b"\n"
    (problem,) = _problems(tmp_path, draft, facts={"model": "m"})
    assert problem.column == draft.index(b'"calls"') + 1


def test_two_calls_that_nothing_tells_apart_are_told_where_they_are_written(
    tmp_path: Path,
) -> None:
    drafts = _lines(LEAST, LEAST | {"actual_output_tokens": 7})
    problems = _problems(tmp_path, *drafts, facts=COMPLETED)
    assert {one.line for one in problems} == {2}
    assert all(one.column <= len(drafts[1]) for one in problems)


def test_a_completed_line_with_the_id_of_what_it_leaves_out_is_refused(tmp_path: Path) -> None:
    draft = LEAST | {"origin": "here", "id": "0" * 32}
    (problem,) = _problems(tmp_path, *_lines(draft))
    assert (problem.code, problem.path) == ("wrong-id", "id")


def test_a_problem_of_a_stored_line_keeps_its_place(tmp_path: Path) -> None:
    _add(tmp_path, line(), line(attempt=2))
    written = line(attempt=2, actual_output_tokens=9)
    with pytest.raises(InvalidInput) as error:
        _add(tmp_path, *_lines(LEAST | {"origin": "here"}), written)
    assert all(one.file == "calls.jsonl" for one in error.value.problems)
    assert [one.line for one in error.value.problems] == [2]

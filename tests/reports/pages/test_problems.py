"""Problems that one remedy mends are told once; formats of remarks and JSON have all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from coefgate.core.problems import Problem
from coefgate.reports.pages.problems import check_dict, check_page, lines_words, problems_text
from coefgate.reports.render.github import workflow_commands

UNIT = Problem(
    "a.jsonl", 1, 1, "unit", "missing-key", "is missing", "it is call or turn", "Add it."
)


def _of(*lines: int, **others: Any) -> list[Problem]:
    return [replace(UNIT, line=line, **others) for line in lines]


def test_a_few_of_a_kind_are_told_one_by_one() -> None:
    few = _of(1, 2, 3)
    assert problems_text(few) == "\n".join([*map(str, few), "3 problems: nothing was done."])
    assert problems_text(few[:1]).endswith("\n1 problem: nothing was done.")


def test_many_of_a_kind_are_told_once() -> None:
    assert problems_text(_of(*range(1, 41))) == (
        f"{UNIT}\n    and 39 more like it in lines 2–40\n40 problems: nothing was done."
    )


def test_kinds_differ_by_file_code_value_and_remedy() -> None:
    lines = (1, 2, 3, 4)
    problems = sorted(
        [
            *_of(*lines),
            *_of(*lines, path="paths"),
            *_of(*lines, file="b.jsonl"),
            *_of(*lines, fix="Add another."),
            *_of(*lines, code="wrong-type"),
        ]
    )
    assert problems_text(problems).count("and 3 more like it in lines 2–4") == 5


def test_a_position_in_a_list_makes_no_kind_of_its_own() -> None:
    problems = [replace(UNIT, path=f"deliverables[{at}].operation") for at in range(12)]
    assert problems_text(problems).splitlines() == [
        f"{problems[0]}",
        "    and 11 more like it in line 1",
        "12 problems: nothing was done.",
    ]


def test_what_was_found_may_differ() -> None:
    problems = [replace(UNIT, line=at, found=f"is -{at}") for at in range(1, 6)]
    assert problems_text(problems).startswith(
        f"{problems[0]}\n    and 4 more like it in lines 2–5"
    )


def test_a_remedy_may_repeat_what_was_found() -> None:
    problems = [
        replace(UNIT, line=at, found=f'is the text "{at}"', fix=f"Write {at} without quotes.")
        for at in range(1, 6)
    ]
    assert problems_text(problems).startswith(
        f"{problems[0]}\n    and 4 more like it in lines 2–5"
    )


def test_lines_in_words() -> None:
    assert lines_words(_of(4)) == "line 4"
    assert lines_words(_of(4, 4, 4)) == "line 4"
    assert lines_words(_of(4, 5)) == "lines 4–5"
    assert lines_words(_of(9, 2, 3, 4, 7)) == "lines 2–4, 7, 9"
    assert lines_words(_of(*range(1, 99, 2))) == (
        "lines 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, …"
    )


def test_remarks_and_json_have_every_one() -> None:
    problems = [*_of(*range(1, 41)), *_of(50, path="paths")]
    remarks = workflow_commands(check_page(problems, 1, None), most=None)
    assert remarks.count("::error ") == 41
    assert "line=40,col=1" in remarks
    assert len(check_dict(problems, 1, None)["problems"]) == 41

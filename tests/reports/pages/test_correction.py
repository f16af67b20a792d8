"""A correction in words: every field, each value short enough to leave room for the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from coefgate.changes.sample_moves import Correction
from coefgate.core.vocabulary import Deliverable
from coefgate.reports.pages.correction import correction_words, field_lines
from coefgate.reports.render.markdown import LONGEST
from coefgate.samples.status import Audited
from tests.replay.builders import sample
from tests.reports.formats import verdict_annotations, verdict_markdown
from tests.reports.verdicts import SAMPLES, call, change

A, B = Deliverable("a.md", "create"), Deliverable("b.md", "modify", 1200)


def _correction(was: dict[str, Any], now: dict[str, Any]) -> Correction:
    before, after = sample(1, 3000, **was), sample(1, 3000, **now)
    return Correction(Audited(before, "undeclared", ""), Audited(after, "eligible", ""))


def test_a_file_is_told_by_its_path() -> None:
    was, now = (A, B), (Deliverable("a.md", "modify"), Deliverable("c.md", "create"))
    assert field_lines(_correction({"deliverables": was}, {"deliverables": now})) == [
        "deliverables: create:a.md → modify:a.md",
        "deliverables: modify:b.md of 1,200 bytes → none",
        "deliverables: none → create:c.md",
    ]


def test_an_order_and_a_repetition_are_told() -> None:
    other = _correction({"deliverables": (A, B)}, {"deliverables": (B, A)})
    assert field_lines(other) == ["deliverables: as they were → in another order"]
    twice = _correction({"deliverables": (A, A)}, {"deliverables": (A,)})
    assert field_lines(twice) == ["deliverables: create:a.md → none"]


def test_files_come_last_and_no_field_is_left_out() -> None:
    found = field_lines(
        _correction(
            {"deliverables": (A,), "category": None, "stop_reason": None},
            {"deliverables": (B,), "category": "docs", "stop_reason": "end\nturn"},
        )
    )
    assert [line.split(":")[0] for line in found] == [
        "category",
        "stop_reason",
        *["deliverables"] * 2,
    ]
    assert "stop_reason: null → end\\nturn" in found
    assert field_lines(_correction({}, {})) == ["no field differs"]


def test_a_missing_label_is_unknown() -> None:
    one = _correction(
        {"category": None, "complexity": None}, {"category": "docs", "complexity": "low"}
    )
    assert correction_words(one) == "unknown/unknown undeclared → docs/low 3,000 tokens"


def test_a_long_value_is_short_and_shows_where_it_differs() -> None:
    was, now = (f"{'x' * 400}{word}{'y' * 400}" for word in ("before", "after"))
    [line] = field_lines(_correction({"reference": was}, {"reference": now}), 60)
    assert line.startswith("reference: …xxxxxxxxxxbefore")
    assert "→ …xxxxxxxxxxafter" in line
    assert len(line) <= len("reference:  → ") + 2 * 60


def test_many_files_hide_neither_another_field_nor_another_correction(folder: Path) -> None:
    first, second = call(71, 3000, success=False), call(72, 3000, success=False)
    files = tuple(Deliverable(f"src/new_{n}.py", "create") for n in range(3000))
    report = change(
        folder,
        samples=(*SAMPLES, first, second),
        added=[
            call(73, 3001, supersedes=first.id, deliverables=files),
            call(74, 3002, supersedes=second.id),
        ],
    )
    page = verdict_markdown(report)
    assert len(page) <= LONGEST
    assert "left out of this page" in page
    for told in ("actual_output_tokens: 3000 → 3001", "actual_output_tokens: 3000 → 3002"):
        assert told in page
        assert told in verdict_annotations(report)
    assert page.count("success: false → true") == 2
    assert "more lines: the report has all of them." in verdict_annotations(report)

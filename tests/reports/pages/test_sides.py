"""What was compared with what, for who reads a terminal, a comment, or a short report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coefgate.reports.page import Page, Paragraph, fitting, unmarked
from coefgate.reports.pages.sides import judging_state, sides_blocks
from coefgate.use_cases.report import Report
from tests.reports.verdicts import BASE, DOCS_LOW, change

SHORT = BASE[:12]


def _said(page: Page, width: str) -> list[str]:
    found = [one for one in page if isinstance(one, Paragraph)]
    assert {one.width for one in found} == {width}
    return [unmarked(one.words) for one in found]


def _named(report: Report, name: str, found_by: str) -> Report:
    assert report.comparison is not None
    base = replace(report.comparison.base, name=name, found_by=found_by)
    return replace(report, comparison=replace(report.comparison, base=base))


def test_base_and_head_are_one_line_where_there_is_room(folder: Path) -> None:
    report = change(folder, behind=3)
    assert report.comparison is not None
    digest = report.head.digest.removeprefix("sha256:")[:12]
    assert _said(sides_blocks(report, "wide"), "wide") == [
        (
            f"base 1.2.3 ({SHORT}), origin/main by origin/HEAD → head 1.2.3+1.gabcdef0.dirty "
            "(worktree), 3 commits behind its target"
        ),
        f"digest {digest}",
    ]
    assert _said(sides_blocks(report, "narrow"), "narrow") == [
        f"base 1.2.3 ({SHORT}), origin/main by origin/HEAD, digest {digest}",
        "head 1.2.3+1.gabcdef0.dirty (worktree), 3 commits behind its target, digest " + digest,
    ]
    assert fitting(sides_blocks(report, "wide"), "narrow") == []


def test_digests_that_differ_are_both_there(folder: Path) -> None:
    report = change(folder, DOCS_LOW)
    assert report.comparison is not None
    base, head = (one.digest[7:19] for one in (report.comparison.base, report.head))
    assert _said(sides_blocks(report, "wide"), "wide")[1] == f"digest {base} → {head}"


@pytest.mark.parametrize(
    ("name", "found_by", "short", "whole"),
    [
        ("origin/main", "origin/HEAD", f"origin/main at {SHORT}", ", origin/main by origin/HEAD"),
        ("main", "main", f"main at {SHORT}", ", main"),
        (BASE, "--base", SHORT, " by --base"),
        (BASE[:9], "--base", SHORT, " by --base"),
    ],
)
def test_a_commit_is_named_once(
    name: str, found_by: str, short: str, whole: str, folder: Path
) -> None:
    report = _named(change(folder), name, found_by)
    assert _said(judging_state(report), "brief") == [short]
    first = _said(sides_blocks(report, "wide"), "wide")[0]
    assert first.startswith(f"base 1.2.3 ({SHORT}){whole} → head ")

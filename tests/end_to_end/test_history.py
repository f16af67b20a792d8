"""``coefgate history``: every value that a number had, and who gave it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate, Git
from tests.end_to_end.looking_back import DOCS, GATES, MARGINS, edit, json_of, set_docs_low


def test_the_history_of_a_number(registry: Path, git: Git, coefgate: Coefgate) -> None:
    set_docs_low(registry, 14000)
    git("commit", "-qam", "Lower docs\n\nReviewed-by: Grace <grace@example.org>")
    edit(registry, DOCS, "tokens: 14000", "tokens: 13000")
    document = json_of(coefgate, "history", "docs.low")
    assert (document["unit"], document["complete"]) == ("tokens", True)
    assert [(one["number"], one["before"]) for one in document["steps"]] == [
        (13000, 14000),
        (14000, 15490),
        (15490, None),
    ]
    assert [one["commit"] and one["commit"]["subject"] for one in document["steps"]] == [
        None,
        "Lower docs",
        "first",
    ]
    assert document["steps"][1]["people"] == [
        {"role": "Reviewed-by", "who": "Grace <grace@example.org>"}
    ]
    outcome = coefgate("history", "docs.low")
    lines = [" ".join(line.split()) for line in outcome.out.splitlines()]
    head, first = (git("rev-parse", "--short=12", revision) for revision in ("HEAD", "HEAD~1"))
    day = git("log", "-1", "--format=%cs")
    assert lines == [
        "value before since commit by what",
        "13,000 14,000 worktree not committed",
        f"14,000 15,490 {day} {head} A Tester Lower docs",
        "Reviewed-by: Grace <grace@example.org>",
        f"15,490 none {day} {first} A Tester first",
    ]
    assert outcome.err == ""


def test_history_says_what_is_odd(registry: Path, git: Git, coefgate: Coefgate) -> None:
    git("mv", DOCS, "coefficients/overhead/writing.yaml")
    edit(registry, "coefficients/overhead/writing.yaml", "category: docs", "category: writing")
    edit(registry, "coefficients/overhead/writing.yaml", "[documentation]", "[docs]")
    git("commit", "-qam", "rename")
    edit(registry, GATES, "rules:", "rulez:")
    git("commit", "-qam", "broken")
    git("revert", "--no-edit", "HEAD")
    git("rm", "-q", "coefficients/overhead/writing.yaml")
    git("commit", "-qm", "gone")
    out = coefgate("history", "docs.low").out
    assert out.count("called writing.low there") == 3
    assert "the registry is invalid here: coefficients/gates.yaml" in out
    assert "the registry is valid again" in out
    assert "no longer declared" in out
    assert [one["number"] for one in json_of(coefgate, "history", "docs.low")["steps"]] == [
        None,
        15490,
        15490,
        15490,
        15490,
    ]


@pytest.mark.parametrize(("said", "number"), [("1.5", 1.5), ("-5", -5)])
def test_history_shows_what_an_invalid_registry_said(
    said: str, number: float, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, DOCS, "tokens: 15490", f"tokens: {said}")
    git("commit", "-qam", "broken")
    edit(registry, DOCS, f"tokens: {said}", "tokens: 15490")
    git("commit", "-qam", "mended")
    steps = json_of(coefgate, "history", "docs.low")["steps"]
    assert [one["number"] for one in steps] == [15490, number, 15490]
    assert coefgate("history", "docs.low").out.splitlines()[1].split()[:2] == ["15,490", said]
    assert json_of(coefgate, "explain", "docs.low")["changed"]["steps"][0]["before"] == number
    assert f"(it was {said} in an invalid registry): mended" in coefgate("explain", "docs.low").out


def test_what_could_not_be_read_is_not_taken_for_nothing(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, DOCS, "tokens: 15490", "tokens: lots")
    git("commit", "-qam", "broken")
    edit(registry, DOCS, "tokens: lots", "tokens: 15490")
    git("commit", "-qam", "mended")
    out = coefgate("explain", "docs.low").out
    assert "(it could not be read): mended" in out


def test_history_of_a_margin_is_a_factor(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, MARGINS, "factor: 1\n", "factor: 1.25\n")
    document = json_of(coefgate, "history", "margin.default")
    assert document["unit"] == "factor"
    assert [one["number"] for one in document["steps"]] == [1.25, 1]
    assert coefgate("history", "margin.default").out.splitlines()[1].split()[:2] == ["1.25", "1"]


def test_a_shallow_history_says_so_twice(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    set_docs_low(registry, 14000)
    git("commit", "-qam", "lower")
    git("clone", "-q", "--depth", "1", registry.as_uri(), str(tmp_path / "shallow"))
    outcome = coefgate("history", "docs.low", cwd=tmp_path / "shallow")
    assert outcome.code == 0
    assert outcome.err == (
        "coefgate: this clone is shallow, so the oldest value may be older. "
        "Get the rest with: git fetch --unshallow\n"
    )
    assert "this clone is shallow" in outcome.out
    assert outcome.out.splitlines()[1].split()[:2] == ["14,000", "?"]
    assert not json_of(coefgate, "history", "docs.low", cwd=tmp_path / "shallow")["complete"]

"""The steps that a verdict names are taken: each answers about the change that was judged."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.end_to_end.conftest import Coefgate

Git = Callable[..., str]
DOCS = ("coefficients/overhead/docs.yaml", "tokens: 15490", "tokens: 14716")
BACKEND = ("coefficients/overhead/backend.yaml", "tokens: 2030", "tokens: 2020")
TEST_FILES = ("coefficients/marginal_costs.yaml", "tokens: 4860", "tokens: 3000")
LOW = ("coefficients/overhead/implementation.yaml", "tokens: 920", "tokens: 500")
KINDS = ("coefficients/file_kinds.yaml", "{js,jsx,ts,tsx}", "{js,jsx,ts}")


def _edit(root: Path, *edits: tuple[str, str, str]) -> None:
    for file, old, new in edits:
        text = (root / file).read_text("utf-8")
        assert old in text
        (root / file).write_text(text.replace(old, new, 1), "utf-8")


def _judged(coefgate: Coefgate, command: str, *words: str) -> dict[str, Any]:
    outcome = coefgate(command, *words, "--format", "json")
    assert outcome.code in (0, 1, 4), outcome.text
    document: dict[str, Any] = json.loads(outcome.out)
    return document.get("report", document)  # type: ignore[no-any-return]


def _takes(coefgate: Coefgate, report: dict[str, Any]) -> list[str]:
    """Take each step; the commands that were named, without their revisions."""
    red = [rule for rule in report["rules"] if rule["status"] != "pass"]
    moved = {change["coefficient"] for change in report["changes"]}
    taken = []
    for step in report["next"]:
        program, command, *words = shlex.split(step)
        assert program == "coefgate"
        if command == "diff":
            outcome = coefgate(command, *words, "--format", "json")
            assert {change["name"] for change in json.loads(outcome.out)["changes"]} == moved
        elif command == "try":
            again = _judged(coefgate, command, *words)
            assert again["changes"] == report["changes"]
            assert again["base"] == report["base"]
        elif command == "explain":
            assert words[0] == red[0]["rule"]
            assert coefgate(command, *words).code == 0
        else:
            assert coefgate(command, *words).code == 0
        named = words[: words.index("--range") + 2] if "--range" in words else []
        taken.append(" ".join([command, *named]))
    return taken


def test_after_green_on_a_branch(registry: Path, git: Git, coefgate: Coefgate) -> None:
    git("checkout", "-qb", "proposal")
    _edit(registry, DOCS)
    git("commit", "-qam", "lower")
    assert _takes(coefgate, _judged(coefgate, "gate")) == ["diff"]
    git("checkout", "-q", "main")
    assert _takes(coefgate, _judged(coefgate, "gate", "--head", "proposal")) == ["diff"]


def test_after_green_in_the_index(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _edit(registry, DOCS)
    git("add", "-A")
    _edit(registry, BACKEND)
    assert _takes(coefgate, _judged(coefgate, "gate", "--head", "index")) == ["diff"]


def test_without_a_change(git: Git, coefgate: Coefgate) -> None:
    assert _takes(coefgate, _judged(coefgate, "gate")) == ["coverage"]
    assert _takes(coefgate, _judged(coefgate, "gate", "--at", "HEAD")) == ["coverage"]


def test_the_number_that_is_blamed_is_named(registry: Path, git: Git, coefgate: Coefgate) -> None:
    git("checkout", "-qb", "proposal")
    _edit(registry, BACKEND, TEST_FILES)
    report = _judged(coefgate, "gate")
    assert [one["coefficient"] for one in report["changes"]] == [
        "backend.medium",
        "marginal.create.test",
    ]
    assert _takes(coefgate, report) == ["try --range marginal.create.test", "explain"]


def test_the_base_that_was_named_is_named_again(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("branch", "accepted")
    _edit(registry, TEST_FILES)
    git("commit", "-qam", "lower")
    _edit(registry, LOW)
    report = _judged(coefgate, "gate", "--base", "accepted")
    assert len(report["changes"]) == 2
    first, _ = report["next"]
    assert first.endswith(" --base accepted")
    assert _takes(coefgate, report)[0].startswith("try --range ")


def test_what_is_no_folder_is_not_tried(registry: Path, git: Git, coefgate: Coefgate) -> None:
    git("checkout", "-qb", "proposal")
    _edit(registry, TEST_FILES)
    git("commit", "-qam", "lower")
    git("checkout", "-q", "main")
    assert _takes(coefgate, _judged(coefgate, "gate", "--head", "proposal")) == ["diff", "explain"]


def test_what_is_no_number_is_not_tried(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _edit(registry, KINDS, DOCS)
    report = _judged(coefgate, "gate")
    assert [rule["rule"] for rule in report["rules"] if rule["status"] != "pass"] == ["unmeasured"]
    assert _takes(coefgate, report) == ["diff", "explain"]


def test_what_was_tried_is_tried_again(git: Git, coefgate: Coefgate) -> None:
    report = _judged(coefgate, "try", "docs.low=14716", "marginal.create.test=3000")
    assert _takes(coefgate, report) == [
        "try docs.low=14716 marginal.create.test=3000 --range marginal.create.test",
        "explain",
    ]


def test_a_commit_by_itself_is_replayed(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _edit(registry, ("coefficients/gates.yaml", "mean_below: 50", "mean_below: 30"))
    git("commit", "-qam", "stricter")
    report = _judged(coefgate, "gate", "--at", "HEAD")
    (step,) = (step for step in report["next"] if step.startswith("coefgate "))
    assert step.endswith(f" --at {git('rev-parse', '--short=12', 'HEAD')}")
    assert coefgate(*shlex.split(step)[1:]).code == 0

"""A registry without calls, its first calls, and its first fit."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.checkouts import git as git_in
from tests.end_to_end.conftest import Coefgate
from tests.neutral_registry import NEEDS, store, write_neutral

Git = Callable[..., str]
BUGFIX = "coefficients/overhead/bugfix.yaml"
GATES = "coefficients/gates.yaml"
TUNING = "coefficients/tuning.yaml"
HEADLINE = "NO CALLS YET"


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    root = tmp_path / "registry"
    write_neutral(root, categories=["bugfix", "chore"])
    git_in(root, "init", "-q", "-b", "main")
    git_in(root, "add", "-A")
    git_in(root, "commit", "-qm", "first")
    return root


@pytest.fixture
def git(registry: Path) -> Git:
    return partial(git_in, registry)


def edit(registry: Path, file: str, old: str, new: str) -> None:
    text = (registry / file).read_text("utf-8")
    assert old in text, (file, old)
    (registry / file).write_text(text.replace(old, new, 1), "utf-8")


def land(git: Git, message: str) -> None:
    git("add", "-A")
    git("commit", "-qm", message)


def judged(coefgate: Coefgate, *arguments: str) -> tuple[int, str, list[str]]:
    """The exit code, the headline, and the rules that do not pass."""
    found = coefgate("gate", *arguments, "--format", "json")
    assert found.out, found.err
    report: dict[str, Any] = json.loads(found.out)
    red = [rule["rule"] for rule in report["rules"] if rule["status"] != "pass"]
    return found.code, report["headline"], red


# --- No call


def test_every_command_answers(registry: Path, coefgate: Coefgate) -> None:
    assert coefgate("check").code == 0
    assert judged(coefgate) == (
        0,
        f"{HEADLINE} – judged by itself, nothing was compared (it is the first commit)",
        [],
    )
    replayed = coefgate("replay")
    assert (replayed.code, replayed.out.splitlines()[0]) == (0, HEADLINE)
    for command in ("coverage", "samples audit", "tune", "try bugfix.simple=900"):
        assert coefgate(*command.split()).code == 0, command
    estimate = "estimate --category bugfix --complexity simple create:a.py"
    assert coefgate(*estimate.split()).out.startswith("2,600 output tokens\n")  # (1,000 + 300) × 2


@pytest.mark.parametrize("output", ["text", "markdown", "github"])
def test_each_format_says_it_and_never_pass(coefgate: Coefgate, output: str) -> None:
    out = coefgate("gate", "--format", output).out
    assert HEADLINE in out
    assert "not asked yet" in out or output == "github"
    assert not re.search(
        r"\bPASS\b|NOT MEASURABLE|NO WORSE|✅|bad news|missed", out, re.IGNORECASE
    )


def test_what_to_do_next(coefgate: Coefgate) -> None:
    assert coefgate("gate").out.endswith("next: coefgate samples add FILE\n")


def test_another_number_may_land(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, BUGFIX, "1000", "900")
    assert judged(coefgate) == (0, HEADLINE, [])
    land(git, "less")
    assert judged(coefgate, "--base", "HEAD~1", "--head", "HEAD") == (0, HEADLINE, [])


def test_what_needs_no_call_still_fails(registry: Path, coefgate: Coefgate) -> None:
    edit(registry, BUGFIX, "1000", "100")
    assert judged(coefgate) == (1, "FAIL", ["swing"])
    tried = coefgate("try", "bugfix.simple=450")
    assert (tried.code, "FAIL" in tried.out) == (1, True)  # 1,000 ÷ 450 is more than 2


def test_gates_may_not_be_loosened_before_the_first_call(
    registry: Path, coefgate: Coefgate
) -> None:
    edit(registry, GATES, "mean_below: 50", "mean_below: 60")
    assert judged(coefgate) == (1, "FAIL", ["gates-loosened"])


def test_limits_that_are_tighter_say_nothing_of_misses(registry: Path, coefgate: Coefgate) -> None:
    edit(registry, GATES, "mean_below: 50", "mean_below: 40")
    found = coefgate("gate", "--format", "json")
    assert json.loads(found.out)["notes"] == []
    assert judged(coefgate) == (0, HEADLINE, [])


def test_a_coefficient_may_not_go(registry: Path, coefgate: Coefgate) -> None:
    (registry / "coefficients/overhead/chore.yaml").unlink()
    tuning = registry / TUNING
    document = json.loads(tuning.read_text("utf-8"))
    del document["prior"]["overhead"]["chore"]
    tuning.write_text(json.dumps(document))
    code, headline, red = judged(coefgate)
    assert (code, headline) == (1, "FAIL")
    assert "coefficient-removed" in red


def test_the_judge_and_values_may_not_change_together(registry: Path, coefgate: Coefgate) -> None:
    edit(registry, BUGFIX, "1000", "900")
    (registry / ".github").mkdir()
    (registry / ".github/x.yml").write_text("x\n")
    assert judged(coefgate) == (1, "FAIL", ["judge-and-values"])


def test_calls_that_are_not_scored_are_counted(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    store(registry, NEEDS[:2], category=None)
    store(registry, NEEDS[2:3], success=False, run_id="another")
    said = f"{HEADLINE} – none of 3 stored calls is scored: 1 failed and 2 undeclared"
    assert judged(coefgate) == (0, said, [])
    land(git, "calls")
    assert judged(coefgate, "--at", "HEAD")[:2] == (
        0,
        f"{said} – judged by itself, nothing was compared (asked for with --at)",
    )
    replayed = coefgate("replay")
    assert (replayed.code, replayed.out.splitlines()[0]) == (0, said)
    assert "next: coefgate samples audit" in coefgate("gate").out


# --- It ends with the first call, for ever


def test_it_ends_with_the_first_call_that_is_scored(registry: Path, coefgate: Coefgate) -> None:
    store(registry, [1100])
    code, headline, red = judged(coefgate)
    assert (code, red) == (0, [])
    assert HEADLINE not in headline


@pytest.fixture
def with_calls(registry: Path, git: Git) -> str:
    """The file of calls that have landed."""
    file = store(registry)
    land(git, "calls")
    return file


def test_taking_all_calls_away_fails(
    registry: Path, git: Git, coefgate: Coefgate, with_calls: str
) -> None:
    (registry / with_calls).unlink()
    code, headline, red = judged(coefgate)
    assert (code, headline) == (1, "FAIL")
    assert {"sample-removed", "cell-shrunk"} <= set(red)
    land(git, "merged past the gate")
    edit(registry, BUGFIX, "1000", "900")
    for arguments in ((), ("--at", "HEAD")):
        assert HEADLINE not in judged(coefgate, *arguments)[1]
    assert judged(coefgate, "--at", "HEAD")[0] == 4
    assert coefgate("replay").code == 4
    assert coefgate("try", "bugfix.simple=1100").code != 0  # unmeasured


def test_retiring_all_calls_is_not_green(
    registry: Path, git: Git, coefgate: Coefgate, with_calls: str
) -> None:
    lines = (registry / with_calls).read_text("utf-8").splitlines()
    rows = [{"id": json.loads(line)["id"], "reason": "gone"} for line in lines]
    (registry / "samples/retired.yaml").write_text(json.dumps({"retired": rows}))
    code, headline, _ = judged(coefgate)
    assert code in {1, 4}
    assert HEADLINE not in headline
    land(git, "merged past the gate")
    assert judged(coefgate, "--at", "HEAD")[0] == 4


def test_a_scope_without_calls_is_none_without_calls(
    registry: Path, git: Git, coefgate: Coefgate, with_calls: str
) -> None:
    edit(registry, GATES, "models: null", "models: [other-*]")
    assert HEADLINE not in judged(coefgate)[1]
    land(git, "merged past the gate")
    assert HEADLINE not in judged(coefgate, "--at", "HEAD")[1]
    edit(registry, BUGFIX, "1000", "900")
    assert HEADLINE not in judged(coefgate)[1]


def test_correcting_all_calls_is_not_green(
    registry: Path, git: Git, coefgate: Coefgate, with_calls: str
) -> None:
    lines = (registry / with_calls).read_text("utf-8").splitlines()
    for at, line in enumerate(lines):
        one = json.loads(line)
        again = {name: one[name] for name in ("run_id", "phase_id", "reference")}
        store(registry, [NEEDS[at]], **again, paths="partial", supersedes=one["id"])
    code, headline, _ = judged(coefgate)
    assert code in {1, 4}
    assert HEADLINE not in headline


def test_moving_the_registry_is_refused(
    registry: Path, git: Git, coefgate: Coefgate, with_calls: str
) -> None:
    (registry / "sub").mkdir()
    git("mv", "coefficients", "sub/coefficients")
    git("rm", "-rq", "samples")
    moved = coefgate("gate", cwd=registry / "sub")
    assert moved.code == 2
    assert "takes away" in moved.err


# --- The first calls, then the first fit


def test_the_first_fit_lands_with_what_it_misses(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    store(registry)
    code, headline, _ = judged(coefgate)
    assert (code, headline[:8]) == (0, "NO WORSE")  # bad news may land
    land(git, "calls")
    looked = coefgate("tune")
    assert "asks for a reason" not in looked.out
    [typed] = re.findall(r"^next: coefgate (tune --write .+)$", looked.out, re.MULTILINE)
    assert typed.startswith("tune --write --reference ")
    fitted = coefgate(*shlex.split(typed))
    assert fitted.code == 0, fitted.err
    text = (registry / TUNING).read_text("utf-8")
    missed = re.findall(r'"?rule"?: "?([a-z0-9-]+)"?', text)
    assert missed
    for rule in missed:
        assert f"write why {rule} lands although it is missed" in fitted.out
    assert coefgate("check").code == 3  # a reason is a person's
    (registry / TUNING).write_text(re.sub(r'("?reason"?): ""', r'\1: "few calls"', text), "utf-8")
    assert "acknowledge" not in (registry / BUGFIX).read_text("utf-8")
    assert coefgate("check").code == 0
    code, headline, red = judged(coefgate)
    assert (code, red) == (0, [])
    assert headline.startswith("NO WORSE – the registry misses ")
    assert all(rule in headline for rule in missed)
    land(git, "fit")
    assert "nothing" not in coefgate("tune", "--write").err
    assert git("status", "--short") == ""


def test_the_next_fit_explains_its_swings(registry: Path, git: Git, coefgate: Coefgate) -> None:
    store(registry)
    land(git, "calls")
    fit(registry, coefgate)
    land(git, "fit")
    more = [8 * need for need in NEEDS]
    store(registry, more * 3, run_id="later", origin="elsewhere")
    land(git, "more calls")
    again = coefgate("tune", "--write", "--reference", "README.md")
    assert "write why" in again.out
    assert "moves so far" in again.out


def fit(registry: Path, coefgate: Coefgate) -> None:
    """Fit, and give every reason."""
    assert coefgate("tune", "--write", "--reference", "README.md").code == 0
    for file in (registry / "coefficients").rglob("*.yaml"):
        text = file.read_text("utf-8")
        file.write_text(re.sub(r'("?reason"?): ""', r'\1: "because"', text), "utf-8")


def test_calls_may_come_with_their_first_fit(registry: Path, coefgate: Coefgate) -> None:
    store(registry)
    fit(registry, coefgate)
    assert judged(coefgate)[0] == 0


def test_categories_that_the_first_calls_name_come_with_their_fit(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    store(registry)
    store(registry, [4 * need for need in NEEDS], category="docs", run_id="docs")
    land(git, "calls")
    add_category(registry, "docs")
    fit(registry, coefgate)
    code, headline, red = judged(coefgate)
    assert (code, red) == (0, [])
    assert headline.startswith("NO WORSE – the registry misses ")


def add_category(registry: Path, name: str) -> None:
    """One more, at the priors of another."""
    text = (registry / BUGFIX).read_text("utf-8")
    (registry / f"coefficients/overhead/{name}.yaml").write_text(text.replace("bugfix", name))
    tuning = registry / TUNING
    document = json.loads(tuning.read_text("utf-8"))
    document["prior"]["overhead"][name] = document["prior"]["overhead"]["bugfix"]
    tuning.write_text(f"{json.dumps(document, indent=1)}\n")


def test_another_procedure_is_no_first_fit(registry: Path, git: Git, coefgate: Coefgate) -> None:
    store(registry)
    land(git, "calls")
    edit(registry, TUNING, '"level": 0.913', '"level": 0.5')
    fit(registry, coefgate)
    assert judged(coefgate)[0] == 1


def test_a_number_that_no_fit_gives_does_not_ride_along(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    store(registry)
    land(git, "calls")
    fit(registry, coefgate)
    edit(
        registry,
        "coefficients/marginal_costs.yaml",
        '"frontend": {\n    "tokens": 300',
        '"frontend": {\n    "tokens": 3000',
    )
    code, _, red = judged(coefgate)
    assert code == 1
    assert "swing" in red


def test_a_fit_that_is_none_is_told(registry: Path, git: Git, coefgate: Coefgate) -> None:
    store(registry)
    land(git, "calls")
    fit(registry, coefgate)
    margin = json.loads(coefgate("tune", "--format", "json").out)["margin"]["factor"]
    edit(registry, "coefficients/safety_margins.yaml", f"{margin}", "1.001")
    assert "fit-claims" in judged(coefgate)[2]


def test_one_first_commit_with_calls_and_fit_is_judged_by_itself(
    tmp_path: Path, coefgate: Coefgate
) -> None:
    root = tmp_path / "own"
    write_neutral(root)
    store(root)
    git_in(root, "init", "-q", "-b", "main")
    here = partial(coefgate, cwd=root)
    assert here("gate").code == 1  # the priors miss
    fit(root, here)
    for commits in (0, 1):
        assert here("check").code == 0
        code, headline, red = judged(here)
        assert (code, red) == (0, [])
        assert headline.startswith("NO WORSE – the registry misses ")
        if not commits:
            git_in(root, "add", "-A")
            git_in(root, "commit", "-qm", "first")

"""The accepted states that judge: broken bases, tags, branches, releases, and broken gits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.checkouts import git as elsewhere
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.test_gate_places import LOW, edit, red, report

Git = Callable[..., str]
GATES = "coefficients/gates.yaml"


def _accepted(git: Git, what: str) -> str:
    git("add", "-A")
    git("commit", "-qm", what)
    return git("rev-parse", "HEAD")


# --- A base that cannot be read


def _break(root: Path) -> None:
    with (root / "coefficients/guardrails.yaml").open("a", encoding="utf-8") as file:
        file.write("bogus: 1\n")


def test_a_broken_base_does_not_open_the_gate(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    valid = git("rev-parse", "HEAD")
    _break(registry)
    _accepted(git, "broken")
    edit(registry, ("coefficients/guardrails.yaml", "bogus: 1\n", ""))
    mended = coefgate("gate", "--format", "json")
    assert mended.code == 0, mended.text
    assert report(mended)["base"]["revision"] == valid
    assert "holds no valid registry" in mended.err
    assert f"the newest accepted state that is valid judges: {valid[:12]}" in mended.err

    edit(registry, LOW)
    edit(registry, (GATES, "mean_below: 50", "mean_below: 199"))
    store = next((registry / "samples").rglob("*.jsonl"))
    store.write_bytes(b"".join(store.read_bytes().splitlines(keepends=True)[2:]))
    found = coefgate("gate", "--format", "json")
    assert found.code == 1
    assert {"stratum-regression", "sample-removed", "gates-loosened"} <= set(red(found))


def test_the_newest_state_with_valid_samples_judges(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, ("coefficients/marginal_costs.yaml", "tokens: 2210", "tokens: 2200"))
    valid = _accepted(git, "better")
    store = next((registry / "samples").rglob("*.jsonl"))
    good = store.read_bytes()
    store.write_bytes(good + b"{\n")
    _accepted(git, "a broken line")
    store.write_bytes(good)
    found = coefgate("gate", "--format", "json")
    assert found.code == 0, found.text
    assert report(found)["base"]["revision"] == valid
    assert report(found)["changes"] == []


def test_a_broken_base_lets_no_restore_take_samples_or_thresholds_along(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    about = registry / "coefficients/registry.yaml"
    first = about.read_text("utf-8")
    edit(registry, ("coefficients/registry.yaml", "tokens: 2000", "tokens: 2001"))
    _accepted(git, "another state")
    about.write_text("format: nope\n", "utf-8")
    edit(registry, (GATES, "mean_below: 50", "mean_below: 90"))
    next((registry / "samples").rglob("*.jsonl")).unlink()
    _accepted(git, "broken, past the gate")
    about.write_text(first, "utf-8")
    found = coefgate("gate", "--format", "json")
    assert found.code == 1
    assert report(found)["restore"] is False
    assert {"sample-removed", "gates-loosened"} <= set(red(found))


def test_what_broke_base_may_be_taken_back_as_a_whole(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    (registry / "validator").mkdir()
    (registry / "validator/x.py").write_text("1\n", "utf-8")
    valid = _accepted(git, "a judge")
    (registry / "validator/x.py").write_text("2\n", "utf-8")
    _break(registry)
    _accepted(git, "broken")
    git("revert", "--no-edit", "HEAD")
    found = coefgate("gate", "--base", "HEAD~1", "--format", "json")
    assert found.code == 0, found.text
    assert report(found)["base"]["revision"] == valid


def test_a_base_that_never_was_valid_is_told_and_judges_nothing(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _break(registry)
    git("add", "-A")
    git("commit", "-q", "--amend", "-m", "never valid")
    edit(registry, ("coefficients/guardrails.yaml", "bogus: 1\n", ""))
    found = coefgate("gate")
    assert found.code == 3
    assert "main:coefficients/guardrails.yaml:" in found.err


# --- Branches and tags


@pytest.mark.parametrize("tag", ["main", "heads/main"])
def test_a_tag_does_not_take_the_place_of_the_default_branch(
    tag: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("switch", "-qc", "proposal")
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    git("tag", tag)
    assert coefgate("gate").code == 1


def test_a_branch_without_a_commit_is_judged_by_the_default_branch(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("checkout", "-q", "--orphan", "beginning")
    edit(registry, LOW)
    assert coefgate("gate").code == 1
    assert coefgate("gate", "--base", "main").code == 1


# --- Releases


def _release(git: Git, version: str) -> None:
    git("tag", "-a", "-m", "release", f"coefficients/v{version}")


def test_small_steps_since_the_last_release_whatever_else_is_tagged(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _release(git, "1.0.0")
    edit(registry, ("coefficients/overhead/docs.yaml", "tokens: 15490", "tokens: 9000"))
    edit(registry, (GATES, "when_base_misses", "# another\nwhen_base_misses"))
    _accepted(git, "one step")
    edit(registry, ("coefficients/overhead/docs.yaml", "tokens: 9000", "tokens: 7000"))
    found = coefgate("gate", "--format", "json")
    assert "swing" in red(found)
    for name in ("next-rc", "2.0.0-rc.1", "2.0", "1.2.3.4", "..1.0"):
        if ".." not in name:
            _release(git, name)
    again = coefgate("gate", "--format", "json")
    assert "swing" in red(again)
    assert report(again)["base"]["version"].startswith("1.0.0+1.g")


def test_a_release_that_cannot_be_read_does_not_begin_the_comparison_anew(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    low = "coefficients/overhead/docs.yaml"
    _release(git, "1.0.0")
    edit(registry, (low, "tokens: 15490", "tokens: 9000"))
    _accepted(git, "one step")
    _break(registry)
    _accepted(git, "broken")
    _release(git, "1.0.1")
    edit(registry, ("coefficients/guardrails.yaml", "bogus: 1\n", ""))
    _accepted(git, "mended")
    _release(git, "01.0.2")
    edit(registry, (low, "tokens: 9000", "tokens: 7000"))
    assert "swing" in red(coefgate("gate", "--format", "json"))


def test_a_release_from_a_branch_that_was_merged_may_come_back(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("switch", "-qc", "proposal")
    edit(registry, ("coefficients/overhead/docs.yaml", "tokens: 15490", "tokens: 15000"))
    released = _accepted(git, "released from here")
    _release(git, "1.0.0")
    edit(registry, ("coefficients/overhead/docs.yaml", "tokens: 15000", "tokens: 14900"))
    _accepted(git, "on")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "merge", "proposal")
    git("checkout", "coefficients/v1.0.0", "--", "coefficients")
    found = coefgate("gate", "--format", "json")
    assert found.code == 0, found.text
    assert report(found)["restores"] == released


def test_a_shallow_clone_passes_nothing_that_moves_a_value(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    git("commit", "-q", "--allow-empty", "-m", "second")
    shallow = tmp_path / "shallow"
    elsewhere(tmp_path, "clone", "-q", "--depth", "1", f"file://{registry}", str(shallow))
    edit(shallow, ("coefficients/overhead/docs.yaml", "tokens: 15490", "tokens: 15489 # "))
    found = coefgate("gate", cwd=shallow)
    assert found.code == 5
    assert "git fetch --unshallow" in found.err


# --- Gits that do not work


def test_a_git_folder_that_leads_nowhere_is_told(registry: Path, coefgate: Coefgate) -> None:
    (registry / ".git").write_text("gitdir: /nowhere/at/all\n", "utf-8")
    edit(registry, LOW)
    found = coefgate("gate")
    assert found.code == 5
    assert "git init" not in found.err


def test_a_bare_repository_has_no_index(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    elsewhere(tmp_path, "clone", "-q", "--bare", str(registry), "bare.git")
    found = coefgate("gate", "--head", "index", cwd=tmp_path / "bare.git")
    assert found.code == 2
    assert "--head REV" in found.err

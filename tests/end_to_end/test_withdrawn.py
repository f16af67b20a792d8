"""What was withdrawn does not come back by a side door, and what is there does not go by one."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate, Outcome, run_coefgate
from tests.end_to_end.releases import elsewhere, once, origin, prepared, releasable, succeeded
from tests.end_to_end.test_gate_places import BETTER, LOW, edit, red, report

__all__ = ["once", "origin", "prepared", "releasable"]

Git = Callable[..., str]
FRONTEND = "coefficients/overhead/frontend.yaml"


@pytest.fixture
def brought(registry: Path, git: Git) -> Callable[..., str]:
    """Frontend comes in, with ``also``, in an accepted commit; the commit."""

    def run(*also: tuple[str, str, str]) -> str:
        content = (registry / FRONTEND).read_bytes()
        (registry / FRONTEND).unlink()
        git("commit", "-qam", "as if there had never been one")
        (registry / FRONTEND).write_bytes(content)
        for change in also:
            edit(registry, change)
        git("add", "-A")
        git("commit", "-qm", "a category")
        return git("rev-parse", "HEAD")

    return run


def test_a_category_that_came_by_itself_is_taken_back(
    registry: Path, git: Git, coefgate: Coefgate, brought: Callable[..., str]
) -> None:
    change = brought()
    edit(registry, BETTER)
    git("commit", "-qam", "another change")
    git("checkout", "-qb", "proposal")
    git("revert", "--no-edit", change)
    found = coefgate("gate", "--format", "json")
    assert (found.code, report(found)["restore"], red(found)) == (0, False, [])
    edit(registry, (BETTER[0], "tokens: 2200", "tokens: 2201"))
    assert "coefficient-removed" in red(coefgate("gate", "--format", "json"))


def test_absence_is_no_value_to_return_to(
    registry: Path, git: Git, coefgate: Coefgate, brought: Callable[..., str]
) -> None:
    brought(BETTER)
    (registry / FRONTEND).unlink()
    found = coefgate("gate", "--format", "json")
    assert (found.code, red(found)) == (1, ["coefficient-removed"])
    git("checkout", "--", ".")
    edit(
        registry,
        (
            "coefficients/overhead/docs.yaml",
            "aliases: [documentation",
            "aliases: [handbook, documentation",
        ),
    )
    git("commit", "-qam", "an alias")
    edit(
        registry,
        (
            "coefficients/overhead/docs.yaml",
            "aliases: [handbook, documentation",
            "aliases: [documentation",
        ),
    )
    assert coefgate("gate").code == 0  # the alias came alone
    (registry / FRONTEND).unlink()
    assert "coefficient-removed" in red(coefgate("gate", "--format", "json"))


# --- Withdrawn versions

YANKED = "coefficients/yanked.yaml"


@pytest.fixture(scope="module")
def kept(
    prepared: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """A copy of the registry with one release, by its name: changed once, copied by each test."""
    scratch = tmp_path_factory.mktemp("withdrawn")

    def run(name: str) -> Path:
        return Path(shutil.copytree(prepared["once"], scratch / name))

    return run


def _go_back(root: Path, reason: str) -> None:
    succeeded(run_coefgate(root, "rollback", "1.0.0", "--reason", reason, scratch=root.parent))


def _again(kept: Path, registry: Path) -> Path:
    """The registry as a copy of this one."""
    shutil.rmtree(registry)
    return Path(shutil.copytree(kept, registry))


@pytest.fixture(scope="module")
def kept_rolled_back(kept: Callable[[str], Path]) -> Path:
    """1.0.1 came after 1.0.0 and was rolled back."""
    root = kept("rolled-back")
    edit(root, LOW)
    elsewhere(root, "commit", "-qam", "lower, past the gate")
    elsewhere(root, "tag", "-a", "coefficients/v1.0.1", "-m", "as if it had been released")
    _go_back(root, "cuts off")
    assert "version: 1.0.1" in (root / YANKED).read_text("utf-8")
    return root


@pytest.fixture
def rolled_back(once: Path, git: Git, kept_rolled_back: Path) -> str:
    """1.0.1 after 1.0.0, rolled back; the commit of the rollback, before that of its release."""
    _again(kept_rolled_back, once)
    return next(
        line.split()[0]
        for line in git("log", "--format=%H %s").splitlines()
        if "Roll back" in line
    )


def _gate(coefgate: Coefgate) -> Outcome:
    return coefgate("gate", "--base", "main", "--head", "HEAD", "--format", "json")


def test_withdrawn_values_are_no_restore(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    git("checkout", "-qb", "proposal")
    edit(once, LOW)
    git("commit", "-qam", "lower, as it was")
    found = _gate(coefgate)
    assert (found.code, report(found)["restore"]) == (1, False)
    assert "stratum-regression" in red(found)


def test_where_the_withdrawn_tag_is_not_known_nothing_is_a_restore(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    git("checkout", "-qb", "proposal")
    edit(once, LOW)
    git("commit", "-qam", "lower, as it was")
    git("update-ref", "refs/elsewhere", "refs/tags/coefficients/v1.0.1")
    git("tag", "-d", "coefficients/v1.0.1")
    found = _gate(coefgate)
    assert (found.code, report(found)["restore"]) == (1, False)
    (note,) = (note for note in report(found)["notes"] if "1.0.1" in note)
    assert "no tag of 1.0.1, which the base withdraws" in note
    assert note.endswith("git fetch --tags")
    git("update-ref", "refs/tags/coefficients/v1.0.1", "refs/elsewhere")
    assert not [note for note in report(_gate(coefgate))["notes"] if "1.0.1" in note]


def test_a_revert_of_exactly_one_rollback_is_a_restore(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    git("checkout", "-qb", "proposal")
    git("revert", "--no-edit", rolled_back)
    found = _gate(coefgate)
    assert (found.code, report(found)["restore"], red(found)) == (0, True, [])
    assert report(found)["restores"] == git("rev-parse", f"{rolled_back}^1")
    # The same in the folder and the index; and not with anything more.
    git("checkout", "-q", "-B", "folder", "main")
    git("revert", "--no-commit", rolled_back)
    for head in ("worktree", "index"):
        assert coefgate("gate", "--base", "main", "--head", head).code == 0
    with (once / YANKED).open("a", encoding="utf-8") as file:
        file.write("# and a remark\n")
    assert coefgate("gate", "--base", "main").code == 1


def test_what_a_rollback_replaced_comes_back_with_what_it_said(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(once, LOW)
    file = once / LOW[0]
    file.write_text(re.sub(r"samples: \d+", "samples: 900", file.read_text("utf-8")), "utf-8")
    git("commit", "-qam", "lower, past the gate, with a claim that nothing stands behind")
    git("tag", "-a", "coefficients/v1.0.1", "-m", "as if it had been released")
    assert coefgate("rollback", "1.0.0", "--reason", "cuts off").code == 0
    git("checkout", "-qb", "proposal")
    git("revert", "--no-edit", git("log", "-1", "--format=%H", "--grep=Roll back"))
    found = _gate(coefgate)
    assert (found.code, report(found)["restore"], red(found)) == (0, True, [])


def test_the_way_back_of_a_rollback_is_closed_once_something_else_was_accepted(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    edit(once, BETTER)
    git("commit", "-qam", "better")
    git("checkout", "-qb", "proposal")
    git("revert", "--no-edit", rolled_back)
    found = _gate(coefgate)
    assert (found.code, report(found)["restore"]) == (1, False)
    assert "gates-loosened" in red(found)


def test_a_yank_is_taken_out_with_a_reason_and_alone(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    git("checkout", "-qb", "proposal")
    (once / YANKED).write_text("yanked: []\n", "utf-8")
    found = coefgate("gate", "--base", "main", "--format", "json")
    assert (found.code, red(found)) == (1, ["gates-loosened"])
    assert "1.0.1 is no longer withdrawn" in found.out
    answer = (
        'acknowledge: [{version: 1.0.1, reason: "1.0.1 was fine: the provider had cut off"}]\n'
    )
    (once / YANKED).write_text(f"yanked: []\n{answer}", "utf-8")
    found = coefgate("gate", "--base", "main", "--format", "json")
    assert (found.code, red(found)) == (0, [])
    assert "the provider had cut off" in coefgate("gate", "--base", "main").out
    shown = coefgate("diff", "main", "worktree").out
    assert "yanked.1.0.1" in shown
    edit(once, BETTER)
    assert "gates-loosened" in red(coefgate("gate", "--base", "main", "--format", "json"))


def test_a_row_is_altered_with_a_reason_and_alone(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    git("checkout", "-qb", "proposal")
    content = (once / YANKED).read_text("utf-8")
    for old, new in (
        ("replacement: 1.0.2", "replacement: 1.0.1"),
        ("replacement: 1.0.2", "replacement: null"),
        ("reason: cuts off", "reason: a matter of taste"),
    ):
        (once / YANKED).write_text(content.replace(old, new), "utf-8")
        found = coefgate("gate", "--base", "main", "--format", "json")
        assert (found.code, red(found)) == (1, ["gates-loosened"])
        assert "1.0.1 is withdrawn differently" in found.out
    answer = 'acknowledge: [{version: 1.0.1, reason: "the other reason was wrong"}]\n'
    (once / YANKED).write_text(content.replace("cuts off", "a matter of taste") + answer, "utf-8")
    found = coefgate("gate", "--base", "main", "--format", "json")
    assert (found.code, red(found)) == (0, [])
    assert "the other reason was wrong" in coefgate("gate", "--base", "main").out
    assert "reason a matter of taste" in coefgate("diff", "main", "worktree").out
    edit(once, BETTER)
    assert "gates-loosened" in red(coefgate("gate", "--base", "main", "--format", "json"))


def test_more_versions_may_be_withdrawn(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    _withdraw(once, "1.0.0", "2026-01-30")
    assert coefgate("gate", "--base", "HEAD").code == 0


def _withdraw(root: Path, version: str, day: str) -> None:
    """Put one more row in front of the others."""
    row = f'  - {{version: {version}, date: "{day}", reason: as bad, replacement: null}}\n'
    text = (root / YANKED).read_text("utf-8").replace("yanked: []", "yanked:")
    (root / YANKED).write_text(text.replace("yanked:\n", f"yanked:\n{row}", 1), "utf-8")


def test_what_was_not_released_is_not_withdrawn(once: Path, git: Git, coefgate: Coefgate) -> None:
    _withdraw(once, "9.9.9", "2026-01-30")
    found = coefgate("gate", "--base", "HEAD", "--format", "json")
    assert (found.code, red(found)) == (1, ["fit-claims"])
    (finding,) = next(one for one in report(found)["rules"] if one["rule"] == "fit-claims")[
        "findings"
    ]
    assert "9.9.9 is withdrawn, and no tag here says that it was released" in finding["message"]
    assert "git fetch --tags" in finding["message"]
    row = (once / YANKED).read_text("utf-8").splitlines()[finding["line"] - 1]
    assert (finding["file"], "9.9.9" in row) == (YANKED, True)
    git("tag", "-a", "coefficients/v9.9.9", "-m", "released elsewhere")
    assert coefgate("gate", "--base", "HEAD").code == 0
    git("tag", "-d", "coefficients/v9.9.9")
    git("commit", "-qam", "past the gate")
    (once / "page.md").write_text("1\n", "utf-8")
    assert coefgate("gate", "--base", "HEAD").code == 0  # what does not change is not asked


def test_nothing_is_withdrawn_on_a_day_to_come(
    once: Path, git: Git, coefgate: Coefgate, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("checkout", "-qb", "proposal")
    _withdraw(once, "1.0.0", "2099-01-01")
    found = coefgate("gate", "--base", "main", "--format", "json")
    assert (found.code, red(found)) == (1, ["fit-claims"])
    assert "1.0.0 is withdrawn on 2099-01-01, a day that was still in the future on" in found.out
    git("commit", "-qam", "withdrawn")
    text = (once / YANKED).read_text("utf-8")
    for day, code in (("2026-01-07", 1), ("2026-01-06", 0)):
        (once / YANKED).write_text(text.replace("2099-01-01", day), "utf-8")
        monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-05T12:00:00+00:00")
        git("commit", "-q", "-a", "--amend", "--no-edit")
        assert coefgate("gate", "--base", "main", "--head", "HEAD").code == code


def test_an_answer_given_in_advance_answers_nothing(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    content = (once / YANKED).read_text("utf-8")
    answer = "acknowledge: [{version: 1.0.1, reason: later}]\n"
    (once / YANKED).write_text(content + answer, "utf-8")
    git("commit", "-qam", "in advance")
    git("checkout", "-qb", "proposal")
    (once / YANKED).write_text(f"yanked: []\n{answer}", "utf-8")
    assert red(coefgate("gate", "--base", "main", "--format", "json")) == ["gates-loosened"]


def test_a_rollback_keeps_the_answers(
    once: Path, git: Git, coefgate: Coefgate, rolled_back: str
) -> None:
    content = (once / YANKED).read_text("utf-8")
    answer = "acknowledge: [{version: 0.9.0, reason: never was released}]\n"
    (once / YANKED).write_text(content + answer, "utf-8")
    edit(once, LOW)
    git("commit", "-qam", "lower again")
    git("tag", "-a", "coefficients/v1.0.3", "-m", "as if it had been released")
    done = coefgate("rollback", "1.0.0", "--reason", "cuts off again")
    assert done.code == 0, done.text
    assert answer in (once / YANKED).read_text("utf-8")
    assert "version: 1.0.3" in (once / YANKED).read_text("utf-8")


# --- Guardrails

GUARDRAILS = "coefficients/guardrails.yaml"


def test_a_guardrail_is_loosened_with_a_reason_and_alone(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    looser = (
        ("truncation_rate_to", "0.05", "0.5"),
        ("waste_median_to", "1.5", "9"),
        ("min_calls", "50", "5000"),
    )
    for name, old, new in looser:
        edit(registry, (GUARDRAILS, f"{name}: {old}", f"{name}: {new}"))
    found = coefgate("gate", "--format", "json")
    assert (found.code, red(found)) == (1, ["gates-loosened"])
    (rule,) = (rule for rule in report(found)["rules"] if rule["rule"] == "gates-loosened")
    said = [finding["message"] for finding in rule["findings"]]
    assert len(said) == len(looser)
    for name, old, new in looser:
        assert any(f"{name} is loosened from {old} to {new}" in one for one in said)

    def answer(*rows: tuple[str, str, str]) -> str:
        given = (f"{name}: {{from: {old}, to: {new}, reason: a}}" for name, old, new in rows)
        return f"acknowledge: {{{', '.join(given)}}}"

    edit(
        registry,
        (GUARDRAILS, "limits:\n", f"{answer(*looser[2:])}\nlimits:\n  {answer(*looser[:2])}\n"),
    )
    assert coefgate("gate").code == 0
    assert "guardrails." in coefgate("diff", "HEAD", "worktree").out
    edit(registry, BETTER)
    found = coefgate("gate", "--format", "json")
    assert red(found) == ["gates-loosened"]


def test_guardrails_stay_and_get_tighter(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, (GUARDRAILS, "truncation_rate_to: 0.05", "truncation_rate_to: 0.04"))
    edit(registry, BETTER)
    assert coefgate("gate").code == 0
    git("commit", "-qam", "tighter")
    (registry / GUARDRAILS).unlink()
    found = coefgate("gate", "--format", "json")
    assert red(found) == ["gates-loosened"]
    assert "from 0.04 to 0.05, the default when left out" in found.out


def test_without_a_file_a_guardrail_is_held_to_its_default(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    (registry / GUARDRAILS).unlink()
    assert coefgate("gate").code == 0
    assert "guardrails." not in coefgate("diff", "HEAD", "worktree").out
    git("commit", "-qam", "the defaults will do")
    (registry / GUARDRAILS).write_text("call: {smape_above: 150}\n", "utf-8")
    assert red(coefgate("gate", "--format", "json")) == ["gates-loosened"]
    (registry / GUARDRAILS).write_text("call: {smape_above: 80}\n", "utf-8")
    assert coefgate("gate").code == 0


def test_guardrails_do_not_come_along_with_a_restore(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    once = git("rev-parse", "HEAD")
    git("revert", "--no-edit", "HEAD")
    git("checkout", once, "--", "coefficients")
    edit(registry, (GUARDRAILS, "min_calls: 50", "min_calls: 5000"))
    found = coefgate("gate", "--format", "json")
    assert (found.code, report(found)["restore"]) == (1, False)
    assert "gates-loosened" in red(found)


# --- Values of withdrawn versions

DATABASE = "coefficients/overhead/database.yaml"
TOKENS = "  high:\n    tokens: "
ANSWER = "\n    acknowledge: {from: 5000, to: 90000, reason: planted}"


def _raise(root: Path, answer: str = "") -> None:
    edit(root, (DATABASE, f"{TOKENS}5000", f"{TOKENS}90000{answer}"))


@pytest.fixture(scope="module")
def kept_raised(kept: Callable[[str], Path]) -> tuple[Path, dict[str, str]]:
    """What ``raised`` copies."""
    root = kept("raised")
    _raise(root, ANSWER)
    elsewhere(root, "commit", "-qam", "a step, with a reason")
    first = elsewhere(root, "rev-parse", "HEAD")
    edit(root, BETTER)
    elsewhere(root, "commit", "-qam", "better")
    elsewhere(root, "tag", "-a", "coefficients/v1.0.1", "-m", "as if it had been released")
    edit(root, (BETTER[0], BETTER[2], "tokens: 2199"))
    elsewhere(root, "commit", "-qam", "not released")
    last = elsewhere(root, "rev-parse", "HEAD")
    _go_back(root, "bad")
    return root, {"first": first, "last": last}


@pytest.fixture
def raised(once: Path, kept_raised: tuple[Path, dict[str, str]]) -> dict[str, str]:
    """Three accepted changes, all rolled back; the commits of the first and the last.

    A step that was acknowledged, a better value that was released with it, and one that never was.
    """
    root, commits = kept_raised
    _again(root, once)
    return commits


@pytest.mark.usefixtures("raised")
def test_a_value_of_a_withdrawn_version_is_acknowledged_anew(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    _raise(once)
    assert red(coefgate("gate", "--base", "main", "--format", "json")) == ["unmeasured", "swing"]
    git("checkout", "--", ".")
    _raise(once, ANSWER)
    assert coefgate("gate", "--base", "main").code == 0


@pytest.mark.parametrize("which", ["first", "last"])
def test_what_went_into_a_withdrawn_version_or_came_of_it_is_no_restore(
    once: Path, git: Git, coefgate: Coefgate, raised: dict[str, str], which: str
) -> None:
    git(
        "checkout",
        raised[which],
        "--",
        "coefficients/overhead",
        "coefficients/marginal_costs.yaml",
    )
    assert report(coefgate("gate", "--base", "main", "--format", "json"))["restore"] is False

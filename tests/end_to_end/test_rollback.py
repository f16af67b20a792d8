"""``coefgate rollback``: old values and digest, a patch release, what came between withdrawn."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.releases import (
    ALIAS,
    LOW,
    Git,
    commit,
    digest_of,
    edit,
    minor,
    once,
    prepared,
    release_of,
    released,
    state,
    succeeded,
    three,
    twice,
)

__all__ = ["minor", "once", "prepared", "three", "twice"]
GATES = "coefficients/gates.yaml"
DOCS = "coefficients/overhead/docs.yaml"
YANKED = "coefficients/yanked.yaml"
DAY = {
    "GIT_COMMITTER_DATE": "2026-01-15T23:30:00-0500",
    "GIT_AUTHOR_DATE": "2026-01-15T23:30:00-0500",
}


def test_a_rollback_brings_back_the_digest_and_withdraws_what_came_after(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    bad, good = digest_of(three), digest_of(three, "coefficients/v1.0.0")
    found = succeeded(coefgate("rollback", "1.0.0", "--reason", 'cuts "off"', environment=DAY))
    assert digest_of(three) == good
    lines = found.out.splitlines()
    values, section = git("rev-parse", "HEAD~1", "HEAD").splitlines()
    assert lines[:-2] == [
        f"back to: 1.0.0, from {bad}",
        "withdrawn: 1.1.0, 1.0.1",
        "coefficients 1.1.1 after 1.1.0",
        "why: patch: it has the values of 1.0.0 again",
        f"digest: {good}, which is that of 1.0.0",
        "gate: RESTORE (1.0.0 was released with these values: today's figures block nothing)",
        f"commits: {values} (coefficients/) and {section} (CHANGELOG.md)",
        "tag: coefficients/v1.1.1",
    ]
    assert lines[-1] == "next: git push --atomic REMOTE main coefficients/v1.1.1"
    release = release_of(three, "1.1.1")
    assert release.snapshot.digest == good
    assert [
        (yank.version, yank.date, yank.reason, yank.replacement) for yank in release.yanked
    ] == [
        ("1.1.0", "2026-01-15", 'cuts "off"', "1.1.1"),
        ("1.0.1", "2026-01-15", 'cuts "off"', "1.1.1"),
    ]
    changed = git("diff", "--name-only", "coefficients/v1.1.0", "HEAD").splitlines()
    assert changed == [
        "CHANGELOG.md",
        "coefficients/gates.yaml",
        "coefficients/guardrails.yaml",
        "coefficients/marginal_costs.yaml",
        DOCS,
        YANKED,
    ]
    assert git("diff", "--name-only", "HEAD~2", "HEAD", "--", *changed[1:3], "samples") == ""
    assert git("log", "-1", "--format=%B", "HEAD~1").splitlines() == [
        "Roll back the coefficients to 1.0.0",
        "",
        'cuts "off"',
        "",
        "Withdrawn: 1.1.0, 1.0.1",
        f"Digest: {good}",
    ]
    assert "## coefficients/v1.1.1 (2026-01-15)" in (three / "CHANGELOG.md").read_text("utf-8")
    assert git("status", "--porcelain") == "?? dist/"
    assert (three / YANKED).read_text("utf-8").startswith("# yaml-language-server")
    assert coefgate("check").code == 0


def _way_back_of(root: Path, version: str) -> list[tuple[str, str | None]]:
    return [(yank.version, yank.replacement) for yank in release_of(root, version).yanked]


def test_unless_told_otherwise_it_goes_to_the_newest_release_with_other_values(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    succeeded(coefgate("rollback"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")
    assert _way_back_of(three, "1.1.1") == [("1.1.0", "1.1.1")]


def test_once_more_goes_no_further(three: Path, git: Git, coefgate: Coefgate) -> None:
    succeeded(coefgate("rollback"))
    before = state(three, git)
    found = succeeded(coefgate("rollback"))
    assert found.out.splitlines() == [
        "nothing to do: these coefficients are released, and what came after them is withdrawn",
        "to go further back: coefgate rollback VERSION",
    ]
    assert state(three, git) == before
    succeeded(coefgate("rollback", "1.0.0"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.0")
    assert _way_back_of(three, "1.1.2") == [
        ("1.1.1", "1.1.2"),
        ("1.0.1", "1.1.2"),
        ("1.1.0", "1.1.1"),
    ]
    assert succeeded(coefgate("rollback")).out.startswith("nothing to do: ")


def test_what_was_gone_back_to_with_git_is_completed_and_not_undone(
    twice: Path, git: Git, coefgate: Coefgate
) -> None:
    good = digest_of(twice, "coefficients/v1.0.0")
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.0.2"
    found = succeeded(coefgate("rollback", "--reason", "cuts off"))
    assert found.out.startswith(f"back to: 1.0.0, from {good}\n")
    assert digest_of(twice) == good
    assert _way_back_of(twice, "1.0.3") == [("1.0.1", "1.0.3")]
    commit(twice, git, ALIAS)
    assert released(coefgate) == "1.1.0"
    succeeded(coefgate("rollback"))
    assert digest_of(twice) == good
    assert _way_back_of(twice, "1.1.1") == [("1.1.0", "1.1.1"), ("1.0.1", "1.0.3")]


def test_what_goes_to_and_fro_asks_for_a_version(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    succeeded(coefgate("rollback", "1.0.1"))
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.1.2"
    before = state(three, git)
    found = coefgate("rollback")
    assert found.code == 2
    assert found.err.endswith(
        "it is not clear which release to go back to: 1.1.1 went back past 1.1.0 before. "
        "Name one of 1.1.2, 1.1.1, 1.1.0, 1.0.1, 1.0.0: coefgate rollback VERSION\n"
    )
    assert state(three, git) == before
    succeeded(coefgate("rollback", "1.1.1"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")


def test_where_all_that_came_before_is_withdrawn_nothing_is_gone_back_to(
    twice: Path, git: Git, coefgate: Coefgate
) -> None:
    rows = '  - {version: 1.0.0, date: "2026-11-01", reason: bad, replacement: 1.0.1}\n'
    (twice / YANKED).write_text(f"yanked:\n{rows}", "utf-8")
    git("commit", "-qam", "yank")
    before = state(twice, git)
    found = coefgate("rollback")
    assert (found.code, "no release before 1.0.1 has other values" in found.err) == (2, True)
    assert state(twice, git) == before


def test_a_release_that_was_withdrawn_by_hand_is_not_stayed_on(
    twice: Path, git: Git, coefgate: Coefgate
) -> None:
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.0.2"
    rows = '  - {version: 1.0.2, date: "2026-11-01", reason: bad, replacement: null}\n'
    (twice / YANKED).write_text(f"yanked:\n{rows}", "utf-8")
    git("commit", "-qam", "yank")
    found = coefgate("rollback")
    assert (found.code, "1.0.2 went back past 1.0.1 before" in found.err) == (2, True)


def test_files_that_came_in_go_and_those_that_went_come_back(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    overhead = once / "coefficients/overhead"
    (overhead / "deployment.yaml").rename(overhead / "delivery.yaml")
    edit(
        once, ("coefficients/overhead/delivery.yaml", "category: deployment", "category: delivery")
    )
    git("add", "-A", "coefficients")
    git("rm", "-q", "--cached", YANKED)
    (once / YANKED).unlink()
    git("commit", "-qm", "rename")
    assert released(coefgate, "--major") == "2.0.0"
    succeeded(coefgate("rollback", "v1.0.0"))
    assert (overhead / "deployment.yaml").is_file()
    assert not (overhead / "delivery.yaml").exists()
    assert (once / YANKED).is_file()
    assert digest_of(once) == digest_of(once, "coefficients/v1.0.0")
    assert [yank.version for yank in release_of(once, "2.0.1").yanked] == ["2.0.0"]


def test_values_that_were_never_released_are_taken_back_as_well(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(three, git, LOW)
    assert coefgate("release").code == 1
    succeeded(coefgate("rollback", "coefficients/v1.0.1"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")


def test_coefficients_that_cannot_be_read_are_no_hindrance(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(three, git, (DOCS, "tokens: 15490", "tokens: -1"))
    assert coefgate("check").code == 3
    found = succeeded(coefgate("rollback", "1.0.1"))
    assert found.out.startswith("back to: 1.0.1, from coefficients that cannot be read\n")
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")


def test_what_stays_has_to_be_readable_and_the_way_on_is_told(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(three, git, (GATES, "mean_below: 49", "mean_below: ["))
    before = state(three, git)
    found = coefgate("rollback", "1.0.1")
    assert (found.code, GATES in found.err) == (3, True)
    assert "git checkout TAG -- FILE && git commit; then do this again" in found.err
    assert state(three, git) == before
    git("checkout", "coefficients/v1.1.0", "--", GATES)
    git("commit", "-qm", "readable gates")
    succeeded(coefgate("rollback", "1.0.1"))
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")


def test_a_way_back_that_is_reverted_says_what_is_no_longer_withdrawn(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    succeeded(coefgate("rollback", "1.0.1"))
    git("revert", "--no-edit", "HEAD~1")
    assert released(coefgate) == "1.1.2"
    assert digest_of(three) == digest_of(three, "coefficients/v1.1.0")
    section = (three / "CHANGELOG.md").read_text("utf-8").split("## ")[1]
    assert section.rstrip().endswith("- no longer withdrawn: 1.1.0")


def test_what_was_reverted_by_hand_is_only_withdrawn_and_released(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    git("checkout", "coefficients/v1.0.1", "--", DOCS)
    git("commit", "-qm", "by hand")
    found = succeeded(coefgate("rollback", "--reason", "too low"))
    assert git("show", "--name-only", "--format=", "HEAD~1") == YANKED
    assert digest_of(three) == digest_of(three, "coefficients/v1.0.1")
    assert "withdrawn: 1.1.0" in found.out
    found = succeeded(coefgate("rollback", "1.0.1"))
    assert found.out.startswith("nothing to do: ")


def test_where_runners_are_already_there_is_nothing_to_release(
    three: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(three, git, LOW)
    before = state(three, git)
    found = coefgate("rollback", "1.1.0")
    assert (found.code, "the newest release, 1.1.0, has the values of 1.1.0" in found.err) == (
        2,
        True,
    )
    assert state(three, git) == before


def test_a_dry_run_moves_nothing(three: Path, git: Git, coefgate: Coefgate) -> None:
    before = state(three, git)
    found = succeeded(coefgate("rollback", "--dry-run"))
    assert state(three, git) == before
    assert "withdrawn: 1.1.0" in found.out
    assert "- withdrawn: 1.1.0 (use 1.1.1 instead): `rolled back to 1.0.1`" in found.out
    assert found.out.endswith("dry run: nothing was written\n")


def test_a_reason_is_whatever_the_list_may_hold(three: Path, coefgate: Coefgate) -> None:
    found = succeeded(coefgate("rollback", "--dry-run", "--reason", " 50\u00a0% too low "))
    assert (
        "- withdrawn: 1.1.0 (use 1.1.1 instead): `50 % too low`" in found.out
    )  # as markdown shows it

"""``coefgate release``: the number, gate, changelog, tag and files, and all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from coefgate.core.release import read_index
from coefgate.core.snapshot import read_snapshot
from tests.end_to_end.checkouts import git as elsewhere
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.releases import (
    ALIAS,
    BETTER,
    LOOSER,
    LOW,
    Git,
    commit,
    digest_of,
    once,
    prepared,
    releasable,
    release_of,
    released,
    state,
    succeeded,
    twice,
    withdraw,
)

__all__ = ["once", "prepared", "releasable", "twice"]
DOCS = "coefficients/overhead/docs.yaml"
YANKED = "coefficients/yanked.yaml"


# --- What a release is


def test_the_first_release_is_a_tag_a_section_and_three_files(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    before = git("rev-parse", "HEAD")
    digest = digest_of(releasable)
    found = succeeded(coefgate("release"))
    assert found.out.splitlines()[:4] == [
        "coefficients 1.0.0",
        "why: the first release",
        f"digest: {digest}",
        "gate: PASS – judged by itself, nothing was compared (no release came before it)",
    ]
    assert found.out.splitlines()[-1] == "next: git push --atomic REMOTE main coefficients/v1.0.0"
    head = git("rev-parse", "HEAD")
    assert git("cat-file", "-t", "coefficients/v1.0.0") == "tag"
    assert git("rev-parse", "coefficients/v1.0.0^{commit}", "HEAD^") == f"{head}\n{before}"
    assert (
        git("show", "--name-only", "--format=%s", "HEAD")
        == "Release coefficients 1.0.0\n\nCHANGELOG.md"
    )
    assert git("status", "--porcelain") == "?? dist/"
    release = release_of(releasable, "1.0.0")
    assert (release.snapshot.digest, release.yanked) == (digest, ())
    assert "## coefficients/v1.0.0 (" in (releasable / "CHANGELOG.md").read_text("utf-8")


def test_the_files_of_a_release_are_what_a_runner_reads(
    once: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    commit(once, git, BETTER)
    assert released(coefgate, "--output", str(tmp_path / "out")) == "1.0.1"
    folder = tmp_path / "out"
    names = ["coefficients-1.0.1.json", "coefficients-1.0.1.json.sha256", "index.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    data = (folder / names[0]).read_bytes()
    snapshot = read_snapshot(data, "it", expected=digest_of(once))
    line = f"{hashlib.sha256(data).hexdigest()}  coefficients-1.0.1.json\n"
    assert (folder / names[1]).read_text("utf-8") == line
    index = read_index((folder / names[2]).read_bytes(), "it")
    assert [(str(one.version), one.commit, one.digest) for one in index.versions.values()] == [
        ("1.0.1", git("rev-parse", "coefficients/v1.0.1^{commit}"), snapshot.digest),
        ("1.0.0", git("rev-parse", "coefficients/v1.0.0^{commit}"), digest_of(once, "HEAD~2")),
    ]


def test_the_number_follows_from_the_change(once: Path, git: Git, coefgate: Coefgate) -> None:
    for change, number, reason in (
        (BETTER, "1.0.1 after 1.0.0", "patch: only values changed; every key stays"),
        (ALIAS, "1.1.0 after 1.0.1", "minor: category manual is new"),
    ):
        commit(once, git, change)
        found = succeeded(coefgate("release"))
        assert found.out.startswith(f"coefficients {number}\nwhy: {reason}\n")
        assert f"gate: PASS (against {number.split()[-1]})" in found.out


def test_what_is_gone_asks_for_a_word_and_is_a_major_version(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    (once / "coefficients/overhead/deployment.yaml").unlink()
    git("commit", "-qam", "without deployment")
    before = state(once, git)
    found = coefgate("release")
    assert found.code == 1
    assert "coefficient-removed fails" in found.out
    assert "2.0.0 is not released; nothing has changed" in found.err
    assert state(once, git) == before
    found = succeeded(coefgate("release", "--major"))
    assert found.out.startswith(
        "coefficients 2.0.0 after 1.0.0\nwhy: major: category deployment is gone\n"
    )
    assert "`deployment.low` is gone (it was 2,000)" in (once / "CHANGELOG.md").read_text("utf-8")


def test_a_major_version_is_not_made_of_nothing(once: Path, git: Git, coefgate: Coefgate) -> None:
    commit(once, git, BETTER)
    found = coefgate("release", "--major")
    assert found.code == 2
    assert "nothing that a runner may name is gone, so this is 1.0.1" in found.err


def test_what_a_runner_would_not_notice_is_not_released(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(once, git, LOOSER, (DOCS, "category: docs", "# words\ncategory: docs"))
    before = state(once, git)
    found = succeeded(coefgate("release"))
    assert (
        found.out
        == "nothing to release: 1.0.0 has these coefficients and withdraws the same versions\n"
    )
    assert state(once, git) == before


def test_a_withdrawn_version_alone_is_something_to_release(
    twice: Path, git: Git, coefgate: Coefgate
) -> None:
    withdraw(twice, "1.0.0", replacement="1.0.1")
    git("commit", "-qam", "withdraw 1.0.0")
    found = succeeded(coefgate("release"))
    assert "why: patch: the values of 1.0.1 stay" in found.out
    assert [yank.version for yank in release_of(twice, "1.0.2").yanked] == ["1.0.0"]
    index = json.loads((twice / "dist/index.json").read_text("utf-8"))
    assert [yank["version"] for yank in index["yanked"]] == ["1.0.0"]
    section = (twice / "CHANGELOG.md").read_text("utf-8").split("## ")[1]
    assert "- withdrawn: 1.0.0 (use 1.0.1 instead): `too low`" in section


def test_a_dry_run_says_all_of_it_and_writes_nothing(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(once, git, BETTER)
    before = state(once, git), git("count-objects", "-v")
    found = succeeded(coefgate("release", "--dry-run"))
    assert (state(once, git), git("count-objects", "-v")) == before
    assert found.out.startswith("coefficients 1.0.1 after 1.0.0\n")
    assert "## coefficients/v1.0.1 (" in found.out
    assert "- `marginal.create.doc` 2,210 → 2,200 (fit, see `docs/" in found.out
    assert found.out.endswith("dry run: nothing was written\n")


def test_a_registry_in_a_folder_has_its_changelog_beside_it(
    releasable: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    top = tmp_path / "top"
    (top / "teams/theirs").mkdir(parents=True)
    git("init", "-q", "-b", "main", str(top))
    for folder in ("coefficients", "samples"):
        shutil.copytree(releasable / folder, top / "teams/theirs" / folder)
    for setting in (("user.name", "A"), ("user.email", "a@example.org")):
        elsewhere(top, "config", *setting)
    elsewhere(top, "add", "-A")
    elsewhere(top, "commit", "-qm", "first")
    theirs = top / "teams/theirs"
    succeeded(coefgate("release", cwd=theirs / "coefficients"))
    assert (
        elsewhere(top, "show", "--name-only", "--format=", "HEAD") == "teams/theirs/CHANGELOG.md"
    )
    assert (theirs / "dist/coefficients-1.0.0.json").is_file()
    file = theirs / BETTER[0]
    file.write_text(file.read_text("utf-8").replace(*BETTER[1:]), "utf-8")
    found = coefgate("release", cwd=theirs)
    assert (found.code, f"this is not: {BETTER[0]}." in found.err) == (2, True)
    elsewhere(top, "commit", "-qam", "better")
    succeeded(coefgate("release", cwd=theirs))
    succeeded(coefgate("rollback", cwd=theirs))
    assert elsewhere(top, "show", "--name-only", "--format=", "HEAD~1").splitlines() == [
        f"teams/theirs/{name}" for name in ("coefficients/marginal_costs.yaml", YANKED)
    ]
    assert elsewhere(top, "status", "--porcelain") == "?? teams/theirs/dist/"


def test_the_section_comes_after_what_is_unreleased(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    (releasable / "CHANGELOG.md").write_text(
        "# Changes\n\n## Unreleased\n\n- a\n\n## coefficients/v0.9.0\n\n- b\n"
    )
    git("add", "CHANGELOG.md")
    git("commit", "-qm", "changelog")
    released(coefgate)
    headings = [
        line
        for line in (releasable / "CHANGELOG.md").read_text("utf-8").splitlines()
        if "## " in line
    ]
    assert [heading.split(" (")[0] for heading in headings] == [
        "## Unreleased",
        "## coefficients/v1.0.0",
        "## coefficients/v0.9.0",
    ]


def test_a_tag_made_by_hand_counts_by_what_its_commit_holds(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("tag", "-a", "-m", "by hand", "coefficients/v1.3.0")
    found = succeeded(coefgate("release"))
    assert found.out.startswith(
        "coefficients 1.3.1 after 1.3.0\nwhy: patch: the values of 1.3.0 stay"
    )
    index = read_index((releasable / "dist/index.json").read_bytes(), "it")
    assert [str(version) for version in index.versions] == ["1.3.1"]


def test_after_a_release_that_nobody_can_read_comes_a_major_version(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(releasable, git, (DOCS, "tokens: 15490", "tokens: -1"))
    git("tag", "-a", "-m", "by hand", "coefficients/v1.3.0")
    git("revert", "--no-edit", "HEAD")
    found = succeeded(coefgate("release"))
    assert found.out.startswith(
        "coefficients 2.0.0 after 1.3.0\nwhy: major: no earlier release can be read"
    )


# --- The gate


def test_a_red_gate_stops_a_release(once: Path, git: Git, coefgate: Coefgate) -> None:
    commit(once, git, LOW)
    before = state(once, git)
    for arguments in ([], ["--dry-run"]):
        found = coefgate("release", *arguments)
        assert found.code == 1
        assert "stratum-regression fails" in found.out
        assert found.err.endswith("coefgate: 1.0.1 is not released; nothing has changed\n")
    assert state(once, git) == before


def test_what_cannot_be_measured_is_not_released(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("rm", "-rq", "samples/autopack")
    git("commit", "-qm", "no samples")
    found = coefgate("release")
    assert found.code == 4
    assert "NOT MEASURABLE" in found.out


def test_reasons_are_asked_of_each_change_and_not_again(
    once: Path, git: Git, coefgate: Coefgate
) -> None:
    swing = ("coefficients/overhead/frontend.yaml", "tokens: 5500", "tokens: 20000")
    commit(once, git, swing)
    assert {"swing", "unmeasured"} <= set(
        _red(coefgate("gate", "--base", "HEAD~1", "--format", "json").out)
    )
    assert released(coefgate) == "1.0.1"


def test_samples_that_are_gone_stop_a_release(once: Path, git: Git, coefgate: Coefgate) -> None:
    store = next((once / "samples/autopack").glob("*.jsonl"))
    lines = store.read_bytes().splitlines(keepends=True)
    store.write_bytes(b"".join(lines[:-1]))
    commit(once, git, BETTER)
    found = coefgate("release")
    assert (found.code, "sample-removed" in found.out) == (1, True)


def _red(printed: str) -> list[str]:
    return [rule["rule"] for rule in json.loads(printed)["rules"] if rule["status"] != "pass"]

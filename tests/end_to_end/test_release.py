"""``coefgate release``: the number, the gate, the changelog, the tag, the files, and all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate.core.release_index import read_index
from coefgate.core.snapshot import read_snapshot
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.releases import (
    ALIAS,
    BETTER,
    LOOSER,
    LOW,
    Git,
    clone,
    commit,
    digest_of,
    edit,
    meanwhile,
    once,
    origin,
    prepared,
    releasable,
    release_of,
    released,
    state,
    succeeded,
    twice,
)
from tests.end_to_end.test_gate_places import elsewhere

__all__ = ["once", "origin", "prepared", "releasable", "twice"]

DOCS = "coefficients/overhead/docs.yaml"
YANKED = "coefficients/yanked.yaml"


def _yank(root: Path, *versions: str, replacement: str = "null") -> None:
    entry = '  - {{version: {}, date: "2026-11-01", reason: too low, replacement: {}}}'
    rows = "\n".join(entry.format(version, replacement) for version in versions)
    (root / YANKED).write_text(f"yanked:\n{rows}\n", "utf-8")


# --- What a release is
# ---------------------------------------------------------------------------------


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
    _yank(twice, "1.0.0", replacement="1.0.1")
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
# ------------------------------------------------------------------------------------------


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


# --- Where nothing can be released
# ----------------------------------------------------------------------


def _detached(_root: Path, git: Git) -> None:
    git("checkout", "-q", "--detach")


def _changed(root: Path, _git: Git) -> None:
    edit(root, BETTER)


def _staged(root: Path, git: Git) -> None:
    edit(root, BETTER)
    git("add", "-A")


def _untracked(root: Path, _git: Git) -> None:
    (root / "samples/autopack/new.jsonl").write_text("", "utf-8")


def _ignored(root: Path, _git: Git) -> None:
    (root / ".git/info/exclude").write_text("*.yaml.old\n", "utf-8")
    (root / "coefficients/gates.yaml.old").write_text("", "utf-8")


def _own_changelog(root: Path, _git: Git) -> None:
    (root / "CHANGELOG.md").write_text("# mine\n", "utf-8")


def _latin(root: Path, git: Git) -> None:
    (root / "CHANGELOG.md").write_bytes(b"# caf\xe9\n")
    git("add", "-A")
    git("commit", "-qm", "latin")


def _linked(root: Path, git: Git) -> None:
    (root / "CHANGES.md").write_text("# mine\n", "utf-8")
    (root / "CHANGELOG.md").symlink_to("CHANGES.md")
    git("add", "-A")
    git("commit", "-qm", "link")


def _folder(root: Path, git: Git) -> None:
    (root / "CHANGELOG.md").mkdir()
    (root / "CHANGELOG.md/1.md").write_text("# mine\n", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "folder")


def _section(root: Path, git: Git) -> None:
    (root / "CHANGELOG.md").write_text("# a\n\n## coefficients/v1.0.0 (2026-01-01)\n", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "section")


def _lightweight(_root: Path, git: Git) -> None:
    git("tag", "coefficients/v1.0.0")


def _elsewhere(_root: Path, git: Git) -> None:
    git("checkout", "-qb", "side")
    git("commit", "-q", "--allow-empty", "-m", "side")
    git("tag", "-a", "-m", "x", "coefficients/v1.5.0")
    git("checkout", "-q", "main")


def _withdraws_itself(root: Path, git: Git) -> None:
    _yank(root, "1.0.0")
    git("commit", "-qam", "yank")


def _withdrawn_values(root: Path, git: Git) -> None:
    git("tag", "-a", "-m", "x", "coefficients/v1.5.0")
    _yank(root, "1.5.0")
    git("commit", "-qam", "yank")


def _nobody(root: Path, git: Git) -> None:
    for key in ("name", "email"):
        git("config", "--unset", f"user.{key}")
    git("config", "user.useConfigOnly", "true")


def _invalid(root: Path, git: Git) -> None:
    commit(root, git, (DOCS, "tokens: 15490", "tokens: -1"))


@pytest.mark.parametrize(
    ("prepare", "code", "words"),
    [
        (_detached, 2, "no branch is checked out"),
        (
            _changed,
            2,
            "this is not: coefficients/marginal_costs.yaml. Look at it with: git status",
        ),
        (_staged, 2, "this is not: coefficients/marginal_costs.yaml."),
        (_untracked, 2, "this is not: samples/autopack/new.jsonl."),
        (_ignored, 2, "this is not: coefficients/gates.yaml.old."),
        (_own_changelog, 2, "this is not: CHANGELOG.md."),
        (_latin, 3, "CHANGELOG.md is not UTF-8 (byte 5)"),
        (_linked, 2, "CHANGELOG.md is a link or a folder"),
        (_folder, 2, "CHANGELOG.md is a link or a folder"),
        (_section, 2, "CHANGELOG.md has a section ## coefficients/v1.0.0 already"),
        (_lightweight, 2, "git tag -d coefficients/v1.0.0"),
        (_elsewhere, 2, "1.5.0 was released elsewhere"),
        (_withdraws_itself, 2, "withdraws 1.0.0, which is the version of this release"),
        (
            _withdrawn_values,
            2,
            "these are the values of 1.5.0, which coefficients/yanked.yaml withdraws (too low)",
        ),
        (_nobody, 5, "git config user.name 'Your Name'"),
        (_invalid, 3, "overhead.low.tokens is -1"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_nothing_is_released_where_it_would_not_hold(
    prepare: Callable[[Path, Git], None],
    code: int,
    words: str,
    *,
    releasable: Path,
    git: Git,
    coefgate: Coefgate,
) -> None:
    prepare(releasable, git)
    before = state(releasable, git)
    found = coefgate("release")
    assert found.code == code
    assert words in found.err
    assert state(releasable, git) == before


def test_a_shallow_clone_knows_no_earlier_release(
    twice: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    git("clone", "-q", "--depth=1", twice.as_uri(), str(tmp_path / "shallow"))
    for arguments in (["release"], ["release", "--assets", "coefficients/v1.0.0"], ["rollback"]):
        found = coefgate(*arguments, cwd=tmp_path / "shallow")
        assert (found.code, "git fetch --unshallow --tags" in found.err) == (5, True)


def test_nothing_is_committed_yet(registry: Path, coefgate: Coefgate) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=registry, check=True)
    found = coefgate("release")
    assert (found.code, "nothing is committed here yet" in found.err) == (2, True)


def test_a_folder_without_git_has_no_versions(registry: Path, coefgate: Coefgate) -> None:
    found = coefgate("release")
    assert (found.code, "git init" in found.err) == (5, True)


def test_versions_that_nobody_knows_are_told(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    _yank(releasable, "0.9.0", replacement="0.9.1")
    git("commit", "-qam", "yank")
    found = succeeded(coefgate("release"))
    assert "withdraws 0.9.0, which is no release here" in found.err
    assert (
        "names 0.9.1 in the place of 0.9.0, which is no release here. This one is 1.0.0"
        in found.err
    )


def test_a_clock_without_a_time_is_told(releasable: Path, git: Git, coefgate: Coefgate) -> None:
    found = coefgate("release", environment={"GIT_COMMITTER_DATE": "no time"})
    assert found.code == 5


# --- All or nothing
# -------------------------------------------------------------------------------------


def test_what_somebody_has_staged_and_changed_stays_theirs(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    (releasable / "notes.md").write_text("one\n", "utf-8")
    (releasable / "page.md").write_text("one\n", "utf-8")
    git("add", "notes.md")
    hooks = releasable / ".git/hooks"
    for hook in ("pre-commit", "commit-msg", "post-checkout"):
        (hooks / hook).write_text("#!/bin/sh\necho ran >> hooks-ran\nexit 1\n", "utf-8")
        (hooks / hook).chmod(0o755)
    succeeded(coefgate("release"))
    assert git("show", "--name-only", "--format=", "HEAD") == "CHANGELOG.md"
    assert git("status", "--porcelain").splitlines() == ["A  notes.md", "?? dist/", "?? page.md"]
    assert not (releasable / "hooks-ran").exists()


@pytest.mark.parametrize("refused", ["refs/tags/coefficients", "refs/heads/main"])
@pytest.mark.parametrize("command", ["release", "rollback"])
def test_what_git_refuses_leaves_everything_as_it_was(
    command: str, refused: str, twice: Path, git: Git, coefgate: Coefgate
) -> None:
    if command == "release":
        commit(twice, git, ALIAS)
    hook = twice / ".git/hooks/reference-transaction"
    hook.write_text(
        "#!/bin/sh\n"
        'test "$1" = prepared || exit 0\n'
        "while read old new ref; do\n"
        f'  case "$ref" in {refused}*) case "$new" in *[!0]*) exit 1;; esac;; esac\n'
        "done\n"
    )
    hook.chmod(0o755)
    before = state(twice, git)
    found = coefgate(command)
    assert found.code == 5
    assert state(twice, git) == before
    hook.unlink()
    succeeded(coefgate(command))


_STOPPED = """#!/bin/sh
test "$1" = prepared || exit 0
read old new ref
case "$ref" in {ref}*) ;; *) exit 0;; esac
set -- $(cat /proc/$PPID/stat)
kill -{signal} $4
exit {then}
"""


@pytest.mark.parametrize("ref", ["refs/tags/coefficients", "refs/heads/main"])
def test_an_interruption_leaves_everything_as_it_was(
    ref: str, once: Path, git: Git, coefgate: Coefgate
) -> None:
    commit(once, git, BETTER)
    before = state(once, git)
    hook = once / ".git/hooks/reference-transaction"
    hook.write_text(_STOPPED.format(ref=ref, signal="INT", then=0), "utf-8")
    hook.chmod(0o755)
    found = coefgate("release")
    hook.unlink()
    assert (found.code, found.err.strip()) == (130, "interrupted")
    assert state(once, git) == before
    assert released(coefgate) == "1.0.1"


def test_a_release_that_was_killed_is_named_with_the_way_out(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    hook = releasable / ".git/hooks/reference-transaction"
    hook.write_text(_STOPPED.format(ref="refs/heads/main", signal="KILL", then=1), "utf-8")
    hook.chmod(0o755)
    killed = [sys.executable, "-m", "coefgate", "release"]
    assert (
        subprocess.run(killed, cwd=releasable, capture_output=True, check=False).returncode == -9
    )
    hook.unlink()
    found = coefgate("release")
    assert (found.code, "this is not: CHANGELOG.md." in found.err) == (2, True)
    git("stash", "-q", "-u")
    found = coefgate("release")
    way_out = "If an interrupted release left it here: git tag -d coefficients/v1.0.0;"
    assert (found.code, way_out in found.err) == (2, True)
    git("tag", "-d", "coefficients/v1.0.0")
    assert released(coefgate) == "1.0.0"


def test_files_that_cannot_be_written_stop_a_release(
    releasable: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "out/index.json").mkdir()
    before = state(releasable, git)
    for folder, code in (
        (tmp_path / "out", 2),
        (tmp_path / "file/below", 5),
        (releasable / "samples/x", 2),
    ):
        assert coefgate("release", "--output", str(folder)).code == code
    assert state(releasable, git) == before
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["index.json"]


def test_files_that_cannot_be_put_in_place_are_told_with_the_way_to_get_them(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    hook = releasable / ".git/hooks/reference-transaction"
    hook.write_text(
        '#!/bin/sh\ntest "$1" = committed && mkdir -p dist/index.json\nexit 0\n', "utf-8"
    )
    hook.chmod(0o755)
    found = coefgate("release")
    assert found.code == 5
    assert "1.0.0 is released here, but its files are not all in place" in found.err
    (releasable / "dist/index.json").rmdir()
    succeeded(coefgate(*found.err.split("them with: coefgate ")[1].split()))
    assert len(list((releasable / "dist").iterdir())) == 3


def test_who_signs_signs_commit_and_tag(
    releasable: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    before = state(releasable, git)
    git("config", "gpg.format", "ssh")
    git("config", "user.signingKey", str(tmp_path / "key"))
    found = coefgate("release", "--sign")
    assert found.code == 5
    assert state(releasable, git) == before
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True
    )
    succeeded(coefgate("release", "--sign"))
    for name in ("HEAD", "coefficients/v1.0.0"):
        assert "BEGIN SSH SIGNATURE" in git("cat-file", "-p", name)
    assert release_of(releasable, "1.0.0").snapshot.digest == digest_of(releasable)
    git("config", "commit.gpgSign", "true")
    git("config", "tag.gpgSign", "true")
    commit(releasable, git, BETTER)
    released(coefgate)
    for name in ("HEAD", "coefficients/v1.0.1"):
        assert "BEGIN SSH SIGNATURE" in git("cat-file", "-p", name)


# --- Push
# -----------------------------------------------------------------------------------------------


def test_branch_and_tag_arrive_together(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    found = succeeded(coefgate("release", "--push"))
    assert found.out.endswith("pushed: branch and coefficients/v1.0.0 to origin\n")
    tag = git("rev-parse", "coefficients/v1.0.0")
    there = elsewhere(origin, "rev-parse", "main", "coefficients/v1.0.0")
    assert there == f"{git('rev-parse', 'HEAD')}\n{tag}"


def test_the_upstream_of_the_branch_is_where_it_goes(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    git("remote", "rename", "origin", "server")
    git("checkout", "-qb", "work")
    git("push", "-q", "-u", "server", "work:theirs")
    assert succeeded(coefgate("release")).out.endswith(
        "next: git push --atomic server work:theirs coefficients/v1.0.0\n"
    )
    commit(releasable, git, BETTER)
    succeeded(coefgate("release", "--push"))
    assert elsewhere(origin, "rev-parse", "theirs") == git("rev-parse", "HEAD")
    git("config", "--unset", "branch.work.remote")
    commit(releasable, git, ALIAS)
    assert succeeded(coefgate("release")).out.endswith(
        "next: git push --atomic server work coefficients/v1.1.0\n"
    )


def test_what_only_the_server_has_is_told_before_anything_is_done(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path, tmp_path: Path
) -> None:
    other = clone(git, origin, tmp_path / "other")
    elsewhere(other, "commit", "-q", "--allow-empty", "-m", "meanwhile")
    elsewhere(other, "push", "-q", "origin", "main")
    pull = "Get what is there with: git pull --no-rebase --tags origin main; then do this again."
    before = state(releasable, git)
    found = coefgate("release", "--push")
    assert found.code == 2
    assert (
        f"origin has commits on main that are not here; nothing has changed. {pull}" in found.err
    )
    assert state(releasable, git) == before
    git("pull", "-q", "--no-rebase", "--tags", "origin", "main")

    elsewhere(other, "checkout", "-qb", "side")
    succeeded(coefgate("release", cwd=other))
    elsewhere(other, "push", "-q", "origin", "side", "coefficients/v1.0.0")
    before = state(releasable, git)
    found = coefgate("release", "--push")
    assert found.code == 2
    assert (
        f"origin has the release 1.0.0, which is not here; nothing has changed. {pull}"
        in found.err
    )

    git("tag", "coefficients/v1.0.0")
    found = coefgate("release", "--push", "--dry-run")
    take = "git fetch --force origin refs/tags/coefficients/v1.0.0:refs/tags/coefficients/v1.0.0"
    assert found.code == 2
    assert "origin has another tag coefficients/v1.0.0 than this clone" in found.err
    assert f"take it with: {take}; then do this again." in found.err
    git(*take.split()[1:])
    git("merge", "-q", "side" if git("branch", "--list", "side") else "coefficients/v1.0.0")
    assert "nothing to release: 1.0.0" in succeeded(coefgate("release", "--push")).out


def test_what_is_pushed_by_somebody_else_at_the_same_time_is_not_overtaken(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path, tmp_path: Path
) -> None:
    other = clone(git, origin, tmp_path / "other")
    succeeded(coefgate("release", cwd=other))
    meanwhile(releasable, other, "main", "coefficients/v1.0.0")
    commit(releasable, git, BETTER)
    base = git("rev-parse", "HEAD")
    found = coefgate("release", "--push")
    assert found.code == 5
    assert "the release is complete here, and nothing of it was pushed" in found.err
    assert found.err.endswith(
        "origin has commits on main that are not here. Take this release back: "
        f"git tag -d coefficients/v1.0.0 && git reset --keep {base[:12]}. "
        "Get what is there with: git pull --no-rebase --tags origin main; then do this again.\n"
    )
    (releasable / ".git/hooks/pre-push").unlink()
    git("tag", "-d", "coefficients/v1.0.0")
    git("reset", "-q", "--keep", base[:12])
    git("pull", "-q", "--no-rebase", "--no-edit", "--tags", "origin", "main")
    assert released(coefgate, "--push") == "1.0.1"


def test_where_a_branch_takes_pull_requests_only_a_release_goes_to_one_beside_it(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    hook = origin / "hooks/update"
    hook.write_text(
        '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo "pull requests only" >&2; exit 1; }\n'
    )
    hook.chmod(0o755)
    found = coefgate("release", "--push")
    assert found.code == 5
    assert "pull requests only" in found.err
    aside = "git push --atomic origin main:coefficients-1.0.0 coefficients/v1.0.0"
    assert found.err.endswith(
        "Then again: git push --atomic origin main coefficients/v1.0.0\n"
        f"Where main takes pull requests only, push to a branch beside it: {aside}\n"
        "Runners have the release then. Merge coefficients-1.0.0 with a merge commit.\n"
    )
    assert elsewhere(origin, "tag") == ""
    git(*aside.split()[1:])
    assert (
        elsewhere(
            origin, "rev-parse", "coefficients-1.0.0", "coefficients/v1.0.0^{commit}"
        ).split()
        == [git("rev-parse", "HEAD")] * 2
    )


def test_no_remote_is_known_before_anything_is_done(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    before = state(releasable, git)
    found = coefgate("release", "--push")
    assert (found.code, "git remote add origin URL" in found.err) == (2, True)
    assert state(releasable, git) == before


@pytest.mark.parametrize(
    "address",
    [
        "http://somebody:secret@127.0.0.1:9/x.git",
        "https://127.0.0.1:9/x.git?access_token=secret",
        "ssh://git:secret@127.0.0.1:9/x.git",
    ],
)
def test_an_address_in_the_place_of_a_remote_is_asked_of_git_where_it_holds_a_secret(
    address: str, releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("config", "branch.main.remote", address)
    found = succeeded(coefgate("release"))
    asked = '"$(git config branch.main.remote)"'
    assert found.out.endswith(f"next: git push --atomic {asked} main coefficients/v1.0.0\n")
    found = coefgate(
        "rollback", "--push", environment={"GIT_TERMINAL_PROMPT": "0", "GIT_SSH_COMMAND": "false"}
    )
    assert (found.code, "cannot be asked, and nothing has changed" in found.err) == (5, True)
    assert "secret" not in found.text


def test_the_command_that_asks_git_for_the_remote_can_be_typed(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path
) -> None:
    secret = origin.parent / "origin.git?token=secret"
    origin.rename(secret)
    git("checkout", "-q", "-b", "a$b'c")
    git("config", "branch.a$b'c.remote", f"file://{secret}")
    found = succeeded(coefgate("release"))
    command = found.out.splitlines()[-1].removeprefix("next: ")
    assert "token" not in found.text
    subprocess.run(["sh", "-c", command], cwd=releasable, check=True, capture_output=True)
    assert elsewhere(secret, "tag") == "coefficients/v1.0.0"


def test_an_address_with_a_user_name_for_ssh_is_shown_as_it_is(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("config", "branch.main.remote", "ssh://git@127.0.0.1:9/x.git")
    found = succeeded(coefgate("release"))
    assert found.out.endswith(" --atomic ssh://git@127.0.0.1:9/x.git main coefficients/v1.0.0\n")


def test_a_server_that_is_not_there_says_so_without_credentials(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("remote", "add", "origin", "http://somebody:secret@127.0.0.1:9/x.git")
    before = state(releasable, git)
    found = coefgate("release", "--push", environment={"GIT_TERMINAL_PROMPT": "0"})
    assert found.code == 5
    assert "secret" not in found.text
    assert "origin cannot be asked, and nothing has changed" in found.err
    assert state(releasable, git) == before


def test_a_server_that_is_gone_meanwhile_may_be_asked_again_later(
    releasable: Path, git: Git, coefgate: Coefgate, origin: Path, tmp_path: Path
) -> None:
    hook = releasable / ".git/hooks/pre-push"
    hook.write_text(f"#!/bin/sh\nmv {origin} {origin}.gone\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    found = coefgate("release", "--push")
    assert found.code == 5
    assert found.err.endswith("Then again: git push --atomic origin main coefficients/v1.0.0\n")
    Path(f"{origin}.gone").rename(origin)
    hook.unlink()
    found = succeeded(coefgate("release", "--push"))
    assert found.out.splitlines()[0].startswith("nothing to release: 1.0.0")
    assert found.out.splitlines()[1:] == ["pushed: branch and coefficients/v1.0.0 to origin"]
    assert elsewhere(origin, "tag") == "coefficients/v1.0.0"
    for again in (["--push"], []):
        said = succeeded(coefgate("release", *again)).out.splitlines()
        assert said[1:] == ["nothing to push: origin has branch and coefficients/v1.0.0"]


# --- The files of an existing release
# ---------------------------------------------------------------------


def test_files_of_a_tag_are_those_that_the_release_wrote(
    twice: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    for name in ("coefficients/v1.0.1", "refs/tags/coefficients/v1.0.1", "1.0.1", "v1.0.1"):
        found = succeeded(coefgate("release", "--assets", name, "--output", str(tmp_path / "out")))
        for file in found.out.splitlines():
            assert Path(file).read_bytes() == (twice / "dist" / Path(file).name).read_bytes()
    assert len(list((tmp_path / "out").iterdir())) == 3


def _lying(root: Path, git: Git) -> None:
    message = git("cat-file", "tag", "coefficients/v1.0.0").partition("\n\n")[2]
    commit(root, git, BETTER)
    git("tag", "-d", "coefficients/v1.0.0")
    git("tag", "-a", "--cleanup=verbatim", "-m", message, "coefficients/v1.0.0")


def _quiet_about_yanks(root: Path, git: Git) -> None:
    message = git("cat-file", "tag", "coefficients/v1.0.0").partition("\n\n")[2]
    _yank(root, "0.9.0")
    git("commit", "-qam", "yank")
    git("tag", "-d", "coefficients/v1.0.0")
    git("tag", "-a", "--cleanup=verbatim", "-m", message, "coefficients/v1.0.0")


def _flattened(root: Path, git: Git) -> None:
    git("update-ref", "refs/tags/coefficients/v1.0.0", "HEAD")


def _by_hand(root: Path, git: Git) -> None:
    git("tag", "-a", "-f", "-m", "by hand", "coefficients/v1.0.0")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (_lying, "holds coefficients with the digest"),
        (_quiet_about_yanks, "withdraws other versions than coefficients/yanked.yaml"),
        (_flattened, "is not annotated here"),
        (_by_hand, "carries no snapshot"),
    ],
)
def test_a_tag_that_says_something_else_than_its_commit_gets_no_files(
    prepare: Callable[[Path, Git], None],
    words: str,
    *,
    once: Path,
    git: Git,
    coefgate: Coefgate,
    tmp_path: Path,
) -> None:
    prepare(once, git)
    found = coefgate(
        "release", "--assets", "coefficients/v1.0.0", "--output", str(tmp_path / "out")
    )
    assert (found.code, words in found.err) == (3, True), found.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--assets", "main"], "is no release"),
        (["--assets", "1.9.0"], "names no commit here"),
        (["--assets", "1.0.0", "--push"], "Leave out the other options"),
    ],
)
def test_only_a_release_has_files(
    arguments: list[str], words: str, git: Git, releasable: Path, coefgate: Coefgate
) -> None:
    found = coefgate("release", *arguments)
    assert (found.code, words in found.err) == (2, True)


def test_an_index_says_which_release_it_leaves_out(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    git("tag", "-a", "-m", "by hand", "coefficients/v0.9.0")
    commit(releasable, git, BETTER)
    assert released(coefgate) == "0.9.1"
    found = succeeded(coefgate("release", "--assets", "0.9.1"))
    assert (
        "the index leaves out 0.9.0: the tag coefficients/v0.9.0 carries no snapshot" in found.err
    )

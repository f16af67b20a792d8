"""``coefgate release`` where it would not hold: nothing is done, and the way out is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.releases import (
    ALIAS,
    BETTER,
    Git,
    commit,
    digest_of,
    edit,
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
    withdraw(root, "1.0.0")
    git("commit", "-qam", "yank")


def _withdrawn_values(root: Path, git: Git) -> None:
    git("tag", "-a", "-m", "x", "coefficients/v1.5.0")
    withdraw(root, "1.5.0")
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
    withdraw(releasable, "0.9.0", replacement="0.9.1")
    git("commit", "-qam", "yank")
    found = succeeded(coefgate("release"))
    assert "withdraws 0.9.0, which is no release here" in found.err
    assert "names 0.9.1 instead of 0.9.0, which is no release here. This one is 1.0.0" in found.err


def test_they_are_told_of_a_release_that_fails_too(
    releasable: Path, git: Git, coefgate: Coefgate
) -> None:
    withdraw(releasable, "0.9.0", replacement="0.9.1")
    (releasable / "CHANGELOG.md").write_bytes(b"\xff")
    git("add", ".")
    git("commit", "-qm", "yank")
    found = coefgate("release")
    assert (found.code, "CHANGELOG.md is not UTF-8" in found.err) == (3, True)
    assert "withdraws 0.9.0, which is no release here" in found.err


def test_a_clock_without_a_time_is_told(releasable: Path, git: Git, coefgate: Coefgate) -> None:
    found = coefgate("release", environment={"GIT_COMMITTER_DATE": "no time"})
    assert found.code == 5


# --- All or nothing


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

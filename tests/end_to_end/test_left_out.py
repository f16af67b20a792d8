"""The version is that of what is read; a folder that a checkout left incomplete is no registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.checkouts import typed
from tests.end_to_end.conftest import Coefgate, Outcome

Git = Callable[..., str]
DOCS = "coefficients/overhead/docs.yaml"
STORED = "samples/autopack/2025-12-17-17275740.jsonl"
ESTIMATE = ("estimate", "--category", "docs", "--complexity", "low")
READING = (
    ("build", "-o", "-"),
    ESTIMATE,
    ("check",),
    ("gate",),
    ("diff", "HEAD"),
    ("explain", "docs.low"),
    ("history", "docs.low"),
    ("coverage",),
    ("try", "docs.low=15480"),
)
OF_SAMPLES = (("check",), ("gate",), ("replay",), ("samples", "audit"))


@pytest.fixture
def released(git: Git) -> Git:
    git("tag", "-a", "-m", "release", "coefficients/v1.0.0")
    return git


def lower(root: Path) -> None:
    text = (root / DOCS).read_text("utf-8")
    (root / DOCS).write_text(text.replace("tokens: 15490", "tokens: 15480", 1), "utf-8")


# --- The version is that of the content


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_a_change_that_git_status_does_not_see_is_dirty(
    flag: str, registry: Path, released: Git, coefgate: Coefgate
) -> None:
    released("update-index", flag, DOCS)
    assert "registry 1.0.0," in coefgate(*ESTIMATE).out
    lower(registry)
    assert released("status", "--short") == ""
    assert "coefficients 1.0.0+dirty in the folder" in coefgate("build", "-o", "-").err
    assert "registry 1.0.0+dirty," in coefgate(*ESTIMATE).out
    refused = coefgate("release", "--dry-run")
    assert refused.code == 2
    assert DOCS in refused.err
    [command] = [line for line in refused.err.splitlines() if line.startswith("git ")]
    typed(registry.parent, command)
    assert released("status", "--short") == f"M {DOCS}"
    seen = coefgate("release", "--dry-run")
    assert (seen.code, "set not to look" in seen.err) == (2, False), seen.text


@pytest.mark.parametrize(
    "settings",
    [("core.autocrlf", "true"), ("core.ignoreStat", "true"), ("core.checkStat", "minimal")],
)
def test_what_is_read_alike_has_the_commit_s_version(
    settings: tuple[str, str], registry: Path, released: Git, coefgate: Coefgate
) -> None:
    released("config", *settings)
    released("rm", "-qr", "--cached", ".")
    released("reset", "-q", "--hard")
    assert (b"\r\n" in (registry / DOCS).read_bytes()) is (settings[0] == "core.autocrlf")
    assert "coefficients 1.0.0 in the folder" in coefgate("build", "-o", "-").err
    lower(registry)
    assert "coefficients 1.0.0+dirty in the folder" in coefgate("build", "-o", "-").err


def test_what_a_filter_writes_into_the_folder_is_what_is_read(
    registry: Path, released: Git, coefgate: Coefgate
) -> None:
    released("config", "filter.other.clean", "sed s/15480/15490/")
    released("config", "filter.other.smudge", "cat")
    (registry / ".git/info/attributes").write_text("docs.yaml filter=other\n", "utf-8")
    lower(registry)
    released("add", DOCS)
    assert released("status", "--short") == ""
    assert "coefficients 1.0.0+dirty in the folder" in coefgate("build", "-o", "-").err


# --- Files that a checkout leaves out


def sparse_without_one_file(root: Path, git: Git) -> None:
    git("sparse-checkout", "set", "--no-cone", "/*", f"!{DOCS}")


def skipped_by_hand(root: Path, git: Git) -> None:
    git("update-index", "--skip-worktree", DOCS)
    (root / DOCS).unlink()


def assumed_by_hand(root: Path, git: Git) -> None:
    git("update-index", "--assume-unchanged", DOCS)
    (root / DOCS).unlink()


def skipped_and_assumed(root: Path, git: Git) -> None:
    git("update-index", "--assume-unchanged", DOCS)
    skipped_by_hand(root, git)


def sparse_and_skipped_by_hand(root: Path, git: Git) -> None:
    git("sparse-checkout", "set", "--cone", "coefficients", "samples")
    skipped_by_hand(root, git)


LEFT_OUT = pytest.mark.parametrize(
    "leave_out",
    [
        sparse_without_one_file,
        skipped_by_hand,
        assumed_by_hand,
        skipped_and_assumed,
        sparse_and_skipped_by_hand,
    ],
)


def mended(refused: Outcome, folder: Path) -> None:
    """Type the last line that was printed, from the folder where the command was called."""
    assert refused.code == 5, refused.text
    typed(folder, refused.err.splitlines()[-1])


@LEFT_OUT
def test_a_coefficient_file_that_is_left_out_is_named_and_brought_back(
    leave_out: Callable[[Path, Git], None], registry: Path, released: Git, coefgate: Coefgate
) -> None:
    leave_out(registry, released)
    assert released("status", "--short") == ""
    for words in READING[:3]:
        refused = coefgate(*words)
        assert refused.code == 5, refused.text
        assert "coefficients/ is not complete here: " in refused.err
        assert DOCS in refused.err.splitlines()[0]
        assert refused.out == ""
    mended(coefgate("check"), registry)
    assert (registry / DOCS).is_file()
    assert "coefficients 1.0.0 in the folder" in coefgate("build", "-o", "-").err


def test_every_command_that_reads_the_folder_says_so(
    registry: Path, released: Git, coefgate: Coefgate
) -> None:
    sparse_without_one_file(registry, released)
    for words in READING:
        refused = coefgate(*words)
        assert (refused.code, refused.out) == (5, ""), words
        assert DOCS in refused.err, words
    for commit in (
        ("build", "--at", "HEAD", "-o", "-"),
        ("gate", "--head", "HEAD"),
        ("diff", "HEAD", "HEAD"),
    ):
        assert coefgate(*commit).code in {0, 5}
    assert coefgate("build", "--at", "HEAD", "-o", "-").code == 0


def test_samples_that_are_left_out_are_named_where_they_are_read(
    registry: Path, released: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    released("sparse-checkout", "set", "--cone", "coefficients")
    assert coefgate(*ESTIMATE).code == 0  # which needs no samples
    calls = tmp_path / "calls.jsonl"
    calls.write_text(released("show", f"HEAD:{STORED}"), "utf-8")
    for words in (*OF_SAMPLES, ("samples", "add", str(calls))):
        refused = coefgate(*words)
        assert (refused.code, refused.out) == (5, ""), words
        assert STORED in refused.err, words
    mended(coefgate("check"), registry)
    assert coefgate("check").out.startswith("valid: 17 files in coefficients/, 152 samples")


@pytest.mark.parametrize("cone", ["--cone", "--no-cone"])
def test_a_registry_in_a_folder_that_is_left_out_comes_back(
    cone: str, registry: Path, released: Git, coefgate: Coefgate
) -> None:
    inner = registry / "teams/it's one [1]"
    inner.mkdir(parents=True)
    (inner / "notes.txt").write_text("beside it\n", "utf-8")
    released("mv", "coefficients", "samples", str(inner))
    released("add", "-A")
    released("commit", "-qm", "moved")
    released(
        "sparse-checkout", "set", cone, "elsewhere" if cone == "--cone" else "/teams/*/notes.txt"
    )
    inner.mkdir(parents=True, exist_ok=True)
    first = coefgate("check", cwd=inner)
    assert "coefficients/ is not complete here: this checkout leaves out" in first.err
    assert "14 more" in first.err
    mended(first, inner)
    second = coefgate("check", cwd=inner)
    assert "samples/ is not complete here" in second.err
    mended(second, inner)
    assert coefgate("check", cwd=inner).code == 0


def test_a_file_that_somebody_deleted_is_a_change(
    registry: Path, released: Git, coefgate: Coefgate
) -> None:
    (registry / DOCS).unlink()
    assert coefgate("check").code == 0
    assert "coefficients 1.0.0+dirty in the folder" in coefgate("build", "-o", "-").err


def test_a_release_is_made_of_commits_whatever_the_checkout_leaves_out(
    registry: Path, released: Git, coefgate: Coefgate
) -> None:
    lower(registry)
    released("commit", "-qam", "lower")
    sparse_without_one_file(registry, released)
    who = ("config", "user.name", "T"), ("config", "user.email", "t@example.org")
    assert [released(*words) for words in who] == ["", ""]
    found = coefgate("release")
    assert found.code == 0, found.text
    assert released("status", "--short", "--", "coefficients", "CHANGELOG.md") == ""
    back = coefgate("rollback", "1.0.0")
    assert back.code == 0, back.text
    assert released("status", "--short", "--", "coefficients", "CHANGELOG.md") == ""
    assert "tokens: 15490" in released("show", f"HEAD:{DOCS}")

"""Which commit of a merge has set a number, and who stood by it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from coefgate.git.commit_log import calls_were_taken_away
from coefgate.git.repository import Repository
from tests.git.conftest import Git
from tests.git.number_lives import docs_low, edit, read_life, subjects_of


def _as(git: Git, who: str, *arguments: str) -> None:
    git("-c", f"user.name={who}", *arguments, f"--author={who} <{who.lower()}@example.org>")


def test_a_merge_is_the_moment_and_its_commit_the_author(registry: Path, git: Git) -> None:
    git("switch", "-qc", "side")
    docs_low(registry, 1000)
    _as(
        git,
        "Ada",
        "commit",
        "-qam",
        "lower\n\nReviewed-by: Grace <grace@example.org>\nSigned-off-by: Ada <a@x>",
    )
    (registry / "note").write_text("noise")
    git("add", "note")
    _as(git, "Edsger", "commit", "-qm", "noise")
    git("switch", "-q", "main")
    (registry / "other").write_text("noise")
    git("add", "other")
    git("commit", "-qm", "elsewhere")
    git(
        "merge",
        "-q",
        "--no-ff",
        "side",
        "-m",
        "merge side\n\nAcked-by: Alan <alan@example.org>\nFixes: 12",
    )
    life = read_life(registry, "docs.low")
    assert subjects_of(life.steps) == ["merge side", "first"]
    step = life.steps[0]
    assert step.commit is not None
    assert step.written is not None
    assert step.commit.id == git("rev-parse", "HEAD")
    assert (step.written.author, step.written.subject) == ("Ada", "lower")
    assert [one.subject for one in step.merged] == ["lower"]
    assert [(one.key, one.value) for one in step.people] == [
        ("Acked-by", "Alan <alan@example.org>"),
        ("Reviewed-by", "Grace <grace@example.org>"),
        ("Signed-off-by", "Ada <a@x>"),
    ]


def test_a_branch_that_took_in_main_is_not_blamed_for_it(registry: Path, git: Git) -> None:
    git("switch", "-qc", "side")
    edit(registry, "coefficients/registry.yaml", "tokens: 2000", "tokens: 2100")
    _as(git, "Ada", "commit", "-qam", "fallback")
    git("switch", "-q", "main")
    docs_low(registry, 1000)
    _as(git, "Alan", "commit", "-qam", "docs on main")
    git("switch", "-q", "side")
    git("merge", "-q", "main", "-m", "take in main")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "side", "-m", "merge side")
    docs = read_life(registry, "docs.low").steps[0]
    assert (docs.written and docs.written.author, docs.merged) == ("Alan", ())
    fallback = read_life(registry, "fallback.overhead").steps[0]
    assert fallback.commit is not None
    assert fallback.commit.subject == "merge side"
    assert [one.author for one in fallback.merged] == ["Ada"]


def test_several_commits_of_one_merge_newest_first(registry: Path, git: Git) -> None:
    git("switch", "-qc", "side")
    for tokens in (1000, 2000):
        docs_low(registry, tokens)
        git("commit", "-qam", f"docs.low {tokens}")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "side", "-m", "merge side")
    step = read_life(registry, "docs.low").steps[0]
    assert [one.subject for one in step.merged] == ["docs.low 2000", "docs.low 1000"]
    assert (int(step.before.number or 0), int(step.after.number or 0)) == (15490, 2000)


def test_a_merge_within_a_merge_is_not_the_author(registry: Path, git: Git) -> None:
    git("switch", "-qc", "inner")
    docs_low(registry, 1000)
    _as(git, "Ada", "commit", "-qam", "lower")
    git("switch", "-qc", "outer", "main")
    git("merge", "-q", "--no-ff", "inner", "-m", "merge inner")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "outer", "-m", "merge outer")
    step = read_life(registry, "docs.low").steps[0]
    assert [one.subject for one in step.merged] == ["lower"]


def test_a_merge_that_decides_by_itself_is_its_own_author(registry: Path, git: Git) -> None:
    git("switch", "-qc", "side")
    (registry / "coefficients" / "yanked.yaml").write_text(
        (registry / "coefficients" / "yanked.yaml").read_text("utf-8") + "# noise\n", "utf-8"
    )
    git("commit", "-qam", "noise")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "--no-commit", "side")
    docs_low(registry, 1000)
    git("commit", "-qam", "merge with a number of its own")
    step = read_life(registry, "docs.low").steps[0]
    assert (step.written, step.merged) == (step.commit, ())


def test_a_merge_that_sets_another_number_than_its_commits_is_its_own_author(
    registry: Path, git: Git
) -> None:
    git("switch", "-qc", "side")
    docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "--no-commit", "side")
    docs_low(registry, 2000)
    git("commit", "-qam", "merge with a number of its own")
    step = read_life(registry, "docs.low").steps[0]
    assert step.after.number == 2000
    assert (step.written, step.merged) == (step.commit, ())


def test_hostile_words_of_a_commit_stay_words(registry: Path, git: Git) -> None:
    docs_low(registry, 1000)
    git("config", "i18n.logOutputEncoding", "latin1")
    _as(
        git,
        "Zoë \x1b[31m",
        "commit",
        "-qam",
        "%H %x00 é \t\n\nNot-a-trailer\n\nReviewed-by:\nHelped-by: Ünal",
    )
    step = read_life(registry, "docs.low").steps[0]
    assert step.commit is not None
    assert (step.commit.author, step.commit.subject) == ("Zoë \x1b[31m", "%H %x00 é")
    assert [(one.key, one.value) for one in step.people] == [("Helped-by", "Ünal")]


@pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="commits are signed with ssh-keygen"
)
def test_signatures_are_not_taken_for_history(registry: Path, git: Git, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in (
        ("gpg.format", "ssh"),
        ("user.signingKey", str(key)),
        ("log.showSignature", "true"),
    ):
        git("config", name, value)
    docs_low(registry, 1000)
    git("commit", "-q", "-S", "-am", "signed")
    assert (
        git("log", "-1", "--format=") != ""
    )  # what git says of the signature stands before everything else
    steps = read_life(registry, "docs.low").steps
    assert [step.commit and step.commit.id for step in steps] == git("rev-list", "HEAD").split()


CALLS = "samples/here/undated-00000000.jsonl"


def _store(registry: Path, git: Git, text: str, message: str) -> str:
    file = registry / CALLS
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    git("add", "-A")
    git("commit", "-qm", message)
    return git("rev-parse", "HEAD")


def _taken_away(registry: Path, commit: str) -> bool:
    with Repository(registry) as repository:
        return calls_were_taken_away(repository, commit)


def test_calls_that_come_in_take_none_away(registry: Path, git: Git) -> None:
    assert not _taken_away(registry, git("rev-parse", "HEAD"))
    stored = _store(registry, git, "{}\n", "calls")
    assert not _taken_away(registry, stored)


def test_calls_that_are_altered_or_gone_are_taken_away_for_ever(registry: Path, git: Git) -> None:
    stored = _store(registry, git, "{}\n", "calls")
    altered = _store(registry, git, "{ }\n", "altered")
    git("reset", "-q", "--hard", stored)
    git("rm", "-q", CALLS)
    git("commit", "-qm", "gone")
    gone = git("rev-parse", "HEAD")
    again = _store(registry, git, "{}\n", "again")
    assert [_taken_away(registry, one) for one in (altered, gone, again)] == [True, True, True]


def test_what_a_branch_took_back_before_it_was_merged_was_never_there(
    registry: Path, git: Git
) -> None:
    git("switch", "-qc", "side")
    _store(registry, git, "{}\n", "calls")
    git("rm", "-q", CALLS)
    git("commit", "-qm", "gone")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "side", "-m", "merge")
    assert not _taken_away(registry, git("rev-parse", "HEAD"))


def test_a_list_of_retirements_may_change(registry: Path, git: Git) -> None:
    file = registry / "samples/retired.yaml"
    for text in ("retired: []\n", "retired: [] # none\n"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        git("add", "-A")
        git("commit", "-qm", "retired")
    assert not _taken_away(registry, git("rev-parse", "HEAD"))

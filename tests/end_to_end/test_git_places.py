"""Repositories that lie, or lack something, in unusual ways; and the commands printed for them."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.checkouts import git as elsewhere
from tests.end_to_end.checkouts import shell, typed
from tests.end_to_end.conftest import Coefgate, Outcome

Git = Callable[..., str]
DOCS = "coefficients/overhead/docs.yaml"
ODD = 'it\'s "odd" (1)'
EXPLICIT = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "safe.bareRepository",
    "GIT_CONFIG_VALUE_0": "explicit",
}
OTHER_OWNER = "GIT_TEST_ASSUME_DIFFERENT_OWNER"


def change(root: Path, number: int) -> None:
    """Another number for docs.low, as a commit."""
    head, _, rest = (root / DOCS).read_text("utf-8").partition("tokens: ")
    (root / DOCS).write_text(f"{head}tokens: {number}\n{rest.partition(chr(10))[2]}", "utf-8")
    elsewhere(root, "commit", "-qam", f"docs.low {number}")


def last_line(outcome: Outcome) -> str:
    assert outcome.code == 5, outcome.text
    return outcome.err.splitlines()[-1]


# --- Bare repositories where git wants them named


@pytest.fixture
def bare(registry: Path, git: Git, tmp_path: Path) -> Path:
    change(registry, 15480)
    elsewhere(tmp_path, "clone", "-q", "--bare", str(registry), ODD)
    return tmp_path / ODD


def test_a_bare_repository_is_read_where_git_wants_it_named(
    bare: Path, coefgate: Coefgate
) -> None:
    for words in (("history", "docs.low"), ("gate", "--registry", str(bare))):
        found = coefgate(*words, cwd=bare, environment=EXPLICIT)
        assert found.code == 0, found.text
        assert found == coefgate(*words, cwd=bare)


def test_one_inside_another_repository_has_to_be_named_by_the_printed_command(
    bare: Path, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    inside = registry / ODD
    shutil.copytree(bare, inside)
    refused = coefgate("gate", cwd=inside, environment=EXPLICIT)
    command = last_line(refused)
    assert command.startswith("export GIT_DIR=")
    named = typed(inside, f'{command}; printf %s "$GIT_DIR"')
    assert coefgate("gate", cwd=inside, environment={**EXPLICIT, "GIT_DIR": named}).code == 0
    assert coefgate("gate", cwd=inside).code == 0  # git's setting decides


# --- A repository that lies apart from its files


def test_git_dir_and_git_work_tree_name_the_repository_of_a_folder_without_one(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    git("tag", "-a", "-m", "release", "coefficients/v1.0.0")
    change(registry, 15480)
    there = tmp_path / ODD
    (registry / ".git").rename(there)
    inner = registry / "coefficients"
    both = {"GIT_DIR": str(there), "GIT_WORK_TREE": str(registry)}
    found = coefgate("gate", "--format", "json", cwd=inner, environment=both)
    assert json.loads(found.out)["base"]["name"] == "main~1", found.text
    relative = {"GIT_DIR": f"../../{ODD}", "GIT_WORK_TREE": ".."}
    assert "1.0.0+1." in coefgate("build", "-o", "-", cwd=inner, environment=relative).err
    alone = coefgate("diff", "HEAD", environment={"GIT_DIR": str(there)})
    command = last_line(alone).partition("begin with: ")[2]
    top = typed(registry, f'{command}; printf %s "$GIT_WORK_TREE"')
    assert coefgate("diff", "HEAD", environment={**both, "GIT_WORK_TREE": top}).code == 0
    assert "git init" not in alone.text
    judged = coefgate("gate", environment={"GIT_DIR": str(there)})
    assert judged.out == ""
    assert (
        last_line(judged)
        == f"coefgate: there is no base to judge against: {last_line(alone)[10:]}"
    )
    elsewhere(registry, f"--git-dir={there}", "config", "core.worktree", str(registry))
    assert "1.0.0+1." in coefgate("build", "-o", "-", environment={"GIT_DIR": str(there)}).err


def test_a_repository_that_is_named_for_another_folder_is_none_of_this_one(
    registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    elsewhere(other, "init", "-q")
    for files in ({}, {"GIT_WORK_TREE": str(other)}):
        found = coefgate("build", "-o", "-", environment={"GIT_DIR": str(other / ".git"), **files})
        assert "coefficients 0.0.0+unversioned in the folder" in found.err
    judged = coefgate(
        "gate", environment={"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)}
    )
    assert judged.code == 0, judged.text
    assert "there is no git repository" in judged.out


def test_a_hook_of_a_linked_worktree_judges_the_worktree(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    linked = tmp_path / ODD
    git("worktree", "add", "-q", "--detach", str(linked))
    change(linked, 15480)
    named = {"GIT_DIR": git("rev-parse", "--absolute-git-dir"), "GIT_INDEX_FILE": ".git/index"}
    found = coefgate("gate", "--format", "json", cwd=linked, environment=named)
    assert [one["coefficient"] for one in json.loads(found.out)["changes"]] == ["docs.low"]


def test_objects_of_another_repository_are_found(
    registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    change(registry, 15480)
    elsewhere(tmp_path, "clone", "-q", "--shared", str(registry), "borrows")
    assert coefgate("history", "docs.low", cwd=tmp_path / "borrows") == coefgate(
        "history", "docs.low"
    )


# --- Commands that git says to type


@pytest.fixture
def trusting(tmp_path: Path) -> dict[str, str]:
    """Every folder is somebody else's, but for those in a file of settings."""
    return {OTHER_OWNER: "1", "GIT_CONFIG_GLOBAL": str(tmp_path / "settings")}


def trust(environment: dict[str, str], folder: Path, refused: Outcome) -> None:
    assert refused.code == 5, refused.text
    lines = refused.err.splitlines()
    command = next(
        line for line in lines if line.startswith("git config --global --add safe.directory ")
    )
    shell(
        folder,
        "env",
        *(f"{name}={value}" for name, value in environment.items()),
        "sh",
        "-ec",
        command,
    )


def test_a_remote_of_another_owner_is_trusted_by_the_printed_line(
    registry: Path, git: Git, coefgate: Coefgate, trusting: dict[str, str], tmp_path: Path
) -> None:
    elsewhere(tmp_path, "clone", "-q", "--bare", str(registry), ODD)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    elsewhere(fresh, "init", "-q", "-b", "work")
    elsewhere(fresh, "remote", "add", "origin", str(tmp_path / ODD))
    for folder in ("coefficients", "samples"):
        shutil.copytree(registry / folder, fresh / folder)
    trust(trusting, fresh, coefgate("gate", cwd=fresh, environment=trusting))
    refused = coefgate("gate", cwd=fresh, environment=trusting)
    assert "it could not be asked whether it has branches" in refused.err
    trust(trusting, fresh, refused)
    command = last_line(coefgate("gate", cwd=fresh, environment=trusting))
    assert command.startswith("git fetch origin")


def test_a_source_of_another_owner_is_trusted_by_the_printed_line(
    registry: Path, git: Git, coefgate: Coefgate, trusting: dict[str, str], tmp_path: Path
) -> None:
    elsewhere(tmp_path, "clone", "-q", "--bare", str(registry), ODD)
    pin = ("pin", (tmp_path / ODD).as_uri())
    trust(trusting, tmp_path, coefgate(*pin, environment=trusting, cwd=tmp_path))
    trusted = coefgate(*pin, environment=trusting, cwd=tmp_path)
    assert "dubious ownership" not in trusted.text


# --- A submodule in place of a folder


@pytest.mark.parametrize(
    ("folder", "cloned"), [("coefficients", True), ("coefficients", False), ("samples", True)]
)
def test_a_submodule_in_the_place_of_a_folder_is_called_one(
    folder: str, *, cloned: bool, registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(registry / folder, own)
    elsewhere(own, "init", "-q", "-b", "main")
    elsewhere(own, "add", "-A")
    elsewhere(own, "commit", "-qm", "apart")
    git("rm", "-qr", folder)
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(own), folder)
    git("commit", "-qm", "a submodule")
    root = registry
    if not cloned:
        root = tmp_path / "clone"
        elsewhere(tmp_path, "clone", "-q", str(registry), str(root))
    problem = ""
    for words in (("check",), ("gate",), ("check", "--head", "HEAD")):
        refused = coefgate(*words, cwd=root)
        assert refused.code == 3, refused.text
        problem = refused.text.splitlines()[0]
        assert problem.startswith(
            f"{folder}:1:1  the folder is a submodule, or another repository"
        )
        assert ".git: delete it" not in refused.text
    command = problem.partition("Take its files in with: ")[2]
    typed(root, f"export GIT_ALLOW_PROTOCOL=file; {command}")
    assert coefgate("check", cwd=root).code == 0
    assert coefgate("check", "--head", "index", cwd=root).code == 0


# --- Partial clones


@dataclass(frozen=True, slots=True)
class PartialClone:
    """A clone that lacks objects; ``log``: a line for each time that its remote was asked."""

    root: Path
    log: Path

    @property
    def fetches(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture(params=["tree:0", "blob:none"])
def partial(
    registry: Path, git: Git, tmp_path: Path, request: pytest.FixtureRequest
) -> PartialClone:
    for number in range(15480, 15460, -1):
        change(registry, number)
    git("config", "uploadpack.allowFilter", "true")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone = tmp_path / "partial"
    elsewhere(tmp_path, "clone", "-q", f"--filter={request.param}", registry.as_uri(), str(clone))
    asked, log = tmp_path / "asked", tmp_path / "log"
    asked.write_text(
        f'#!/bin/sh\necho asked >> {shlex.quote(str(log))}\nexec git upload-pack "$@"\n', "utf-8"
    )
    asked.chmod(0o755)
    elsewhere(clone, "config", "remote.origin.uploadpack", str(asked))
    return PartialClone(clone, log)


@pytest.mark.parametrize(
    "words",
    [
        ("history", "docs.low"),
        ("gate", "--head", "HEAD"),
        ("diff", "HEAD~9", "HEAD"),
    ],
)
def test_a_partial_clone_gets_what_it_lacks_at_once(
    words: tuple[str, ...], partial: PartialClone, registry: Path, coefgate: Coefgate
) -> None:
    found = coefgate(*words, "--format", "json", cwd=partial.root)
    assert found.code in {0, 1}, found.text
    assert partial.fetches <= 4
    before = partial.fetches
    again = coefgate(*words, "--format", "json", cwd=partial.root)
    assert (again, partial.fetches) == (found, before)
    if words[0] != "gate":  # whose base has another name here
        assert json.loads(found.out) == json.loads(coefgate(*words, "--format", "json").out)


def test_where_the_remote_is_away_a_partial_clone_says_what_brings_the_rest(
    partial: PartialClone, registry: Path, coefgate: Coefgate
) -> None:
    away = registry.with_name("away")
    registry.rename(away)
    refused = coefgate("history", "docs.low", cwd=partial.root)
    command = last_line(refused)
    away.rename(registry)
    typed(partial.root, command)
    before = partial.fetches
    assert coefgate("history", "docs.low", cwd=partial.root).code == 0
    assert partial.fetches == before

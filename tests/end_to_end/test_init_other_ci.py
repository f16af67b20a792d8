"""The jobs for GitLab and Azure Pipelines, run as they are on what these check out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

from coefgate.use_cases.init import init
from coefgate.use_cases.new_registry.program_source import ProgramSource
from coefgate.use_cases.new_registry.surroundings import Ci
from tests.end_to_end.hooks import Author, Tried, environment_of
from tests.end_to_end.on_call import on_call

SOURCE: Final = ProgramSource("https://git.example.org/coefgate.git", "0123456789" * 4)
FOLDER: Final = "teams/our tokens"
DOCS: Final = "coefficients/overhead/docs.yaml"


@pytest.fixture(scope="module")
def words() -> Iterator[tuple[str, ...]]:
    with on_call() as started:
        yield started


@pytest.fixture
def author(tmp_path: Path, words: tuple[str, ...]) -> Author:
    """Somebody with a registry for both, which the remote has; the judge is installed."""
    root, remote, judge = tmp_path / "clone", tmp_path / "remote.git", tmp_path / "coefgate/bin"
    judge.mkdir(parents=True)
    (judge / "coefgate").write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', "utf-8")
    (judge / "coefgate").chmod(0o755)
    root.mkdir()
    environment = environment_of(tmp_path) | {"TMPDIR": str(tmp_path)}
    somebody = Author(root, root / FOLDER, remote, environment)
    somebody.git("init", "--quiet", "--template=", "--bare", "--initial-branch=main", str(remote))
    somebody.git("init", "--quiet", "--template=", "--initial-branch=main")
    somebody.git("remote", "add", "origin", str(remote))
    for ci in ("gitlab", "azure"):
        init(somebody.registry, source=SOURCE, ci=ci)
    somebody.commit_unjudged()
    somebody.git("push", "--quiet", "--set-upstream", "origin", "main")
    return somebody


def proposed(author: Author, pattern: str, text: str) -> str:
    """A commit on a branch, while the target moves on."""
    author.git("switch", "--quiet", "--create", "topic")
    author.edit(DOCS, pattern, text)
    head = author.commit_unjudged("a proposal")
    author.git("switch", "--quiet", "main")
    (author.root / "other.txt").touch()
    author.commit_unjudged("the target moves on")
    author.git("push", "--quiet", "--no-verify", "origin", "main", "topic")
    return head


def judged(author: Author, ci: Ci, head: str) -> Tried:
    """What the last step of the job ends with, in a clone as the CI makes it."""
    workspace = author.root.parent / ci
    author.git("clone", "--quiet", str(author.remote), str(workspace))
    if ci == "gitlab":
        job = yaml.safe_load((author.root / ".gitlab-ci.yml").read_text("utf-8"))
        [script] = job["coefgate-teams-our-tokens"]["script"]
        author.git("checkout", "--quiet", "--detach", head, cwd=workspace)
        named = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_COMMIT_SHA": head}
    else:
        job = yaml.safe_load((author.root / "azure-pipelines.yml").read_text("utf-8"))
        script = job["steps"][-1]["bash"]
        author.git("checkout", "--quiet", "--detach", "origin/main", cwd=workspace)
        author.git("merge", "--quiet", "--no-ff", "--message", "merged", head, cwd=workspace)
        named = {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}
    return author.tries("bash", "-c", script, cwd=workspace, COEFGATE_VERBOSE="1", **named)


@pytest.mark.parametrize("ci", ["gitlab", "azure"])
def test_a_change_that_harms_nothing_passes(author: Author, ci: Ci) -> None:
    tried = judged(author, ci, proposed(author, r"aliases: \[\]", "aliases: [documentation]"))
    assert tried.code == 0, tried.text
    assert "origin/main" in tried.text


@pytest.mark.parametrize("ci", ["gitlab", "azure"])
@pytest.mark.parametrize(("value", "code"), [("1", 1), ("-40", 3)])
def test_one_that_harms_is_blocked(author: Author, ci: Ci, value: str, code: int) -> None:
    tried = judged(author, ci, proposed(author, r"tokens: \d+", f"tokens: {value}"))
    assert tried.code == code, tried.text


def test_a_conflict_is_blocked(author: Author) -> None:
    head = proposed(author, r"aliases: \[\]", "aliases: [documentation]")
    author.edit(DOCS, r"aliases: \[\]", "aliases: [pages]")
    author.commit_unjudged("the same line")
    author.git("push", "--quiet", "--no-verify", "origin", "main")
    tried = judged(author, "gitlab", head)
    assert tried.code == 1, tried.text
    assert "CONFLICT" in tried.text

"""A server with a bad proposal on it, and the checkouts that CI and people make of one."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.frozen_registry import copy_registry

if TYPE_CHECKING:  # conftest makes servers
    from tests.end_to_end.conftest import Outcome

GATES: Final = "coefficients/gates.yaml"
DOCS: Final = "coefficients/overhead/docs.yaml"
STORED: Final = "samples/autopack/2025-12-17-17275740.jsonl"
LOOSER: Final = {
    "mean_below: 50": "mean_below: 90",
    "rate_below: 0.10": "rate_below: 0.40",
    "median_to: 1.5": "median_to: 3.0",
    "p90_to: 3.0": "p90_to: 9.0",
}
MUST_OBJECT: Final = {"gates-loosened", "sample-removed", "swing"}

_WHO: Final = {"NAME": "A Tester", "EMAIL": "tester@example.org"}
_PEOPLE: Final = {
    f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()
}


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; it must succeed."""
    return shell(folder, "git", *arguments)


def shell(folder: Path, *command: str) -> str:
    """Run a command in a folder; it must succeed."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **_PEOPLE},
            check=True,
            capture_output=True,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        error.add_note(error.stdout + error.stderr)
        raise
    return done.stdout.strip()


def typed(folder: Path, command: str) -> str:
    """Run a command line as somebody types it into a shell."""
    return shell(folder, "sh", "-ec", command)


def committed_registry(root: Path) -> None:
    """Make ``root`` a repository whose only commit has the frozen registry."""
    copy_registry(root)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=first")


def spoil(root: Path) -> None:
    """Loosen four thresholds, take out 40 stored calls, and make ``docs`` 2.6 times as dear."""
    gates = (root / GATES).read_text("utf-8")
    for old, new in LOOSER.items():
        assert old in gates
        gates = gates.replace(old, new, 1)
    (root / GATES).write_text(gates, "utf-8")
    docs = (root / DOCS).read_text("utf-8")
    assert docs.count("tokens: 15490") == 3
    (root / DOCS).write_text(docs.replace("tokens: 15490", "tokens: 40274"), "utf-8")
    lines = (root / STORED).read_text("utf-8").splitlines(keepends=True)
    (root / STORED).write_text("".join(lines[:-40]), "utf-8")


@dataclass(frozen=True, slots=True)
class Server:
    """``root``: a repository with the accepted branch ``default``, and with the proposal ``pr``.

    ``merge``: the commit of ``refs/pull/7/merge``, the proposal merged into the accepted branch.
    """

    root: Path
    default: str
    merge: str

    @property
    def url(self) -> str:
        """An address over which shallow fetches work."""
        return self.root.as_uri()


def server(root: Path, *, default: str = "main") -> Server:
    """Make a folder with the registry a server with a short history and a bad proposal."""
    git(root, "init", "--quiet", f"--initial-branch={default}")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=first")
    for number in range(3):
        git(root, "commit", "--quiet", "--allow-empty", f"--message=accepted {number}")
    git(root, "switch", "--quiet", "--create=pr")
    spoil(root)
    git(root, "commit", "--quiet", "--all", "--message=proposed")
    git(root, "switch", "--quiet", default)
    git(root, "switch", "--quiet", "--detach")
    git(root, "merge", "--quiet", "--no-ff", "--message=merged", "pr")
    merge = git(root, "rev-parse", "HEAD")
    git(root, "update-ref", "refs/pull/7/merge", merge)
    git(root, "switch", "--quiet", default)
    return Server(root, default, merge)


def checkout_of_a_pull_request(there: Server, clone: Path) -> Path:
    """What actions/checkout does for a pull request, by default."""
    clone.mkdir()
    git(clone, "init", "--quiet")
    git(clone, "remote", "add", "origin", there.url)
    fetch = (
        "fetch",
        "--quiet",
        "--no-tags",
        "--prune",
        "--no-recurse-submodules",
        "--depth=1",
        "origin",
    )
    git(clone, *fetch, f"+{there.merge}:refs/remotes/pull/7/merge")
    git(clone, "checkout", "--quiet", "--force", "refs/remotes/pull/7/merge")
    return clone


def shallow_clone(there: Server, clone: Path) -> Path:
    git(clone.parent, "clone", "--quiet", "--depth=1", "--branch=pr", there.url, str(clone))
    return clone


def single_branch(there: Server, clone: Path) -> Path:
    git(clone.parent, "clone", "--quiet", "--single-branch", "--branch=pr", there.url, str(clone))
    return clone


def detached(there: Server, clone: Path) -> Path:
    """What a GitLab runner does: the last 20 commits of one ref, and no branch."""
    clone.mkdir()
    git(clone, "init", "--quiet", "--initial-branch=unused")
    git(clone, "remote", "add", "origin", there.url)
    refspec = "+refs/heads/pr:refs/pipelines/1"
    git(clone, "fetch", "--quiet", "--no-tags", "--depth=20", "origin", refspec)
    git(clone, "checkout", "--quiet", "--force", "--detach", "refs/pipelines/1")
    return clone


def without_origin_head(there: Server, clone: Path) -> Path:
    """Every branch is here, and nothing says which is the default one."""
    clone.mkdir()
    git(clone, "init", "--quiet", "--initial-branch=unused")
    git(clone, "remote", "add", "origin", there.url)
    git(clone, "fetch", "--quiet", "origin")
    git(clone, "checkout", "--quiet", "--detach", "origin/pr")
    return clone


Checkout = Callable[[Server, Path], Path]
CHECKOUTS: Final[dict[str, Checkout]] = {
    "pull-request": checkout_of_a_pull_request,
    "shallow": shallow_clone,
    "single-branch": single_branch,
    "detached": detached,
    "no-origin-head": without_origin_head,
}

ONE_SCREEN: Final = 12


def remedy(outcome: Outcome) -> str:
    """The command that an error ends with."""
    assert outcome.code == 5, outcome.text
    assert outcome.out == "", outcome.text
    lines = outcome.err.strip().splitlines()
    assert len(lines) <= ONE_SCREEN
    assert lines[-1].startswith("git "), outcome.err
    assert "--base REV" in outcome.err
    return lines[-1]


def judged(outcome: Outcome) -> dict[str, Any]:
    """The report on the proposal, which must not pass."""
    assert outcome.code == 1, outcome.text
    report: dict[str, Any] = json.loads(outcome.out)
    red = {rule["rule"] for rule in report["rules"] if rule["status"] != "pass"}
    assert red >= MUST_OBJECT
    assert report["alone"] is None
    return report


def base_of(outcome: Outcome) -> tuple[str, str]:
    base = json.loads(outcome.out)["base"]
    return base["name"], base["found_by"]


def alone(outcome: Outcome) -> str:
    """Why a state was judged by itself; it must pass."""
    assert outcome.code == 0, outcome.text
    report = json.loads(outcome.out)
    assert report["base"] is None
    assert len(report["rules"]) == 4
    asked = report["alone"] == "asked for with --at"
    assert (f"nothing is compared, since {report['alone']}" in outcome.err) != asked
    reason: str = report["alone"]
    return reason

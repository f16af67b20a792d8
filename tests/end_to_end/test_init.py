"""A registry of one's own, from the first command to the first judged change and the first pin."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.end_to_end.hooks import Author, Tried, environment_of
from tests.end_to_end.on_call import on_call
from tests.github.conftest import ROOT, pull_request
from tests.github.runner import Run, Runner
from tests.publishing.stand_in import GitHub, github_stand_in
from tests.use_cases.new_registry.foreign_calls import csv_of_calls

KINDS: Final = {"empty": "", "other content": "", "monorepo": "teams/our tokens"}
"""Repositories in which somebody begins, and the folder that gets the registry."""
_COMMIT: Final = "0123456789" * 4
_NOWHERE: Final = ("--program-url", "none")
_PROGRAM: Final = ("--program-url", "https://github.com/ours/coefgate", "--program-rev", _COMMIT)


@dataclass(frozen=True, slots=True)
class Beginner(Author):
    """Somebody in a repository without a registry; commands find ``coefgate`` on ``PATH``."""

    def types(self, line: str, cwd: Path | None = None) -> Tried:
        """What a shell makes of a line that somebody pasted."""
        return self.tries("bash", "-e", "-c", line, cwd=cwd)


@pytest.fixture(scope="module")
def words() -> Iterator[tuple[str, ...]]:
    with on_call() as started:
        yield started


def beginner(place: Path, kind: str, words: tuple[str, ...]) -> Beginner:
    """A repository of this kind, with an empty remote or one that has its content."""
    root, remote, tools = place / "clone", place / "remote.git", place / "tools"
    root.mkdir(parents=True)
    tools.mkdir()
    (tools / "coefgate").write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', "utf-8")
    (tools / "coefgate").chmod(0o755)
    environment = environment_of(place)
    path = (str(tools), str(Path(sys.executable).parent), environment["PATH"])
    environment["PATH"] = os.pathsep.join(path)
    somebody = Beginner(root, root / KINDS[kind], remote, environment)
    somebody.git("init", "--quiet", "--template=", "--bare", "--initial-branch=main", str(remote))
    somebody.git("init", "--quiet", "--template=", "--initial-branch=main")
    somebody.git("remote", "add", "origin", str(remote))
    if kind != "empty":
        for file in ("README.md", "docs/design.md", "src/app.py"):
            (root / file).parent.mkdir(exist_ok=True)
            (root / file).write_text("ours\n", "utf-8")
        somebody.commit_unjudged("our own")
        somebody.git("push", "--quiet", "--set-upstream", "origin", "main")
    return somebody


def next_commands(told: str) -> list[str]:
    return re.findall(r"(?m)^next: (.*)$", told)


@pytest.mark.parametrize("kind", KINDS)
def test_from_the_first_command_to_a_judged_change_and_a_pin(
    kind: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    who = beginner(tmp_path, kind, words)
    calls = csv_of_calls(tmp_path / "calls.csv")
    made = who.tries("coefgate", "init", str(who.registry), "--from", str(calls), *_NOWHERE)
    assert made.code == 0, made.text
    assert "40 of 40 calls stored" in made.text
    if kind != "empty":
        assert (who.root / "README.md").read_text("utf-8") == "ours\n"
    # The three commands, as they are pasted: into one shell, line by line.
    typed = next_commands(made.text)
    assert len(typed) == 3
    pasted = who.types("\n".join(typed))
    assert pasted.code == 0, pasted.text
    assert "coefgate check" in pasted.text  # the hook on commit
    assert "NO WORSE" in pasted.text or "PASS" in pasted.text
    assert who.git("status", "--porcelain") == ""
    # The first push, with its hook.
    pushed = who.tries("git", "push", "--set-upstream", "origin", "main")
    assert pushed.code == 0, pushed.text
    assert re.search(r"coefgate gate\.+Passed", pushed.text), pushed.text
    assert who.arrived() == who.head()
    # What it lacked: others can get the program now.
    again = who.tries("coefgate", "init", str(who.registry), *_PROGRAM, "--owner", "@ours/team")
    assert again.code == 0, again.text
    assert "CODEOWNERS: " in again.text  # is there, and stays
    who.git("add", "--all")
    who.git("commit", "--quiet", "--message", "The workflow that blocks merges")
    who.git("push", "--quiet")
    # The first pull requests, judged by the steps of the workflow.
    with github_stand_in() as github:
        for number, tokens in enumerate(("as it is", "9"), start=1):
            run, state = judged(who, tmp_path / f"run-{number}", github, words, tokens)
            assert state == ("success" if tokens == "as it is" else "failure"), run.text
    # The first runner.
    typed = [
        f"coefgate build -o {shlex.quote(str(tmp_path / 'snapshot.json'))}",
        f"coefgate pin {shlex.quote(str(tmp_path / 'snapshot.json'))}",
        "coefgate verify",
        "coefgate estimate --category docs --complexity low create:docs/guide.md",
    ]
    done = who.types("\n".join(typed), cwd=who.registry)
    assert done.code == 0, done.text
    assert "output tokens" in done.text


def judged(
    who: Beginner, place: Path, github: GitHub, words: tuple[str, ...], tokens: str
) -> tuple[Run, str]:
    """What the workflow on the default branch says of a change of one overhead."""
    slug = "-teams-our-tokens" if who.registry != who.root else ""
    who.git("switch", "--quiet", "--detach", "origin/main")
    docs = next((who.registry / "coefficients/overhead").glob("*.yaml"))
    text = docs.read_text("utf-8")
    changed = re.sub(r"tokens: \d+", f"tokens: {tokens}", text) if tokens.isdigit() else text
    docs.write_text(f"{changed}# a remark\n", "utf-8")
    head = who.commit_unjudged("a proposal")
    who.git("push", "--quiet", "--no-verify", "--force", "origin", "HEAD:refs/pull/1/head")
    who.git("switch", "--quiet", "main")
    actions = {f"ours/coefgate@{_COMMIT}": ROOT}
    runner = Runner(place, who.remote, github, program=words, actions=actions)
    run = runner.execute(
        pull_request(head), workflow=f".github/workflows/coefgate{slug}.yml", job="gate"
    )
    last = github.statuses[head][-1]
    assert last["context"] == f"coefgate/verdict{slug}"
    return run, last["state"]


def test_without_calls_it_begins_with_the_rules_that_look_at_changes(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    who = beginner(tmp_path, "empty", words)
    made = who.tries("coefgate", "init", *_NOWHERE)
    assert made.code == 0, made.text
    assert "NO CALLS YET" in made.text
    pasted = who.types("\n".join(next_commands(made.text)))
    assert pasted.code == 0, pasted.text
    pushed = who.tries("git", "push", "--set-upstream", "origin", "main")
    assert re.search(r"coefgate gate\.+Passed", pushed.text), pushed.text
    docs = who.registry / "coefficients/overhead/docs.yaml"
    docs.write_text(docs.read_text("utf-8").replace("tokens: 1000", "tokens: 1", 1), "utf-8")
    who.git("commit", "--quiet", "--all", "--message", "far less")
    refused = who.tries("git", "push")
    assert refused.code == 1, refused.text
    assert "swing" in refused.text

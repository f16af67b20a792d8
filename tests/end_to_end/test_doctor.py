"""What a registry lacks, found by trying it: real hooks, a real remote, a real runner."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Coefgate, run_coefgate
from tests.end_to_end.hooks import CONFIG, Author, author, local_config
from tests.end_to_end.on_call import on_call


@pytest.fixture(scope="module")
def program() -> Iterator[tuple[str, ...]]:
    with on_call() as words:
        yield words


def _examined(who: Author, *options: str) -> dict[str, Any]:
    words = ("doctor", "--format", "json", *options)
    done = run_coefgate(who.registry, *words, scratch=who.root.parent, environment=who.environment)
    found: dict[str, Any] = json.loads(done.out)
    assert done.code == (0 if found["healthy"] else 1)
    return found


def _conditions(found: dict[str, Any]) -> dict[str, str]:
    return {one["subject"]: one["condition"] for one in found["examinations"]}


def _words(found: dict[str, Any], subject: str) -> str:
    (words,) = (one["found"] for one in found["examinations"] if one["subject"] == subject)
    return str(words)


def test_hooks_are_believed_when_they_have_refused_what_is_broken(
    tmp_path: Path, program: tuple[str, ...]
) -> None:
    who = author(tmp_path, "pre-commit", local_config(program))
    before = who.git("status", "--porcelain"), who.head(), who.arrived()
    found = _conditions(_examined(who))
    assert {name: found[name] for name in found if name.startswith("hook")} == {
        "hook pre-commit": "works",
        "hook pre-push": "works",
    }
    assert (found["registry"], found["estimate"], found["base"]) == ("works", "works", "works")
    assert (who.git("status", "--porcelain"), who.head(), who.arrived()) == before
    # A hook that is there and does nothing is no hook.
    hook = who.root / ".git/hooks/pre-push"
    hook.write_text("#!/bin/sh\nexit 0\n")
    idle = _examined(who)
    assert _conditions(idle)["hook pre-push"] == "broken"
    assert "it does not run coefgate gate" in _words(idle, "hook pre-push")
    # One that fails for another reason proves nothing.
    hook.write_text("#!/bin/sh\necho no such program\nexit 1\n")
    found_then = _examined(who)
    assert _conditions(found_then)["hook pre-push"] == "broken"
    assert "no such program" in _words(found_then, "hook pre-push")
    # One that only looks whether YAML is YAML knows nothing of registries.
    yaml = "import sys, yaml; yaml.safe_load(open(sys.argv[1], encoding=\x27utf-8\x27))"
    look = f'"{sys.executable}" -c "{yaml}" coefficients/registry.yaml'
    hook.write_text(f"#!/bin/sh\n{look} || exit 1\n")
    assert _conditions(_examined(who))["hook pre-push"] == "broken"


def test_fix_installs_the_hooks_that_are_missing(tmp_path: Path, program: tuple[str, ...]) -> None:
    who = author(tmp_path, "pre-commit", local_config(program))
    for hook in ("pre-commit", "pre-push"):
        (who.root / ".git/hooks" / hook).unlink()
    found = _conditions(_examined(who))
    assert (found["hook pre-commit"], found["hook pre-push"]) == ("lacks", "lacks")
    config = who.root / CONFIG
    moved = config.rename(tmp_path / "config")
    assert "there is no .pre-commit-config.yaml" in _words(
        _examined(who, "--fix"), "hook pre-push"
    )
    moved.rename(config)
    who.git("config", "core.hooksPath", "elsewhere")
    refused = _examined(who, "--fix")
    assert refused["fixed"] == []
    assert "Cowardly refusing" in "".join(refused["not_fixed"])
    who.git("config", "--unset", "core.hooksPath")
    fixed = _examined(who, "--fix")
    assert fixed["fixed"] == ["pre-commit has installed the hooks"]
    assert _conditions(fixed)["hook pre-push"] == "works"


def test_a_shallow_clone_lacks_its_base_until_it_is_fetched(
    tmp_path: Path, program: tuple[str, ...]
) -> None:
    who = author(tmp_path, "pre-commit", local_config(program))
    who.remark()
    who.commit_unjudged()
    who.git("push", "--quiet", "--no-verify", "origin", "main")
    shallow = tmp_path / "shallow"
    who.git("clone", "--quiet", "--depth=1", who.remote.as_uri(), str(shallow))
    there = Author(shallow, shallow, who.remote, who.environment)
    assert _conditions(_examined(there))["base"] == "lacks"
    assert _conditions(_examined(there, "--fix"))["base"] == "works"
    assert there.git("rev-list", "--count", "HEAD") == "2"


def test_what_cannot_be_read_ends_the_examination(
    tmp_path: Path, program: tuple[str, ...]
) -> None:
    who = author(tmp_path, "pre-commit", local_config(program))
    who.break_()
    found = _examined(who)
    assert _conditions(found) == {"registry": "broken"}
    assert "coefficients/overhead/docs.yaml:" in _words(found, "registry")


def test_without_git_there_is_nothing_to_compare_with(coefgate: Coefgate) -> None:
    done = coefgate("doctor", "--format", "json")
    assert _conditions(json.loads(done.out))["git"] == "lacks"


def test_the_page_ends_with_what_is_to_do(coefgate: Coefgate) -> None:
    done = coefgate("doctor")
    assert done.code == 1
    assert done.out.splitlines()[-3:] == [
        "to do: age of calls, git",
        "next: coefgate samples plan",
        "next: git init",
    ]

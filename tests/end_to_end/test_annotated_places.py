"""Annotations stand on a line: GitHub looks for their files from the top of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.end_to_end.conftest import SHIPPED, Coefgate

Git = Callable[..., str]
FOLDERS = ("teams/theirs", "a, b: 100%/c")
LOW = "coefficients/overhead/implementation.yaml"


@pytest.fixture(params=FOLDERS)
def below(request: pytest.FixtureRequest, registry: Path, git: Git) -> Path:
    """The registry in a folder of its repository, with a change worse than what is accepted."""
    folder: Path = registry / request.param
    folder.mkdir(parents=True)
    git("mv", "coefficients", "samples", request.param)
    git("commit", "-qm", "move")
    text = (folder / LOW).read_text("utf-8")
    (folder / LOW).write_text(text.replace("tokens: 920", "tokens: 500", 1), "utf-8")
    return folder


def _files(annotations: str) -> set[str]:
    return {
        unquote(name) for name in re.findall(r"^::\w+ file=([^,]*),", annotations, re.MULTILINE)
    }


def _assert_all_there(annotations: str, top: Path, below: Path) -> None:
    files = _files(annotations)
    assert files
    assert {file for file in files if not (top / file).is_file()} == set()
    assert (below / LOW).relative_to(top).as_posix() in files


def test_a_verdict(registry: Path, below: Path, coefgate: Coefgate, tmp_path: Path) -> None:
    found = coefgate(
        "gate", "--format", "github", "--output", str(tmp_path / "out"), cwd=below / "samples"
    )
    assert found.code == 1
    _assert_all_there(found.out, registry, below)
    assert (tmp_path / "out/annotations.txt").read_text("utf-8") == found.out


def test_what_a_reader_sees_begins_at_the_registry(below: Path, coefgate: Coefgate) -> None:
    found = coefgate("gate", cwd=below)
    assert f"({LOW}:6)" in found.out
    assert "theirs" not in found.out
    assert "100%/" not in found.out


def test_problems(registry: Path, below: Path, coefgate: Coefgate, tmp_path: Path) -> None:
    text = (below / LOW).read_text("utf-8")
    (below / LOW).write_text(text.replace("tokens: 500", "tokens: -1", 1), "utf-8")
    checked = coefgate("check", "--format", "github", "--registry", str(below), cwd=tmp_path)
    assert checked.code == 3
    _assert_all_there(checked.out, registry, below)
    judged = coefgate("gate", "--output", str(tmp_path / "out"), cwd=below)
    assert judged.code == 3
    _assert_all_there((tmp_path / "out/annotations.txt").read_text("utf-8"), registry, below)
    assert coefgate("check", cwd=below).out.startswith(f"{LOW}:6:")


def test_the_action_prints_them(registry: Path, below: Path, git: Git, tmp_path: Path) -> None:
    git("commit", "-qam", "worse")
    gate = tmp_path / "judge/venv/bin/coefgate"
    gate.parent.mkdir(parents=True)
    gate.write_text(f'#!/bin/sh\nexec {sys.executable} -m coefgate "$@"\n', "utf-8")
    gate.chmod(0o755)
    given = {
        "COEFGATE": str(tmp_path / "judge"),
        "STATUS": "coefgate/verdict",
        "REGISTRY": below.relative_to(registry).as_posix(),
        "BASE": git("rev-parse", "HEAD~1"),
        "HEAD": git("rev-parse", "HEAD"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }
    done = subprocess.run(
        ["bash", str(SHIPPED / ".github/scripts/judge.sh")],
        cwd=registry,
        env=os.environ | given,
        check=True,
        capture_output=True,
        text=True,
    )
    assert (tmp_path / "output").read_text("utf-8").startswith("exit-code=1\npage=")
    _assert_all_there(done.stdout, registry, below)


def test_at_the_top_and_outside_git_nothing_is_put_before_them(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    text = (registry / LOW).read_text("utf-8")
    (registry / LOW).write_text(text.replace("tokens: 920", "tokens: -1", 1), "utf-8")
    at_the_top = coefgate("check", "--format", "github").out
    assert _files(at_the_top) == {LOW}
    shutil.rmtree(registry / ".git")
    assert coefgate("check", "--format", "github").out == at_the_top

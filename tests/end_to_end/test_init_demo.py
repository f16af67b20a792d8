"""A registry to play with: a change that passes, one that is blocked, and a rollback."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.end_to_end.checkouts import git
from tests.end_to_end.conftest import Outcome, run_coefgate


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The folder in which somebody asked for a demo, and what was said."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, run_coefgate(folder, "init", "--demo", scratch=folder.parent)


def test_each_step_is_shown_with_its_verdict(made: tuple[Path, Outcome]) -> None:
    _, told = made
    assert told.code == 0, told.text
    steps = re.split(r"\n\n\d\. ", told.out.partition("\n\nnext: ")[0])[1:]
    verdicts = [step.split("\n   ")[1].split(" ")[0] for step in steps]
    assert verdicts == ["PASS", "PASS", "FAIL", "RESTORE"]
    assert "underestimation (requires: rate below 0.1): " in steps[2]


def test_the_verdicts_are_those_of_the_gate(made: tuple[Path, Outcome], tmp_path: Path) -> None:
    folder, told = made
    root = folder / "coefgate-demo"
    *commands, last = re.findall(r"(?m)^next: coefgate (.*)$", told.out)
    assert commands == ["gate --base main --head tighter-margin"]
    blocked = run_coefgate(root, *commands[0].split(), scratch=tmp_path)
    assert (blocked.code, blocked.out.split()[0].rstrip(",")) == (1, "FAIL")
    assert run_coefgate(root, *last.split(), scratch=tmp_path).code == 0
    passes = run_coefgate(root, "gate", "--base", "main~2", "--head", "main~1", scratch=tmp_path)
    assert (passes.code, passes.out.split()[0].rstrip(",")) == (0, "PASS")
    back = run_coefgate(root, "gate", "--base", "main~1", "--head", "main", scratch=tmp_path)
    assert (back.code, back.out.split()[0].rstrip(",")) == (0, "RESTORE")


def test_what_it_leaves_behind_is_a_clean_repository(made: tuple[Path, Outcome]) -> None:
    root = made[0] / "coefgate-demo"
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "rev-list", "--count", "main") == "3"
    assert git(root, "rev-parse", "main^{tree}") == git(root, "rev-parse", "main~2^{tree}")
    assert "invented" in (root / "docs/coefficients.md").read_text("utf-8")
    assert run_coefgate(root, "check", scratch=made[0].parent).code == 0


def test_a_folder_that_holds_something_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "coefgate-demo").mkdir()
    (tmp_path / "coefgate-demo/mine").touch()
    told = run_coefgate(tmp_path, "init", "--demo", scratch=tmp_path)
    assert told.code == 2
    assert "a demo overwrites nothing" in told.err
    assert [one.name for one in (tmp_path / "coefgate-demo").iterdir()] == ["mine"]


def test_nothing_stays_of_a_demo_that_fails(tmp_path: Path) -> None:
    """Its git cannot commit: another one comes first on PATH."""
    tools = tmp_path / "tools"
    tools.mkdir()
    fake = '#!/bin/sh\ncase "$*" in *" commit "*) exit 1;; esac\nPATH=${PATH#*:} exec git "$@"\n'
    (tools / "git").write_text(fake, "utf-8")
    (tools / "git").chmod(0o755)
    there = tmp_path / "there"
    there.mkdir()
    told = run_coefgate(
        there,
        "init",
        "--demo",
        scratch=tmp_path,
        environment={"PATH": f"{tools}:{os.environ['PATH']}"},
    )
    assert told.code == 5, told.text
    assert list(there.iterdir()) == []


def test_a_demo_takes_no_other_option(tmp_path: Path) -> None:
    told = run_coefgate(tmp_path, "init", "--demo", "--ci", "github", scratch=tmp_path)
    assert told.code == 2
    assert "takes no other option but DIR" in told.err

"""What a shell is told when somebody presses Tab, by the protocol that its script speaks."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate

Git = Callable[..., str]


def completed(coefgate: Coefgate, line: str) -> list[str]:
    """The words that bash offers for the last one of ``line``."""
    environment = {
        "_COEFGATE_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    outcome = coefgate(environment=environment)
    assert (outcome.code, outcome.err) == (0, "")
    return [one.partition(",")[2] for one in outcome.out.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str, coefgate: Coefgate) -> None:
    outcome = coefgate(environment={"_COEFGATE_COMPLETE": f"{shell}_source"})
    assert outcome.code == 0
    assert f"_COEFGATE_COMPLETE={shell}_complete" in outcome.out
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=outcome.out.encode(), check=True)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("coefgate ga", ["gate"]),
        ("coefgate gate --verb", ["--verbose"]),
        ("coefgate gate --format mark", ["markdown"]),
        ("coefgate samples im", ["import"]),
        ("coefgate try docs.lo", ["docs.low"]),
        ("coefgate try docs.low=1 margin.def", ["margin.default"]),
        ("coefgate try --range docs.hi", ["docs.high"]),
        ("coefgate history margin.def", ["margin.default"]),
        ("coefgate explain swi", ["swing"]),
        ("coefgate help value", ["value names"]),
        ("coefgate gate --base ma", ["main"]),
        ("coefgate replay --at coeff", ["coefficients/v1.0.0"]),
    ],
)
def test_a_word_is_completed(line: str, offered: list[str], git: Git, coefgate: Coefgate) -> None:
    git("tag", "coefficients/v1.0.0")
    assert completed(coefgate, line) == offered


def test_no_registry_completes_nothing(coefgate: Coefgate, tmp_path: Path) -> None:
    environment = {
        "_COEFGATE_COMPLETE": "bash_complete",
        "COMP_WORDS": "coefgate try docs.",
        "COMP_CWORD": "2",
    }
    outcome = coefgate(environment=environment, cwd=tmp_path)
    assert (outcome.code, outcome.out, outcome.err) == (0, "\n", "")

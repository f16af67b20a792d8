"""Reports at any width: no line is longer than the terminal, but what is there to be copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate

Git = Callable[..., str]
DOCS = "coefficients/overhead/docs.yaml"
COMMANDS = (
    *("gate", "try docs.low=1800 --range docs.low", "replay", "coverage", "samples audit"),
    *("diff", "explain docs.low", "history docs.low", "samples plan", "help"),
    "estimate --category docs --complexity low create:docs/guide.md modify:README.md",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_is_longer_than_the_terminal(
    command: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    path = registry / DOCS
    path.write_text(path.read_text("utf-8").replace("tokens: 15490", "tokens: 1800", 1), "utf-8")
    for width in (40, 80):
        outcome = coefgate(*command.split(), environment={"COLUMNS": str(width)})
        assert outcome.code in {0, 1}, outcome.err
        long = [line for line in outcome.out.splitlines() if len(line) > width]
        assert [line for line in long if not _is_to_be_copied(line)] == []


def _is_to_be_copied(line: str) -> bool:
    return "coefgate " in line

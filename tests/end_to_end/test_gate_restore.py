"""The way back is open for values alone: whatever else a verdict rests on must not come along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.test_gate_places import LOW, edit, red, report

Git = Callable[..., str]
STORE = "samples/autopack/2025-12-17-17275740.jsonl"


@pytest.fixture
def lower(registry: Path, git: Git) -> str:
    """The accepted commit whose values, worse by the rules than the branch's, the folder has."""
    edit(registry, LOW)
    git("commit", "-qam", "lower")
    once = git("rev-parse", "HEAD")
    git("revert", "--no-edit", "HEAD")
    git("checkout", once, "--", "coefficients")
    return once


def _written(file: str) -> Callable[[Path], None]:
    def write(root: Path) -> None:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("1\n", "utf-8")

    return write


def _without_a_line(root: Path) -> None:
    lines = (root / STORE).read_bytes().splitlines(keepends=True)
    (root / STORE).write_bytes(b"".join(lines[1:]))


def _loosened(root: Path) -> None:
    answer = "acknowledge: {from: 50, to: 60, reason: a}"
    edit(root, ("coefficients/gates.yaml", "mean_below: 50", f"mean_below: 60, {answer}"))


def _tightened(root: Path) -> None:
    edit(root, ("coefficients/gates.yaml", "mean_below: 50", "mean_below: 49"))


@pytest.mark.parametrize("along", [None, "docs/page.md", "tests/test_x.py"])
def test_accepted_values_come_back_with_what_no_verdict_rests_on(
    registry: Path, coefgate: Coefgate, lower: str, along: str | None
) -> None:
    if along:
        _written(along)(registry)
    found = coefgate("gate", "--format", "json")
    assert (found.code, red(found)) == (0, [])
    assert (report(found)["restore"], report(found)["restores"]) == (True, lower)


@pytest.mark.parametrize(
    ("companion", "objecting"),
    [
        (_without_a_line, {"sample-removed"}),
        (_written("validator/coefgate/gates/x.py"), {"judge-and-values"}),
        (_written("schemas/x.json"), {"judge-and-values"}),
        (_loosened, {"gates-loosened"}),
        (_tightened, set()),
    ],
    ids=["samples", "validator", "schemas", "gates-loosened", "gates-tightened"],
)
def test_what_a_verdict_rests_on_does_not_come_along(
    registry: Path,
    coefgate: Coefgate,
    lower: str,
    companion: Callable[[Path], None],
    objecting: set[str],
) -> None:
    companion(registry)
    found = coefgate("gate", "--format", "json")
    assert found.code == 1
    assert report(found)["restore"] is False
    assert {"stratum-regression", *objecting} <= set(red(found))

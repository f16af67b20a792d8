"""A figure that stands beside its limit is told apart from it, in every command and every form."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate

Git = Callable[..., str]
GATES = "coefficients/gates.yaml"
TIGHT = {
    # limit beside which the shipped figure would look the same → the figure as it is written then
    "smape": ("mean_below: 50", "mean_below: 41.3", "41.32"),  # 41.316283
    "underestimation": ("rate_below: 0.10", "rate_below: 0.0565", "5.66"),  # 5.6575%
    "waste-band": ("median_to: 1.5", "median_to: 1.4", "1.404"),  # 1.403781
    "waste-p90": ("p90_to: 3.0", "p90_to: 2.73", "2.732"),  # 2.732456
}


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def tight(registry: Path, git: Git) -> None:
    """All limits, each just on the wrong side of the figure that is held against it."""
    for old, new, _ in TIGHT.values():
        _edit(registry / GATES, old, new)
    git("commit", "-qam", "tighter")
    git("commit", "-q", "--allow-empty", "-m", "and accepted")


@pytest.mark.usefixtures("tight")
@pytest.mark.parametrize(
    "command",
    [
        *(
            ["gate", "--at", "HEAD", "--format", one]
            for one in ("text", "markdown", "github", "json")
        ),
        *(["gate", "--format", one] for one in ("text", "markdown", "github", "json")),
        *(["try", "backend.low=1581", "--format", one] for one in ("text", "markdown")),
        ["replay"],
        ["explain", "docs.low"],
    ],
    ids=" ".join,
)
def test_a_missed_limit_is_seen_to_be_missed(command: list[str], coefgate: Coefgate) -> None:
    out = coefgate(*command).out
    for rule, (_, limit, figure) in TIGHT.items():
        # Neither digits before it nor after it.
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", out), (rule, limit)
    if command[0] == "gate" and "json" in command:
        assert {
            rule["rule"] for rule in json.loads(out)["rules"] if not rule["met"]
        } == TIGHT.keys()


def test_where_nothing_is_close_the_digits_stay_as_they_are(git: Git, coefgate: Coefgate) -> None:
    rows = [line.split() for line in coefgate("gate").out.splitlines() if line]
    figures = {row[0]: row[2] for row in rows if row[0] in TIGHT}
    assert figures == {
        "smape": "41.3",
        "underestimation": "5.7%",
        "waste-band": "1.40",
        "waste-p90": "2.73",
    }


@pytest.mark.usefixtures("tight")
def test_figures_that_are_held_against_each_other_are_told_apart(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    # 41.316 becomes a little larger, and base misses the limit of 41.3 already.
    _edit(registry / "coefficients/overhead/backend.yaml", "tokens: 2030", "tokens: 2031")
    found = coefgate("gate", "--format", "json")
    smape = next(rule for rule in json.loads(found.out)["rules"] if rule["rule"] == "smape")
    assert smape["status"] == "fail"
    assert 0 < smape["head"] - smape["base"] < 0.05
    row = next(
        line.split() for line in coefgate("gate").out.splitlines() if line.startswith("smape ")
    )
    base, head = map(float, row[2:4])
    assert 41.3 < base < head
    assert abs(head - smape["head"]) < abs(head - smape["base"])

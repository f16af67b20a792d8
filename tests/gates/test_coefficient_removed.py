"""``coefficient-removed``: what of a registry may go, and what of it is missed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from coefgate.changes.estimate_changes import changes
from coefgate.gates.coefficient_removed import coefficient_removed
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Coefficients
from tests.gates.builders import proposal, state
from tests.registry.builders import (
    cost,
    merged,
    registry,
    removed,
    renamed,
    with_aliases,
    with_margin,
    without_overhead,
)

BASE: Final = registry()
IMAGE: Final = dict(cost(operation, "image", 9) for operation in ("create", "modify"))


def _removed(base: Coefficients, head: Coefficients, *, takes_back: bool = False) -> RuleResult:
    one = proposal(state(base), state(head), takes_back=takes_back)
    return coefficient_removed(one, changes(base, head))


@pytest.mark.parametrize(
    ("head", "gone"),
    [
        (BASE, []),
        (removed(BASE, "database"), ["database.low", "database.medium"]),
        (without_overhead(BASE, "database", "low"), ["database.low"]),
        (with_aliases(BASE, "docs", "documentation"), ["alias.manual"]),
        (renamed(BASE, "docs", "guides"), []),
        (merged(BASE, "database", "docs"), []),
        (replace(BASE, cell_margins={}), ["margin.docs.low"]),
        (replace(BASE, applies_to=("claude-3*",)), ["applies_to"]),
        (replace(BASE, applies_to=("*",)), []),
        (replace(BASE, marginal_costs={**BASE.marginal_costs, **IMAGE}), []),
    ],
)  # fmt: skip
def test_every_name_still_leads_to_a_figure(head: Coefficients, gone: list[str]) -> None:
    result = _removed(BASE, head)
    assert [one.message.partition(" ")[0] for one in result.findings] == gone
    assert result.status == ("fail" if gone else "pass")
    assert _removed(BASE, head, takes_back=True).status == "pass"


def test_a_margin_of_a_cell_may_go_where_the_default_is_the_same() -> None:
    same = with_margin(BASE, "tests", "low", BASE.default_margin.number)
    assert _removed(same, BASE).status == "pass"

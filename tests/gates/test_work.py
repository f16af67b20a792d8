"""What judging costs, counted and not timed: it grows with the categories, not their square."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from coefgate.changes.estimate_changes import changes
from coefgate.core.table import Table
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients
from coefgate.replay.evidence import Evidence
from coefgate.whatif import attribution
from coefgate.whatif.attribution import Attribution
from tests.registry.builders import category, registry, with_overhead
from tests.replay.builders import audited, sample


def _many(number: int) -> Coefficients:
    steps = {"low": 1000, "medium": 2000, "high": 3000}
    several = [category(f"many-{n}", steps) for n in range(number)]
    return replace(registry(), categories={one.name: one for one in several}, cell_margins={})


def _moved(one: Coefficients, names: Iterable[str]) -> Coefficients:
    for name in names:
        one = with_overhead(one, name, "low", 999)
    return one


@pytest.mark.parametrize("used", [False, True], ids=["no call uses them", "calls use every one"])
def test_cells_that_are_compiled_to_take_changes_back(
    *, used: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compiled(number: int) -> int:
        base = _many(number)
        head = _moved(base, base.categories)
        calls = [
            sample(n, 1000, category=f"many-{n}" if used else "many-0") for n in range(number)
        ]
        cells: list[int] = []

        def noting(one: Coefficients) -> Table:
            table = table_of(one)
            cells.append(len(table.cells))
            return table

        with monkeypatch.context() as patched:
            patched.setattr(attribution, "table_of", noting)
            found = Attribution(changes(base, head), base, head, Evidence(audited(calls))).effects
        assert len(found) == number
        return sum(cells)

    few, many = compiled(20), compiled(40)
    assert many <= 2 * few

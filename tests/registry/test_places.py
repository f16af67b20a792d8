"""What a change takes away is told on a line of head: of what held it, while head has that."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from coefgate.changes.estimate_changes import changes
from coefgate.core.trees import FolderTree
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import read_registry
from tests.frozen_registry import BY_HAND

DOCS = "coefficients/overhead/docs.yaml"
MARGINS = "coefficients/safety_margins.yaml"
COSTS = "coefficients/marginal_costs.yaml"
KINDS = "coefficients/file_kinds.yaml"
CELLS = """cells:
  docs:
    low: {factor: 1.5, basis: {kind: prior, reference: docs/calibrations/baseline.md}}
    high: {factor: 1.5, basis: {kind: prior, reference: docs/calibrations/baseline.md}}
"""


Read = Callable[[Mapping[str, str | None]], Coefficients]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A registry with other texts in some files, ``None`` for no file."""

    def run(files: Mapping[str, str | None]) -> Coefficients:
        shutil.copytree(BY_HAND / "coefficients", tmp_path / "coefficients", dirs_exist_ok=True)
        for file, text in files.items():
            if text is None:
                (tmp_path / file).unlink()
            else:
                (tmp_path / file).write_text(text, "utf-8")
        return read_registry(FolderTree(tmp_path))

    return run


def _text(file: str) -> str:
    return (BY_HAND / file).read_text("utf-8")


def _without(text: str, first: str, lines: int = 1) -> str:
    """The text without so many lines, beginning with the one that starts so."""
    rows = text.splitlines(keepends=True)
    (at,) = (n for n, row in enumerate(rows) if row.startswith(first))
    return "".join(rows[:at] + rows[at + lines :])


def _line(text: str, start: str) -> int:
    (line,) = (n for n, row in enumerate(text.splitlines(), 1) if row.startswith(start))
    return line


def _gone(base: Coefficients, head: Coefficients) -> dict[str, tuple[str, int]]:
    return {
        change.name: (change.file, change.line) for change in changes(base, head) if change.gone
    }


def test_an_overhead(read: Read) -> None:
    head = _without(_text(DOCS), "  low:", 3)
    assert _gone(read({}), read({DOCS: head})) == {"docs.low": (DOCS, _line(head, "overhead:"))}


def test_a_marginal_cost(read: Read) -> None:
    costs = _without(_text(COSTS).replace("    frontend:", "    gone:", 1), "    gone:", 3)
    costs = _without(costs, "    frontend:", 3)
    kinds = _text(KINDS).replace("kind: frontend", "kind: backend")
    assert _gone(read({}), read({COSTS: costs, KINDS: kinds})) == {
        "marginal.create.frontend": (COSTS, _line(costs, "  create:")),
        "marginal.modify.frontend": (COSTS, _line(costs, "  modify:")),
    }


@pytest.mark.parametrize(
    ("head_of", "held_by"),
    [
        (lambda base: _without(base, "    low:"), "  docs:"),
        (lambda base: base.replace(CELLS, "cells: {}\n"), "cells:"),
    ],
    ids=["another cell stays", "no cell stays"],
)
def test_a_margin(head_of: Callable[[str], str], held_by: str, read: Read) -> None:
    base = _text(MARGINS).replace("cells: {}\n", CELLS)
    head = head_of(base)
    assert _gone(read({MARGINS: base}), read({MARGINS: head}))["margin.docs.low"] == (
        MARGINS,
        _line(head, held_by),
    )


def test_an_alias(read: Read) -> None:
    head = f"# a remark\n{_without(_text(DOCS), 'aliases:')}"
    assert _gone(read({}), read({DOCS: head})) == {
        "alias.documentation": (DOCS, _line(head, "category:"))
    }


def test_in_a_category_that_was_renamed(read: Read) -> None:
    other = "coefficients/overhead/manuals.yaml"
    head = _without(_text(DOCS), "  low:", 3).replace("category: docs", "category: manuals")
    head = head.replace("[documentation]", "[docs, documentation]")
    found = _gone(read({}), read({DOCS: None, other: head}))
    assert found == {"docs.low": (other, _line(head, "overhead:"))}


def test_a_category_that_is_gone_with_its_file_is_told_how_to_restore(read: Read) -> None:
    found = _gone(read({}), read({DOCS: None}))
    assert found["docs.low"] == (DOCS, _line(_text(DOCS), "  low:") + 1)
    assert found["alias.documentation"] == (DOCS, _line(_text(DOCS), "aliases:"))

"""What a registry works out from what it holds: once, and anew where it holds something else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coefgate.registry.reading import read_registry
from coefgate.trees import FolderTree

SHIPPED = read_registry(FolderTree(Path(__file__).parents[2]))


@pytest.mark.parametrize("name", ["canonical_category", "path_rules_fingerprint"])
def test_it_is_worked_out_once(name: str) -> None:
    assert getattr(SHIPPED, name) is getattr(SHIPPED, name)
    assert replace(SHIPPED) == SHIPPED  # whether or not it has been worked out


def test_a_registry_with_other_names_or_rules_has_its_own() -> None:
    docs = replace(SHIPPED.categories["docs"], aliases=("manual",))
    other = replace(SHIPPED, categories={"docs": docs}, path_rules=SHIPPED.path_rules[:1])
    assert SHIPPED.canonical_category["documentation"] == "docs"
    assert other.canonical_category == {"docs": "docs", "manual": "docs"}
    assert other.path_rules_fingerprint != SHIPPED.path_rules_fingerprint

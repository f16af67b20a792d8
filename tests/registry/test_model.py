"""What a registry works out from what it holds: once, and anew where it holds something else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.key import LEAST_FACTOR, MOST_FACTOR
from coefgate.registry.reading import read_registry

ROOT = Path(__file__).parents[2]
SHIPPED = read_registry(FolderTree(ROOT))


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


def test_numbers_end_where_the_schemas_say() -> None:
    def ends(schema: str, of: str) -> tuple[int, int]:
        found = json.loads((ROOT / f"schemas/{schema}.schema.json").read_text("utf-8"))["$defs"][
            of
        ]
        return found["minimum"], found["maximum"]

    assert ends("overhead", "tokens") == (0, MAX_TOKENS)
    assert ends("safety_margins", "factor") == (LEAST_FACTOR / 1000, MOST_FACTOR / 1000)

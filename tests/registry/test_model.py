"""What a registry works out from what it holds: once, and anew where it holds something else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import MAX_TOKENS
from coefgate.registry.key import LEAST_FACTOR, MOST_FACTOR
from coefgate.registry.model import fingerprint
from coefgate.registry.reading import read_registry
from tests.frozen_registry import BY_HAND

ROOT = Path(__file__).parents[2]
REGISTRY = read_registry(FolderTree(BY_HAND))
RULES = (("test", ("test_*.py", "*_test.py")), ("doc", ("*.md",)))
ITS_OWN = fingerprint(RULES, "backend")


@pytest.mark.parametrize("name", ["canonical_category", "path_rules_fingerprint"])
def test_it_is_worked_out_once(name: str) -> None:
    assert getattr(REGISTRY, name) is getattr(REGISTRY, name)
    assert replace(REGISTRY) == REGISTRY  # whether or not it has been worked out


def test_a_registry_with_other_names_or_rules_has_its_own() -> None:
    docs = replace(REGISTRY.categories["docs"], aliases=("manual",))
    other = replace(REGISTRY, categories={"docs": docs}, path_rules=REGISTRY.path_rules[:1])
    assert REGISTRY.canonical_category["documentation"] == "docs"
    assert other.canonical_category == {"docs": "docs", "manual": "docs"}
    assert other.path_rules_fingerprint != REGISTRY.path_rules_fingerprint


def test_numbers_end_where_the_schemas_say() -> None:
    def ends(schema: str, of: str) -> tuple[int, int]:
        found = json.loads((ROOT / f"schemas/{schema}.schema.json").read_text("utf-8"))["$defs"][
            of
        ]
        return found["minimum"], found["maximum"]

    assert ends("overhead", "tokens") == (0, MAX_TOKENS)
    assert ends("safety_margins", "factor") == (LEAST_FACTOR / 1000, MOST_FACTOR / 1000)


def test_a_fingerprint_is_the_beginning_of_a_sha256_over_canonical_json() -> None:
    canonical = b'[[["test",["*_test.py","test_*.py"]],["doc",["*.md"]]],"backend"]'
    assert hashlib.sha256(canonical).hexdigest()[:12] == ITS_OWN


def test_the_order_within_a_rule_does_not_move_it() -> None:
    assert fingerprint((("test", ("*_test.py", "test_*.py")), RULES[1]), "backend") == ITS_OWN
    assert fingerprint(((kind, iter(globs)) for kind, globs in RULES), "backend") == ITS_OWN


@pytest.mark.parametrize(
    ("rules", "default"),
    [
        (RULES[::-1], "backend"),
        (RULES, "frontend"),
        (RULES[:1], "backend"),
        ((), "backend"),
        ((RULES[0], ("doc", ("*.md", "*.rst"))), "backend"),
        ((RULES[0], ("config", ("*.md",))), "backend"),
        ((("test", ("test_*.py",)), ("test", ("*_test.py",)), RULES[1]), "backend"),
        ((("test", ("test_*.py,*_test.py",)), RULES[1]), "backend"),
        ((RULES[0], ("doc", ("*.mð",))), "backend"),
    ],
)
def test_anything_else_moves_it(
    rules: tuple[tuple[str, tuple[str, ...]], ...], default: str
) -> None:
    found = fingerprint(rules, default)
    assert found != ITS_OWN
    assert len(found) == 12
    assert set(found) <= set("0123456789abcdef")


def test_the_model_needs_nothing_but_the_standard_library() -> None:
    program = (
        "import sys; import coefgate.registry.model;"
        "sys.exit(bool({'yaml', 'jsonschema', 'pandas', 'coefgate.core.paths'} & "
        "set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

"""How path rules differ, glob by glob."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.changes.path_rule_changes import glob_differences
from coefgate.core.trees import FolderTree
from coefgate.registry.model import Coefficients, PathRule
from coefgate.registry.reading import read_registry
from tests.frozen_registry import BY_HAND

REGISTRY = read_registry(FolderTree(BY_HAND))
Rules = list[tuple[str, list[str]]]
BASE: Rules = [("test", ["a", "b"]), ("doc", ["c"]), ("config", ["d", "e"])]


def _registry(rules: Rules, default: str = "backend") -> Coefficients:
    return replace(
        REGISTRY,
        path_rules=tuple(
            PathRule(kind, tuple(globs), "coefficients/file_kinds.yaml", 10 * number)
            for number, (kind, globs) in enumerate(rules, 1)
        ),
        default_kind=default,
    )


def _steps(base: Rules, head: Rules) -> list[tuple[str, str]]:
    return [(one.step, one.glob) for one in glob_differences(_registry(base), _registry(head))]


@pytest.mark.parametrize(
    ("head", "steps"),
    [
        (BASE, []),
        ([("test", ["b", "a"]), *BASE[1:]], []),
        ([("test", ["a"]), ("test", ["b"]), *BASE[1:]], []),
        ([("test", ["a", "b", "x"]), *BASE[1:]], [("added", "x")]),
        ([("test", ["a"]), *BASE[1:]], [("removed", "b")]),
        ([("test", ["a", "b"]), ("frontend", ["c"]), BASE[2]], [("kind", "c")]),
        ([BASE[1], BASE[0], BASE[2]], [("moved", "c")]),
        ([BASE[2], BASE[0], BASE[1]], [("moved", "d"), ("moved", "e")]),
        (
            [("test", ["a", "b"]), ("doc", ["x"]), ("config", ["d", "e"])],
            [("added", "x"), ("removed", "c")],
        ),
    ],
)
def test_each_step(head: Rules, steps: list[tuple[str, str]]) -> None:
    assert _steps(BASE, head) == steps


def test_where_a_glob_stood_and_stands() -> None:
    [one] = glob_differences(_registry(BASE), _registry([BASE[1], BASE[0], BASE[2]]))
    assert (one.base, one.head, one.base_rule, one.head_rule, one.line) == ("doc", "doc", 2, 1, 10)
    [gone] = glob_differences(_registry(BASE), _registry([BASE[0], BASE[2]]))
    assert (gone.base, gone.head, gone.base_rule, gone.head_rule, gone.line) == (
        "doc",
        None,
        2,
        None,
        20,
    )


def test_the_kind_of_all_other_paths() -> None:
    [one] = glob_differences(_registry(BASE), _registry(BASE, "frontend"))
    assert (one.step, one.glob, one.base, one.head) == ("default", "", "backend", "frontend")


@given(st.permutations(range(6)))
def test_any_new_order_is_seen(order: list[int]) -> None:
    base: Rules = [("doc", [str(number)]) for number in range(6)]
    head = [base[number] for number in order]
    found = _steps(base, head)
    assert bool(found) == (order != sorted(order))
    moved = {glob for _, glob in found}
    stay = [number for number in order if str(number) not in moved]
    assert stay == sorted(stay)

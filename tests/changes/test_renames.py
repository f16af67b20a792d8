"""What became of the names of categories, from two registries."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from coefgate.changes.estimate_changes import changes
from coefgate.changes.renames import renames
from coefgate.registry.compilation import snapshot
from coefgate.registry.model import Coefficients
from tests.registry.builders import merged, registry, removed, renamed, split, with_aliases

BASE: Final = registry()
"""docs is documentation and manual as well, tests is testing, database is nothing else."""


def _merged_into_a_new_one(one: Coefficients) -> Coefficients:
    return renamed(merged(one, "database", "tests"), "tests", "checks")


def _equal(one: Coefficients) -> Coefficients:
    """A second category with the figures of docs, without margins of their own."""
    one = replace(one, cell_margins={})
    docs = one.categories["docs"]
    return replace(
        one,
        categories={**one.categories, "guides": replace(docs, name="guides", aliases=("guide",))},
    )


def _without_its_name(one: Coefficients) -> Coefficients:
    return renamed(one, "docs", "guides", alias=False)


CASES: Final[dict[str, tuple[Coefficients, Coefficients, list[tuple[object, ...]]]]] = {
    "nothing": (BASE, BASE, []),
    "renamed": (
        BASE,
        renamed(BASE, "docs", "guides"),
        [("renamed", "docs", "guides", ("docs", "documentation", "manual"), True)],
    ),
    "by an alias": (
        BASE,
        renamed(BASE, "docs", "manual"),
        [("renamed", "docs", "manual", ("docs", "documentation", "manual"), True)],
    ),
    "and back": (
        renamed(BASE, "docs", "guides"),
        BASE,
        [("renamed", "guides", "docs", ("guides", "documentation", "manual", "docs"), False)],
    ),
    "renamed without its name": (
        BASE,
        _without_its_name(BASE),
        [("renamed", "docs", "guides", ("docs", "documentation", "manual"), False)],
    ),
    "merged": (
        BASE,
        merged(BASE, "tests", "docs"),
        [("merged", "tests", "docs", ("tests", "testing"), True)],
    ),
    "merged under a new name": (
        BASE,
        _merged_into_a_new_one(BASE),
        [
            ("merged", "tests", "checks", ("tests", "testing"), True),
            ("merged", "database", "checks", ("database",), True),
        ],
    ),
    "split": (
        BASE,
        split(BASE, "manual", {"low": 1}),
        [("split", "docs", "manual", ("manual",), True)],
    ),
    "an alias of equal figures": (
        _equal(BASE),
        with_aliases(_equal(BASE), "guides", "guide", "manual"),
        [("alias", "docs", "guides", ("manual",), True)],
    ),
    "an alias of other figures": (BASE, with_aliases(BASE, "tests", "testing", "manual"), []),
    "gone": (BASE, removed(BASE, "docs"), []),
    "a new alias": (BASE, with_aliases(BASE, "docs", "documentation", "manual", "guide"), []),
}


@pytest.mark.parametrize("case", CASES)
def test_what_became_of_each_name(case: str) -> None:
    base, head, told = CASES[case]
    found = renames(base, head)
    assert {(one.kind, one.base, one.head, one.names, one.kept) for one in found} == set(told)
    if snapshot(base).digest != snapshot(head).digest:
        assert found or changes(base, head)  # whatever moves the digest is told

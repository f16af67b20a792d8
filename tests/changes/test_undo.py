"""Changes taken back: the registry that remains predicts as base does, whatever lay between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coefgate.changes.estimate_changes import changes
from coefgate.changes.undo import excerpt, taken_back, touched_names
from coefgate.core.vocabulary import OPERATIONS, PRICED_OPERATIONS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.model import Coefficients, PathRule
from coefgate.replay.counts import counts_matrix, predict
from tests.registry import builders
from tests.registry.builders import COMPLEXITIES, KINDS, registry, renamed, with_aliases

LABELS = ("docs", "documentation", "manual", "tests", "testing", "database", "unheard-of")
PATHS = ("a.py", "test_a.py", "a.md", "a.rst")
FILE = "coefficients/file_kinds.yaml"


@dataclass(frozen=True)
class _Call:
    category: str | None
    complexity: str | None
    deliverables: tuple[Deliverable, ...]
    model: str | None
    output_mode: str | None = None


CALLS = [
    _Call(label, complexity, deliverables, model)
    for label, complexity, model in product(
        LABELS, (*COMPLEXITIES, "extreme"), (None, "claude-x", "gpt-x")
    )
    for deliverables in (
        (),
        *[
            (Deliverable(path, operation),)
            for path, operation in product(PATHS, OPERATIONS)
        ],
    )
]  # fmt: skip
SIZED_CALLS = [
    _Call("docs", "low", (Deliverable(path, operation, size),), None, mode)
    for path, operation, size, mode in product(
        PATHS, OPERATIONS[1:], (None, 1500, 10**6), (None, "full_file", "patch")
    )
]
"""Beside ``CALLS``, what the size of a file decides."""
BASE = replace(builders.with_sizes(registry()), output_mode="patch")


def _predictions(one: Coefficients) -> list[int]:
    table = table_of(one)
    found: list[int] = predict(counts_matrix([*CALLS, *SIZED_CALLS], table), table).tolist()
    return found


# --- Steps that an author may take

Step = Callable[[Coefficients], Coefficients]
TOKENS = st.integers(0, 1000)
FACTORS = st.integers(1000, 3000).map(lambda thousandths: Fraction(thousandths, 1000))
CELLS = st.tuples(
    st.sampled_from(["docs", "tests", "database", "guides"]), st.sampled_from(COMPLEXITIES)
)


def _overhead(cell: tuple[str, str], tokens: int) -> Step:
    def step(one: Coefficients) -> Coefficients:
        return builders.with_overhead(one, *cell, tokens) if cell[0] in one.categories else one

    return step


def _no_overhead(cell: tuple[str, str]) -> Step:
    def step(one: Coefficients) -> Coefficients:
        entry = one.categories.get(cell[0])
        there = entry is not None and cell[1] in entry.overhead and len(entry.overhead) > 1
        return builders.without_overhead(one, *cell) if there else one

    return step


def _margin(cell: tuple[str, str], factor: Fraction) -> Step:
    def step(one: Coefficients) -> Coefficients:
        entry = one.categories.get(cell[0])
        there = entry is not None and cell[1] in entry.overhead
        return builders.with_margin(one, *cell, factor) if there else one

    return step


def _no_margin(cell: tuple[str, str]) -> Step:
    return lambda one: replace(
        one, cell_margins={at: own for at, own in one.cell_margins.items() if at != cell}
    )


def _alias(name: str, label: str) -> Step:
    def step(one: Coefficients) -> Coefficients:
        if name not in one.categories or label in one.categories or label in registry().categories:
            return one
        return builders.with_aliases(
            one, name, *dict.fromkeys((*one.categories[name].aliases, label))
        )

    return step


def _no_alias(label: str) -> Step:
    """Not of a category that was renamed: then nothing says that it is the same one."""

    def step(one: Coefficients) -> Coefficients:
        if label in registry().categories:
            return one
        categories = {
            name: replace(entry, aliases=tuple(alias for alias in entry.aliases if alias != label))
            for name, entry in one.categories.items()
        }
        return replace(one, categories=categories)

    return step


def _renamed(old: str, new: str) -> Step:
    """Not to what base calls another category: one name would stand for two, no change for one."""

    def step(one: Coefficients) -> Coefficients:
        owners = {side.canonical_category.get(new) for side in (one, registry())}
        free = owners <= {None, old} and new not in one.categories
        return builders.renamed(one, old, new) if old in one.categories and free else one

    return step


def _merged(gone: str, into: str) -> Step:
    def step(one: Coefficients) -> Coefficients:
        there = gone in one.categories and into in one.categories and gone != into
        return builders.merged(one, gone, into) if there else one

    return step


def _removed(gone: str) -> Step:
    return lambda one: builders.removed(one, gone) if gone in one.categories else one


def _split(alias: str, low: int) -> Step:
    def step(one: Coefficients) -> Coefficients:
        if alias in one.categories or alias in registry().categories:
            return one
        return builders.split(one, alias, {"low": low, "medium": low + 7})

    return step


def _sizes(kind: str, tokens: int, up_to: int, assumed: int) -> Step:
    return lambda one: builders.with_sizes(
        one, kind, tokens, up_to=up_to, assumed=assumed, output_modes=("full_file", "patch")
    )


def _no_sizes(kind: str) -> Step:
    return lambda one: replace(
        one, per_kilobyte={at: sized for at, sized in one.per_kilobyte.items() if at != kind}
    )


NAMES = st.sampled_from(["docs", "tests", "database", "guides", "documentation"])
STEPS = st.one_of(
    st.builds(_overhead, CELLS, TOKENS),
    st.builds(_no_overhead, CELLS),
    st.builds(_margin, CELLS, FACTORS),
    st.builds(_no_margin, CELLS),
    st.builds(_alias, NAMES, st.sampled_from(LABELS)),
    st.builds(_no_alias, st.sampled_from(LABELS)),
    st.builds(_renamed, NAMES, st.sampled_from(["guides", "manual", "documentation"])),
    st.builds(_merged, NAMES, NAMES),
    st.builds(_removed, NAMES),
    st.builds(_split, st.sampled_from(LABELS), TOKENS),
    TOKENS.map(
        lambda n: lambda one: replace(
            one, fallback_overhead=builders.value("fallback.overhead", n)
        )
    ),
    FACTORS.map(
        lambda f: lambda one: replace(one, default_margin=builders.value("margin.default", f))
    ),
    st.tuples(st.sampled_from(PRICED_OPERATIONS), st.sampled_from(KINDS), TOKENS).map(
        lambda new: lambda one: replace(
            one, marginal_costs=one.marginal_costs | dict([builders.cost(*new)])
        )
    ),
    st.permutations([("test", "*.md"), ("doc", "a.*"), ("doc", "*.rst"), ("backend", "*.py")]).map(
        lambda rules: lambda one: replace(
            one,
            path_rules=tuple(
                PathRule(kind, (glob,), FILE, n) for n, (kind, glob) in enumerate(rules)
            ),
        )
    ),
    st.sampled_from(KINDS).map(lambda kind: lambda one: replace(one, default_kind=kind)),
    st.builds(
        _sizes,
        st.sampled_from(KINDS),
        TOKENS,
        st.sampled_from([1024, 4096]),
        st.sampled_from([0, 900]),
    ),
    st.sampled_from(KINDS).map(_no_sizes),
    st.sampled_from([None, "full_file"]).map(
        lambda mode: lambda one: replace(one, output_mode=mode)
    ),
    st.sampled_from([("*",), ("gpt-*",), ("claude-*", "gpt-*")]).map(
        lambda globs: lambda one: replace(one, applies_to=globs)
    ),
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(STEPS, max_size=5))
def test_without_all_of_its_changes_head_predicts_as_base_does(steps: list[Step]) -> None:
    base = head = BASE
    for step in steps:
        head = step(head)
    found = changes(base, head)
    # Of two categories that became one, a figure that neither has any more cannot be told apart
    # again.
    gone = [change.key for change in found if change.head is None]
    assume(len(set(gone)) == len(gone))
    assert _predictions(taken_back(head, base, found)) == _predictions(base)
    if not found:
        assert _predictions(head) == _predictions(base)
    assert changes(head, head) == ()


@pytest.mark.parametrize(
    "steps",
    [
        [_renamed("docs", "guides"), _no_overhead(("guides", "high"))],
        [_merged("database", "docs")],
        [_merged("docs", "tests"), _overhead(("tests", "low"), 7)],
        [_split("documentation", 100)],
        [_removed("docs")],
    ],
    ids=["renamed and less", "given to another", "given to one that changes", "split off", "gone"],
)
def test_the_order_does_not_matter(steps: list[Step]) -> None:
    base = head = registry()
    for step in steps:
        head = step(head)
    backwards = tuple(reversed(changes(base, head)))
    assert _predictions(taken_back(head, base, backwards)) == _predictions(base)


def test_a_part_holds_the_categories_that_names_lead_to_in_their_order() -> None:
    whole = with_aliases(registry(), "docs", "documentation")
    order = [name for name in whole.categories if name in {"docs", "tests"}]
    part = excerpt(whole, ["tests", "documentation", "nobody knows"])
    assert list(part.categories) == order
    assert part.categories["docs"] is whole.categories["docs"]
    assert {category for category, _ in part.cell_margins} <= set(order)
    assert part.fallback_overhead == whole.fallback_overhead


def test_a_renamed_category_is_touched_under_all_its_names() -> None:
    base = with_aliases(registry(), "docs", "documentation")
    head = renamed(base, "docs", "manuals")
    for change in changes(base, head):
        names = touched_names([change], base, head)
        assert names is not None
        assert {"docs", "documentation", "manuals"} <= names
        assert "tests" not in names

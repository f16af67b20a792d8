"""Everything that moves the digest is told as a change, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Final

import pytest

from coefgate.changes.estimate_changes import changes
from coefgate.registry.compilation import snapshot
from coefgate.registry.model import Coefficients, IntervalWidths, PathRule, Value
from tests.registry.builders import (
    cost,
    registry,
    removed,
    renamed,
    with_aliases,
    with_margin,
    with_overhead,
    with_sizes,
)

BASE: Final = registry()
Step = Callable[[Coefficients], Coefficients]


def _fallback(step: Callable[[Value], Value]) -> Step:
    return lambda one: replace(one, fallback_overhead=step(one.fallback_overhead))


def _measured(value: Value) -> Value:
    return replace(value, basis=replace(value.basis, kind="fit", samples=3))


def _cells(step: Callable[[Value], Value]) -> Step:
    def of(one: Coefficients) -> Coefficients:
        docs = one.categories["docs"]
        overhead = {at: step(number) for at, number in docs.overhead.items()}
        return replace(
            one, categories={**one.categories, "docs": replace(docs, overhead=overhead)}
        )

    return of


def _costs(step: Callable[[Value], Value]) -> Step:
    return lambda one: replace(
        one, marginal_costs={at: step(cost) for at, cost in one.marginal_costs.items()}
    )


MOVE_THE_DIGEST: Final[dict[str, tuple[Step, list[str]]]] = {
    "a number": (lambda one: with_overhead(one, "docs", "low", 101), ["docs.low"]),
    "a claim of samples": (_fallback(_measured), ["fallback.overhead.basis"]),
    "fewer claims": (
        _cells(lambda one: replace(one, basis=replace(one.basis, kind="prior", samples=None))),
        ["docs.low.basis", "docs.medium.basis", "docs.high.basis"],
    ),
    "a fit of no sample": (
        _costs(lambda value: replace(value, basis=replace(value.basis, samples=0))),
        [f"marginal.{operation}.{kind}.basis" for kind in ("backend", "test", "doc")
         for operation in ("create", "modify")],
    ),
    "a margin": (lambda one: with_margin(one, "tests", "low", Fraction(2)), ["margin.tests.low"]),
    "an alias": (
        lambda one: with_aliases(one, "docs", "documentation", "manual", "guide"),
        ["alias.guide"],
    ),
    "a category": (lambda one: removed(one, "database"), ["database.low", "database.medium"]),
    "a new kind": (
        lambda one: replace(
            one, marginal_costs={**one.marginal_costs, **dict([cost("create", "data", 3)])}
        ),
        ["marginal.create.data"],
    ),
    "a path rule": (
        lambda one: replace(
            one, path_rules=(PathRule("test", ("test_*.py", "check_*.py"), "", 3),)
        ),
        ["file_kinds"],
    ),
    "another default kind": (lambda one: replace(one, default_kind="doc"), ["file_kinds"]),
    "models": (lambda one: replace(one, applies_to=("claude-*", "gpt-*")), ["applies_to"]),
    "semantics": (lambda one: replace(one, semantics=2), ["semantics"]),
    "a size": (
        lambda one: with_sizes(one, "doc"), ["semantics", "marginal.modify.doc.per_kilobyte"]
    ),
    "an output mode": (
        lambda one: replace(one, semantics=2, output_mode="patch"), ["semantics", "output_mode"]
    ),
    "the unit": (lambda one: replace(one, unit="turn"), ["unit"]),
    "interval widths": (
        lambda one: replace(
            one, interval=IntervalWidths(Fraction("0.3"), Fraction("0.4"), Fraction("0.9"))
        ),
        ["interval"],
    ),
}  # fmt: skip

LEAVE_IT: Final[dict[str, Step]] = {
    "nothing": lambda one: one,
    "another page": _fallback(
        lambda value: replace(value, basis=replace(value.basis, reference="docs/y.md"))
    ),
    "more samples": _cells(lambda value: replace(value, basis=replace(value.basis, samples=50))),
    "another line": _fallback(lambda value: replace(value, line=99)),
    "globs of a rule in another order": lambda one: replace(
        one, path_rules=(one.path_rules[0], replace(one.path_rules[1], globs=("*.rst", "*.md")))
    ),
}


@pytest.mark.parametrize("what", MOVE_THE_DIGEST)
def test_what_moves_the_digest_is_a_change(what: str) -> None:
    step, names = MOVE_THE_DIGEST[what]
    assert snapshot(step(BASE)).digest != snapshot(BASE).digest
    assert sorted(change.name for change in changes(BASE, step(BASE))) == sorted(names)
    assert changes(step(BASE), BASE)


@pytest.mark.parametrize("what", LEAVE_IT)
def test_what_does_not_is_none(what: str) -> None:
    other = LEAVE_IT[what](BASE)
    assert snapshot(other).digest == snapshot(BASE).digest
    assert changes(BASE, other) == ()


def test_a_rename_moves_the_digest_and_no_figure() -> None:
    other = renamed(BASE, "docs", "guides")
    assert snapshot(other).digest != snapshot(BASE).digest
    assert changes(BASE, other) == ()


def test_the_widths_are_told_as_they_are() -> None:
    widths = IntervalWidths(Fraction(0), Fraction("0.001"), Fraction("0.99"))
    [change] = changes(BASE, replace(BASE, interval=widths, lines={"interval": 9}))
    assert (change.base, change.head) == (
        "-30% to +30%, coverage not measured",
        "-0% to +0.1%, coverage 99%",
    )
    assert change.line == 9

"""Judged states and proposals as values: registries, their calls, and what lies between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import inf
from typing import Any

from coefgate.changes.change import Change, Content
from coefgate.changes.estimate_changes import changes
from coefgate.gates.proposal import Anchor, Proposal
from coefgate.gates.swing import swing
from coefgate.gates.unmeasured import unmeasured
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Acknowledgement, Coefficients, Value
from coefgate.replay.evidence import Evidence
from coefgate.replay.state import State, state_of
from coefgate.samples.model import Retirement, Sample, SampleStore
from tests.registry.builders import moved, value
from tests.registry.builders import registry as small_registry
from tests.replay.builders import audited, sample

PREDICTED = 2310
"""What ``plain_registry()`` predicts for a ``sample()``: 2 × 3 × 5 × 7 × 11, for round ratios."""
RETIRED_FILE = "samples/retired.yaml"
NEW_FILE = "samples/here/undated-11111111.jsonl"


def plain_registry() -> Coefficients:
    """The small registry, with ``PREDICTED`` tokens for a call of tests low with one new file."""
    one = small_registry()
    tests = one.categories["tests"]
    overhead = {**tests.overhead, "low": value("tests.low", PREDICTED - 40)}
    return replace(
        one,
        categories={**one.categories, "tests": replace(tests, overhead=overhead)},
        cell_margins={("tests", "low"): value("margin.tests.low", Fraction(1))},
    )


def retirement(sample: Sample, line: int = 2) -> Retirement:
    return Retirement(sample.id, "told twice", RETIRED_FILE, line)


def state(
    registry: Coefficients, samples: Sequence[Sample] = (), retired: Iterable[Retirement] = ()
) -> State:
    """A registry with its calls, compiled."""
    store = SampleStore(tuple(samples), {one.id: one for one in retired})
    found = state_of(registry, store, revision="0" * 40, version="1.2.3")
    return replace(found, name="main", found_by="main")


def _never(_: Change) -> bool:
    return False


def _nothing(_: Change) -> Content | None:
    return None


def proposal(
    base: State,
    head: State,
    *,
    anchor: Anchor | None = None,
    files: Iterable[str] = (),
    returned: Callable[[Change], bool] = _never,
    last: Callable[[Change], Content | None] = _nothing,
    takes_back: bool = False,
) -> Proposal:
    """Head against base, on a branch that never held head's values unless said otherwise."""
    return Proposal(
        base=base,
        head=head,
        changed_files=frozenset(files),
        anchor=lambda: anchor,
        returned=returned,
        last=last,
        takes_back=lambda _: takes_back,
        restored=None,
        has_page=lambda _: True,
        had_page=lambda _: True,
        untagged=lambda _: (),
        stored_at=lambda: inf,
    )


def acknowledged(one: Value, previous: Fraction | int, current: Fraction | int) -> Value:
    """A value with an author's answer beside it."""
    return replace(
        one, acknowledge=Acknowledgement(Fraction(previous), Fraction(current), "seen in run 41")
    )


def many_calls(count: int, actual: int, *, first: int = 1, **fields: Any) -> list[Sample]:
    """Calls that need as much each, under numbers from ``first`` on."""
    return [sample(first + n, actual, **fields) for n in range(count)]


def added_calls(count: int, actual: int, **fields: Any) -> list[Sample]:
    """The same in a file of their own."""
    return many_calls(count, actual, first=1000, **{"file": NEW_FILE} | fields)


def swing_of(
    base: Coefficients,
    head: Coefficients,
    *,
    since: Sequence[tuple[str, Coefficients]] = (),
    calls: Sequence[Sample] = (),
    returned: Callable[[Change], bool] = _never,
    last: Callable[[Change], Content | None] = _nothing,
) -> RuleResult:
    """What ``swing`` says; ``since``: the accepted states from the anchor on."""
    anchor = Anchor(state(since[0][1]), tuple(since)) if since else None
    one = proposal(state(base), state(head), anchor=anchor, returned=returned, last=last)
    return swing(one, changes(base, head), Evidence(audited(calls)))


def unmeasured_of(
    base: Coefficients,
    head: Coefficients,
    calls: Sequence[Sample],
    *,
    returned: Callable[[Change], bool] = _never,
    last: Callable[[Change], Content | None] = _nothing,
) -> RuleResult:
    """What ``unmeasured`` says."""
    one = proposal(state(base), state(head), returned=returned, last=last)
    return unmeasured(one, changes(base, head), Evidence(audited(calls)))


def moved_to(base: Coefficients, **numbers: Fraction | int) -> Coefficients:
    """A registry with other numbers; ``__`` stands for the dots of a name."""
    return moved(
        base, {name.replace("__", "."): Fraction(number) for name, number in numbers.items()}
    )


def with_fallback(
    base: Coefficients, number: int, answer: tuple[int, int] | None = None
) -> Coefficients:
    """A registry with another fallback, a prior, and maybe an answer for it."""
    one: Value = value("fallback.overhead", number, kind="prior")
    return replace(base, fallback_overhead=acknowledged(one, *answer) if answer else one)

"""``swing`` in the numbers as they are written: what is too far, and what answers it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.changes.change import Change, Content, content_of
from coefgate.core.vocabulary import Deliverable
from coefgate.gates.verdict import RuleResult
from coefgate.registry.model import Coefficients, PathRule
from coefgate.samples.model import Sample
from tests.gates.builders import acknowledged, moved_to, swing_of, unmeasured_of, with_fallback
from tests.registry.builders import (
    moved,
    registry,
    removed,
    renamed,
    value,
    values_of,
)
from tests.replay.builders import sample

BASE: Final = registry()


def _at(**numbers: Fraction | int) -> Coefficients:
    return moved_to(BASE, **numbers)


def _fallback(number: int, answer: tuple[int, int] | None = None) -> Coefficients:
    return with_fallback(BASE, number, answer)


def _swing(
    base: Coefficients, head: Coefficients, *, anchor: Coefficients | None = None, **more: Any
) -> RuleResult:
    since = () if anchor is None else (("0123456789abcdef", anchor),)
    return swing_of(base, head, since=since, **more)


def _path(path: str, number: int = 1, **fields: Any) -> Sample:
    return sample(number, 1000, deliverables=(Deliverable(path, "create"),), **fields)


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        (1000, 2000, "fail"),
        (1000, 1999, "pass"),
        (2000, 1000, "fail"),
        (2000, 1001, "pass"),
        (1000, 1001, "pass"),
        (1, 2, "fail"),
        (0, 1, "fail"),
        (1, 0, "fail"),
        (0, 0, "pass"),
    ],
)
def test_twice_as_much_or_half_of_it_is_too_far(old: int, new: int, status: str) -> None:
    result = _swing(_fallback(old), _fallback(new))
    assert (result.status, result.met) == (status, status == "pass")
    if status == "fail":
        [finding] = result.findings
        far = "× 2.0" if old and new else "from or to zero"
        answer = f'acknowledge: {{from: {old}, to: {new}, reason: "…"}}'
        moved = f"fallback.overhead moves from {old} to {new} ({far})"
        assert finding.message == f"{moved}; acknowledge it with: {answer}"
        assert (finding.file, finding.line) == ("coefficients/x.yaml", 1)


@given(st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_a_step_is_as_far_as_the_way_back(old: int, new: int) -> None:
    there, back = _swing(_fallback(old), _fallback(new)), _swing(_fallback(new), _fallback(old))
    low, high = sorted((old, new))
    assert there.status == back.status == ("fail" if high >= 2 * low and high > low else "pass")


@pytest.mark.parametrize("name", sorted(values_of(BASE)))
def test_every_kind_of_number_swings(name: str) -> None:
    old = values_of(BASE)[name].number
    step = Fraction(1, 1000) if name.startswith("margin.") else Fraction(1)
    for new, status in ((old * 2, "fail"), (old * 2 - step, "pass")):
        assert _swing(BASE, moved(BASE, {name: new})).status == status


def test_the_factor_is_that_of_the_gates() -> None:
    relative = replace(BASE.gates.relative, swing_factor_from=Fraction(3, 2))
    strict = replace(BASE, gates=replace(BASE.gates, relative=relative))
    assert _swing(strict, _at(docs__low=149)).status == "pass"
    assert _swing(strict, _at(docs__low=150)).status == "fail"
    assert "less than 1.5 times" in _swing(strict, _at(docs__low=150)).limit


def test_small_steps_add_up_since_the_last_release() -> None:
    base, head = _at(docs__low=160), _at(docs__low=200)
    assert _swing(base, head).status == "pass"
    assert _swing(base, head, anchor=base).status == "pass"
    result = _swing(base, head, anchor=BASE)
    assert result.findings[0].message == (
        "docs.low moves from 100 to 200 (× 2.0 since the anchor 0123456789ab); "
        'acknowledge it with: acknowledge: {from: 160, to: 200, reason: "…"}'
    )
    # What lies that far from the release, but does not move, is nobody's to answer for; nor is a
    # step back.
    assert _swing(head, head, anchor=BASE).status == "pass"
    assert _swing(_at(docs__low=250), head, anchor=BASE).status == "pass"
    assert _swing(_at(docs__low=250), _at(docs__low=251), anchor=BASE).status == "fail"


def test_a_rename_is_compared_with_the_figures_of_the_old_name() -> None:
    other = renamed(BASE, "docs", "guides")
    assert _swing(BASE, other).status == "pass"
    result = _swing(BASE, moved(other, {"guides.low": Fraction(200)}))
    assert result.findings[0].message.startswith("docs.low moves from 100 to 200 (× 2.0)")
    since = _swing(
        moved(other, {"guides.low": Fraction(160)}), moved(other, {"guides.low": Fraction(200)})
    )
    assert since.status == "pass"
    assert (
        _swing(
            moved(other, {"guides.low": Fraction(160)}),
            moved(other, {"guides.low": Fraction(200)}),
            anchor=BASE,
        )
        .findings[0]
        .message.startswith(
            "guides.low moves from 100 to 200 (× 2.0 since the anchor 0123456789ab)"
        )
    )


def test_what_comes_or_goes_does_not_swing() -> None:
    assert _swing(BASE, removed(BASE, "database")).status == "pass"
    assert _swing(removed(BASE, "database"), BASE).status == "pass"


def test_what_was_taken_out_comes_back_as_it_was() -> None:
    def last(change: Change) -> Content | None:
        return content_of(BASE, change.kind, change.key)

    without = removed(BASE, "database")
    old = values_of(BASE)["database.low"].number
    assert _swing(without, BASE, last=last).status == "pass"
    [told] = _swing(without, moved(BASE, {"database.low": old / 2}), last=last).findings
    assert told.message == (
        f"database.low moves from {old} to {old / 2} (× 2.0 since it was removed); it was {old} "
        "before it was removed: restore it as it was, and change it afterwards"
    )
    # That it is a new figure which only replaces the fallback is not true of it either.
    again = unmeasured_of(without, moved(BASE, {"database.low": old - 1}), [], last=last)
    assert "restore it as it was" in again.findings[0].message


def test_a_new_kind_is_compared_with_what_its_paths_cost_before() -> None:
    def code(tokens: int, answer: tuple[int, int] | None = None) -> Coefficients:
        new = value("marginal.create.code", tokens)
        new = acknowledged(new, *answer) if answer else new
        rules = (PathRule("code", ("*.py",), "coefficients/file_kinds.yaml", 9), *BASE.path_rules)
        other = value("marginal.modify.code", 30)
        costs = {**BASE.marginal_costs, ("create", "code"): new, ("modify", "code"): other}
        return replace(BASE, marginal_costs=costs, path_rules=rules)

    stored = [_path("a.py"), _path("test_b.py", 2), _path("c.md", 3)]
    assert BASE.marginal_costs["create", "backend"].number == 40
    assert _swing(BASE, code(79), calls=stored).status == "pass"
    assert _swing(BASE, code(90)).status == "pass"  # nothing is known of its paths
    [told] = _swing(BASE, code(90), calls=stored).findings
    assert told.message == (
        "marginal.create.code moves from 40 to 90 (× 2.3 for stored paths that had another kind); "
        'acknowledge it with: acknowledge: {from: 40, to: 90, reason: "…"}'
    )
    assert _swing(BASE, code(90, (40, 90)), calls=stored).status == "pass"
    assert _swing(BASE, code(90, (41, 90)), calls=stored).status == "fail"


def test_a_value_that_the_target_branch_once_had_may_come_back() -> None:
    asked: list[str] = []

    def returned(change: Change) -> bool:
        asked.append(change.name)
        return change.name == "docs.low"

    result = _swing(BASE, _at(docs__low=10, docs__medium=2000, docs__high=301), returned=returned)
    assert [one.message.partition(" ")[0] for one in result.findings] == ["docs.medium"]
    assert asked == ["docs.low", "docs.medium"]  # history is read only where it matters


@pytest.mark.parametrize(
    ("answer", "status"),
    [((500, 1000), "pass"), ((500, 1001), "fail"), ((499, 1000), "fail"), ((1000, 500), "fail")],
)
def test_an_answer_names_exactly_this_step(answer: tuple[int, int], status: str) -> None:
    head = _fallback(1000, answer)
    assert _swing(BASE, head).status == status
    assert unmeasured_of(BASE, head, []).status == (
        "pass" if status == "pass" else "not-measurable"
    )


def test_an_answer_serves_once() -> None:
    accepted = _fallback(1000, (500, 1000))
    assert _swing(accepted, _fallback(2000, (500, 1000))).status == "fail"
    assert _swing(accepted, _fallback(400, (500, 1000))).status == "fail"
    assert _swing(accepted, _fallback(2000, (1000, 2000))).status == "pass"


def test_an_answer_covers_the_step_since_the_last_release_too() -> None:
    head = _fallback(1000, (800, 1000))
    assert _swing(_fallback(800), _fallback(1000), anchor=BASE).status == "fail"
    assert _swing(_fallback(800), head, anchor=BASE).status == "pass"

"""Rules that an author may answer: where each begins, what answers it, and for how long."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.changes.change import MEASURED, UNMEASURED, Change, Content, content_of
from coefgate.changes.estimate_changes import changes
from coefgate.core.vocabulary import Deliverable
from coefgate.gates.coefficient_removed import coefficient_removed
from coefgate.gates.swing import swing
from coefgate.gates.unmeasured import unmeasured
from coefgate.gates.verdict import RuleResult, Verdict, needs_reasons_only
from coefgate.registry.model import Acknowledgement, Coefficients, Names, PathRule, Value
from coefgate.registry.yaml_reader import strict_document
from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Sample
from tests.gates.builders import acknowledged
from tests.registry.builders import (
    category,
    cost,
    merged,
    moved,
    registry,
    removed,
    renamed,
    value,
    values_of,
    with_aliases,
    with_margin,
    without_overhead,
)
from tests.replay.builders import audited, sample

BASE: Final = registry()
Returned = Callable[[Change], bool]
Last = Callable[[Change], Content | None]


def _never(_: Change) -> bool:
    return False


def _nothing(_: Change) -> Content | None:
    return None


def _at(**numbers: Fraction | int) -> Coefficients:
    """The small registry with other numbers; ``__`` stands for the dots of a name."""
    return moved(
        BASE, {name.replace("__", "."): Fraction(number) for name, number in numbers.items()}
    )


def _fallback(number: int, answer: tuple[int, int] | None = None) -> Coefficients:
    one: Value = value("fallback.overhead", number, kind="prior")
    return replace(BASE, fallback_overhead=acknowledged(one, *answer) if answer else one)


# --- swing
# -----------------------------------------------------------------------------------------------


def _swing(
    base: Coefficients,
    head: Coefficients,
    *,
    anchor: Coefficients | None = None,
    returned: Returned = _never,
    last: Last = _nothing,
    calls: Sequence[Sample] = (),
) -> RuleResult:
    found, evidence = changes(base, head), Evidence(audited(calls))
    since = () if anchor is None else (("0123456789abcdef", anchor),)
    return swing(
        found, base, head, evidence, since=since, gates=base.gates, returned=returned, last=last
    )


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
        far = "× 2.0" if old and new else "from or to nothing"
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
        f"database.low moves from {old} to {old / 2} (× 2.0 since it was taken out); it was {old} "
        "before it was taken out: bring it back so, and change it afterwards"
    )
    # That it is a new figure which only replaces the fallback is not true of it either.
    again = _unmeasured(moved(BASE, {"database.low": old - 1}), [], base=without, last=last)
    assert "bring it back so" in again.findings[0].message


def test_a_new_kind_is_compared_with_what_its_paths_cost_before() -> None:
    def code(tokens: int, answer: tuple[int, int] | None = None) -> Coefficients:
        new = value("marginal.create.code", tokens)
        new = acknowledged(new, *answer) if answer else new
        rules = (PathRule("code", ("*.py",), "coefficients/file_kinds.yaml", 9), *BASE.path_rules)
        costs = {**BASE.marginal_costs, ("create", "code"): new}
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


def test_a_figure_that_claims_samples_needs_one() -> None:
    def says(kind: str) -> Coefficients:
        fallback = value("fallback.overhead", 500)
        basis = replace(fallback.basis, kind=kind, samples=3)  # type: ignore[arg-type]
        return replace(BASE, fallback_overhead=replace(fallback, basis=basis))

    prior, fit = says("prior"), says("fit")
    [change] = changes(prior, fit)
    assert (change.name, change.base, change.head) == (
        "fallback.overhead.basis",
        UNMEASURED,
        MEASURED,
    )
    result = _unmeasured(fit, [], base=prior)
    assert result.findings[0].message == (
        "fallback.overhead.basis rests on no eligible call; a figure without one says basis: "
        "{kind: prior, …}"
    )
    assert _unmeasured(fit, [sample(1, 1000, category="unheard-of")], base=prior).status == "pass"
    assert _unmeasured(prior, [], base=fit).status == "pass"
    # A reason beside a number that moves as well is no sample either; a claim that was there
    # before is none.
    answered = replace(
        fit,
        fallback_overhead=acknowledged(
            replace(fit.fallback_overhead, number=Fraction(501)), 500, 501
        ),
    )
    [told] = _unmeasured(answered, [], base=prior).findings
    assert told.message.endswith("a figure without one says basis: {kind: prior, …}")
    assert (
        _unmeasured(answered, [], base=prior, returned=lambda one: one.kind == "basis").status
        == "pass"
    )


def test_a_value_that_the_target_branch_once_had_may_come_back() -> None:
    asked: list[str] = []

    def returned(change: Change) -> bool:
        asked.append(change.name)
        return change.name == "docs.low"

    result = _swing(BASE, _at(docs__low=10, docs__medium=2000, docs__high=301), returned=returned)
    assert [one.message.partition(" ")[0] for one in result.findings] == ["docs.medium"]
    assert asked == ["docs.low", "docs.medium"]  # history is read only where it matters


# --- An answer
# -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status"),
    [((500, 1000), "pass"), ((500, 1001), "fail"), ((499, 1000), "fail"), ((1000, 500), "fail")],
)
def test_an_answer_names_exactly_this_step(answer: tuple[int, int], status: str) -> None:
    head = _fallback(1000, answer)
    assert _swing(BASE, head).status == status
    assert _unmeasured(head, []).status == ("pass" if status == "pass" else "not-measurable")


def test_an_answer_serves_once() -> None:
    accepted = _fallback(1000, (500, 1000))
    assert _swing(accepted, _fallback(2000, (500, 1000))).status == "fail"
    assert _swing(accepted, _fallback(400, (500, 1000))).status == "fail"
    assert _swing(accepted, _fallback(2000, (1000, 2000))).status == "pass"


def test_an_answer_covers_the_step_since_the_last_release_too() -> None:
    head = _fallback(1000, (800, 1000))
    assert _swing(_fallback(800), _fallback(1000), anchor=BASE).status == "fail"
    assert _swing(_fallback(800), head, anchor=BASE).status == "pass"


# --- unmeasured
# ------------------------------------------------------------------------------------------


def _unmeasured(
    head: Coefficients,
    calls: Sequence[Sample],
    *,
    base: Coefficients = BASE,
    returned: Returned = _never,
    last: Last = _nothing,
) -> RuleResult:
    evidence = Evidence(audited(calls))
    return unmeasured(changes(base, head), base, head, evidence, returned=returned, last=last)


def _path(path: str, number: int = 1, **fields: Any) -> Sample:
    return sample(number, 1000, deliverables=(Deliverable(path, "create"),), **fields)


TESTING: Final = sample(1, 1000, category="testing")
USED: Final = {
    "overhead": (_at(tests__low=111), sample(1, 1000), sample(1, 1000, complexity="medium")),
    "by an alias": (_at(tests__low=111), TESTING, sample(1, 1000, category="docs")),
    "default margin": (
        _at(margin__default=Fraction("1.2")),
        TESTING,
        sample(1, 1000, category="docs"),
    ),
    "margin": (_at(margin__docs__low=Fraction("1.6")), sample(1, 1000, category="docs"), TESTING),
    "marginal": (_at(marginal__create__backend=41), sample(1, 1000), _path("a.md")),
    "fallback": (_fallback(501), sample(1, 1000, category="unheard-of"), sample(1, 1000)),
    "no deliverables": (
        _at(no_deliverables__low=8001),
        sample(1, 1000, creates=0),
        sample(1, 1000),
    ),
    "alias": (
        with_aliases(BASE, "tests", "testing", "checks"),
        sample(1, 1000, category="checks"),
        TESTING,
    ),
    "path rule": (
        replace(BASE, path_rules=BASE.path_rules[1:]),
        _path("test_a.py"),
        _path("a.py"),
    ),
    "applies to": (
        replace(BASE, applies_to=("claude-*", "gpt-*")),
        sample(1, 1000, model="gpt-1"),
        sample(1, 1000, model="claude-1"),
    ),
    "applies to any": (
        replace(BASE, applies_to=("claude-*", "*")),
        sample(1, 1000, model="gpt-1"),
        sample(1, 1000, model="claude-1"),
    ),
}
"""A change, a call that uses what it changes, and one that does not."""


@pytest.mark.parametrize("what", USED)
def test_one_eligible_call_that_uses_it_is_enough(what: str) -> None:
    head, uses, does_not = USED[what]
    assert _unmeasured(head, [replace(does_not, id="f" * 32), uses]).status == "pass"
    for calls in ([], [does_not], [replace(uses, success=False)], [replace(uses, truncated=True)]):
        result = _unmeasured(head, calls)
        assert (result.status, result.met, len(result.findings)) == ("not-measurable", False, 1)
        assert "rests on no eligible call" in result.message
    assert _unmeasured(head, [], returned=lambda _: True).status == "pass"


def test_a_call_of_an_undeclared_complexity_uses_the_dearest_figure() -> None:
    def without_medium(**numbers: int) -> Coefficients:
        one = _at(**numbers)
        rest = {name: value for name, value in one.no_deliverables.items() if name != "medium"}
        return replace(one, complexities=("low", "high"), no_deliverables=rest)

    base, call = without_medium(), sample(1, 1000, creates=0, complexity="medium")
    assert (
        _unmeasured(without_medium(no_deliverables__high=8100), [call], base=base).status == "pass"
    )
    low = _unmeasured(without_medium(no_deliverables__low=7999), [call], base=base)
    assert low.status == "not-measurable"


def test_a_new_figure_without_calls_says_that_it_is_a_prior() -> None:
    def new(kind: str) -> Coefficients:
        return replace(
            BASE,
            categories={**BASE.categories, "guides": category("guides", {"low": 9}, kind=kind)},
        )

    assert _unmeasured(new("prior"), []).status == "pass"
    result = _unmeasured(new("fit"), [])
    assert result.status == "not-measurable"
    assert "a new figure without one says basis: {kind: prior, …}" in result.message
    # A change of a figure does not, whatever it says.
    prior = _unmeasured(
        _fallback(501), [], base=replace(BASE, fallback_overhead=value("fallback.overhead", 500))
    )
    assert prior.status == "not-measurable"


def test_aliases_rules_and_models_are_answered_as_a_whole() -> None:
    aliases = with_aliases(BASE, "tests", "testing", "checks")
    tests = aliases.categories["tests"]
    for current, status in ((("checks", "testing"), "pass"), (("checks",), "not-measurable")):
        answer: Acknowledgement[Names] = Acknowledgement(("testing",), current, "the new name")
        head = replace(
            aliases, categories={**aliases.categories, "tests": replace(tests, acknowledge=answer)}
        )
        assert _unmeasured(head, []).status == status

    rules = replace(BASE, path_rules=BASE.path_rules[1:])
    for previous, status in ((BASE.path_rules_fingerprint, "pass"), ("0" * 12, "not-measurable")):
        answer = Acknowledgement(previous, rules.path_rules_fingerprint, "no such files")
        assert _unmeasured(replace(rules, acknowledge_rules=answer), []).status == status

    models = replace(BASE, applies_to=("claude-*", "gpt-*"))
    for globs, status in ((("gpt-*", "claude-*"), "pass"), (("gpt-*",), "not-measurable")):
        answer = Acknowledgement(("claude-*",), globs, "measured elsewhere")
        assert _unmeasured(replace(models, acknowledge_applies_to=answer), []).status == status


@pytest.mark.parametrize(
    "label", ["manual", "how: to", "yes", "12", "a, b", '"', "a b", "#1", "-", "é"]
)
def test_the_line_to_copy_says_the_very_aliases(label: str) -> None:
    head = with_aliases(BASE, "tests", "testing", label)
    found = re.search(r'acknowledge: .*?"…"}', _unmeasured(head, []).message)
    assert found is not None
    document = strict_document(f"{found[0]}\n".encode(), "docs.yaml")
    assert document.at(("acknowledge", "to")) == ["testing", label]


# --- coefficient-removed
# ---------------------------------------------------------------------------------


IMAGE: Final = dict([cost("create", "image", 9)])


@pytest.mark.parametrize(
    ("head", "gone"),
    [
        (BASE, []),
        (removed(BASE, "database"), ["database.low", "database.medium"]),
        (without_overhead(BASE, "database", "low"), ["database.low"]),
        (with_aliases(BASE, "docs", "documentation"), ["alias.manual"]),
        (renamed(BASE, "docs", "guides"), []),
        (merged(BASE, "database", "docs"), []),
        (replace(BASE, cell_margins={}), ["margin.docs.low"]),
        (replace(BASE, applies_to=("claude-3*",)), ["applies_to"]),
        (replace(BASE, applies_to=("*",)), []),
        (replace(BASE, marginal_costs={**BASE.marginal_costs, **IMAGE}), []),
    ],
)  # fmt: skip
def test_every_name_still_leads_to_a_figure(head: Coefficients, gone: list[str]) -> None:
    found = changes(BASE, head)
    result = coefficient_removed(found, lambda _: False)
    assert [one.message.partition(" ")[0] for one in result.findings] == gone
    assert result.status == ("fail" if gone else "pass")
    assert coefficient_removed(found, lambda _: True).status == "pass"


def test_a_margin_of_a_cell_may_go_where_the_default_is_the_same() -> None:
    same = with_margin(BASE, "tests", "low", BASE.default_margin.number)
    assert coefficient_removed(changes(same, BASE), lambda _: False).status == "pass"


# --- Only a reason is asked for
# --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("red", "only"),
    [
        ([], False),
        (["swing"], True),
        (["unmeasured", "swing"], True),
        (["swing", "smape"], False),
        (["coefficient-removed"], False),
    ],
)
def test_when_a_reason_beside_the_number_is_all_that_is_missing(
    red: list[str], only: bool
) -> None:
    results = [_result(rule, "fail") for rule in red] + [_result("waste-band", "pass")]
    assert needs_reasons_only(results) == only


def _result(rule: str, status: Verdict) -> RuleResult:
    return RuleResult(rule, status, "", None, None, None, "", "coefficients/gates.yaml", 1)

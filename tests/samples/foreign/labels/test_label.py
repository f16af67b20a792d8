"""What a call is labelled by rules, and what its label is where several speak."""

from __future__ import annotations

from typing import Any

import pytest

from coefgate.core.vocabulary import Deliverable
from coefgate.registry.labels import LabelRule
from coefgate.samples.foreign.labels.label import Label, LabelFacts, label_by_rule, settled_label

LOW = LabelRule(complexity="low")
DOCS = LabelRule(category="docs")


def facts(*files: str, **others: Any) -> LabelFacts:
    return LabelFacts(deliverables=tuple(map(Deliverable.parsed, files)), **others)


def category(rule: LabelRule, found: LabelFacts) -> str | None:
    return label_by_rule([rule], found).category


# --- Rules


def test_category_and_complexity_may_come_from_different_rules() -> None:
    rules = [LabelRule(category="tests", any_path=("tests/**",)), LOW, DOCS]
    assert label_by_rule(rules, facts("tests/a.py")) == Label("tests", "low", "rule")
    assert label_by_rule(rules, facts("a.py")) == Label("docs", "low", "rule")


def test_the_first_rule_that_states_a_label_wins() -> None:
    rules = [LabelRule("tests", "high", words=("x",)), LabelRule("docs", "low"), DOCS]
    assert label_by_rule(rules, facts(branch="x")) == Label("tests", "high", "rule")
    assert label_by_rule(rules, facts(branch="y")) == Label("docs", "low", "rule")


def test_without_a_rule_that_matches_there_is_no_label() -> None:
    assert label_by_rule([LabelRule("docs", words=("x",))], facts()) == Label()
    assert label_by_rule([], facts("a.py")) == Label()
    assert label_by_rule([LOW], facts("a.py")) == Label(None, "low", "rule")


@pytest.mark.parametrize(
    ("files", "every", "any_of_them"),
    [
        (["docs/a.md"], True, True),
        (["docs/a.md", "x/docs/b.md"], True, True),
        (["docs/a.md", "src/a.py"], False, True),
        (["src/a.py"], False, False),
        ([], False, False),
    ],
)
def test_paths(files: list[str], every: bool, any_of_them: bool) -> None:
    found = facts(*files)
    assert (category(LabelRule("docs", every_path=("docs/**",)), found) == "docs") == every
    assert (category(LabelRule("docs", any_path=("docs/**",)), found) == "docs") == any_of_them


def test_a_glob_takes_whole_paths_and_one_of_several_is_enough() -> None:
    rule = LabelRule("docs", every_path=("*.md", "/guide/**"))
    assert category(rule, facts("a/b.md", "guide/c.py")) == "docs"
    assert category(rule, facts("b.mdx")) is None
    assert category(rule, facts("x/guide/c.py")) is None


def test_of_a_list_that_is_not_complete_only_single_files_are_known() -> None:
    found = facts("docs/a.md", complete=False)
    assert category(LabelRule("docs", any_path=("docs/**",)), found) == "docs"
    for rule in (
        LabelRule("docs", every_path=("docs/**",)),
        LabelRule("docs", files_from=1),
        LabelRule("docs", files_to=1),
        LabelRule("docs", bytes_to=9),
    ):
        assert category(rule, found) is None


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("refactor/auth-module", True),
        ("p3_REFACTOR_auth", True),
        ("p3 refactor", True),
        ("refactoring", False),
        ("prefactor", False),
        ("", False),
        (None, False),
    ],
)
def test_words_are_whole_words_of_branch_or_phase(name: str | None, holds: bool) -> None:
    rule = LabelRule("refactoring", words=("cleanup", "Refactor"))
    assert (category(rule, facts(branch=name)) is not None) == holds
    assert (category(rule, facts(phase_id=name)) is not None) == holds
    assert category(rule, facts(run_id=name)) is None


@pytest.mark.parametrize(
    ("low", "high", "numbers"),
    [
        (None, 2, {0, 1, 2}),
        (2, None, {2, 3}),
        (1, 2, {1, 2}),
        (2, 2, {2}),
        (0, None, {0, 1, 2, 3}),
    ],
)
def test_the_number_of_files(low: int | None, high: int | None, numbers: set[int]) -> None:
    rule = LabelRule("docs", files_from=low, files_to=high)
    files = ["a.py", "b.py", "c.py"]
    assert {n for n in range(4) if category(rule, facts(*files[:n]))} == numbers


@pytest.mark.parametrize(
    ("files", "total"),
    [
        (["modify@100:a.py", "modify@50:b.py"], 150),
        (["modify@100:a.py", "create:b.py"], 100),
        (["create:a.py"], 0),
        (["unknown@7:a.py"], 7),
        (["modify@100:a.py", "modify:b.py"], None),
        (["a.py"], None),
    ],
)
def test_bytes_of_all_files_together(files: list[str], total: int | None) -> None:
    for number in (0, 7, 100, 150):
        rule = LabelRule("docs", bytes_from=number, bytes_to=number)
        assert (category(rule, facts(*files)) is not None) == (number == total)


def test_all_that_a_rule_asks_for_has_to_hold() -> None:
    rule = LabelRule("database", any_path=("migrations/**",), words=("schema",), files_to=2)
    good = facts("migrations/1.sql", branch="schema")
    assert category(rule, good) == "database"
    assert category(rule, facts("migrations/1.sql")) is None
    assert category(rule, facts("a.sql", branch="schema")) is None
    assert category(rule, facts("migrations/1.sql", "b", "c", branch="schema")) is None


# --- Several that speak

LOGGED = Label("docs", "low", "logged")
ALIASES = {"docs": "docs", "documentation": "docs"}


@pytest.mark.parametrize(
    ("stated", "by_rule", "label"),
    [
        ([], Label(), Label()),
        ([Label()], Label(), Label()),
        ([LOGGED], Label("tests", "high", "rule"), LOGGED),
        ([Label("docs", None, "logged")], Label(), Label("docs", None, "logged")),
        (
            [Label("docs", None, "logged")],
            Label("tests", "high", "rule"),
            Label("docs", "high", "rule"),
        ),
        (
            [Label("docs", None, "logged"), Label(None, "low", "declared")],
            Label("tests", "high", "rule"),
            Label("docs", "low", "declared"),
        ),
        (
            [Label(), Label("tests", None, "declared"), Label("tests", "low", "declared")],
            Label(),
            Label("tests", "low", "declared"),
        ),
        ([LOGGED, Label("docs", "low", "declared")], Label(), LOGGED),
        ([LOGGED, Label("documentation", None, "declared")], Label(), LOGGED),
    ],
)
def test_the_first_that_states_a_part_decides_it(
    stated: list[Label], by_rule: Label, label: Label
) -> None:
    assert settled_label(stated, by_rule, aliases=ALIASES) == label


@pytest.mark.parametrize(
    "declared",
    [
        [Label("tests", None, "declared")],
        [Label(None, "high", "declared")],
        [Label("docs", "low", "declared"), Label("docs", "medium", "declared")],
    ],
)
def test_what_contradicts_itself_is_no_label(declared: list[Label]) -> None:
    assert settled_label([LOGGED, *declared], Label(), aliases=ALIASES) is None


def test_two_declared_labels_that_differ_are_a_contradiction() -> None:
    stated = [Label(), Label("docs", None, "declared"), Label("zzz", None, "declared")]
    assert settled_label(stated, Label("docs", "low", "rule"), aliases=ALIASES) is None

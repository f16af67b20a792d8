"""Words of a command line are read as numbers; what is no number is refused with the remedy."""

from __future__ import annotations

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.registry.closest import declared_key
from coefgate.registry.reading import read_registry
from coefgate.use_cases.try_numbers import assignments
from tests.frozen_registry import BY_HAND
from tests.registry.builders import key

REGISTRY = read_registry(FolderTree(BY_HAND))


@pytest.mark.parametrize(
    ("word", "after"),
    [
        ("docs.low=1800", "1800"),
        (" docs.low = 1800 ", "1800"),
        ("docs.low=1,800", "1800"),
        ("docs.low=1_000_000", "1000000"),
        ("docs.low=0", "0"),
        # tests.low is 80, marginal.create.test 4,860, margin.default 1.
        ("tests.low=-10%", "72"),
        ("tests.low=+0.6%", "80"),  # 80.48
        ("tests.low=+0.625%", "81"),  # 80.5, half up
        ("tests.low=x1.25", "100"),
        ("tests.low=×0.5", "40"),
        ("tests.low=-100%", "0"),
        ("tests.low=-150%", "-40"),
        ("marginal.create.test=+100%", "9720"),
        ("margin.default=+12.34%", "1.123"),
        ("margin.default=+12.35%", "1.124"),
        ("margin.default=x1.5", "1.5"),
        ("margin.default=1.250", "1.25"),
        ("margin.default=2.000", "2"),
        # What follows is for the strict reader to refuse, with its reasons.
        ("docs.low=-40", "-40"),
        ("docs.low=1.5", "1.5"),
        ("margin.default=0.9", "0.9"),
        ("margin.default=1.2345", "1.2345"),
        ("docs.low=99,999,999", "99999999"),
    ],
)
def test_values_may_be_numbers_changes_or_factors(word: str, after: str) -> None:
    assert assignments([word], REGISTRY) == {key(word.partition("=")[0].strip()): after}


def test_an_alias_leads_to_the_number_itself() -> None:
    assert [one.name for one in assignments(["documentation.low=1"], REGISTRY)] == ["docs.low"]


def test_the_order_of_the_words_is_kept() -> None:
    found = assignments(["tests.low=1", "docs.low=2", "margin.default=3"], REGISTRY)
    assert [one.name for one in found] == ["tests.low", "docs.low", "margin.default"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["docs.low"], "'docs.low' is not NAME=VALUE"),
        (["doc.low=1"], "Did you mean docs.low"),
        (["documentation.low=1", "docs.low=2"], "docs.low is given twice"),
        (
            ["documentation.extreme=1"],
            "docs declares low, medium and high. Add extreme in coefficients",
        ),
        (
            ["docs.extreme=1"],
            "docs declares low, medium and high. Add extreme in coefficients/overhead",
        ),
        (
            ["margin.docs.low=1.2"],
            "so margin.default serves it. Give it one under cells in coefficients",
        ),
        (["margin.docs.extreme=1.2"], "margin.docs.extreme is not a number of this registry. "),
        (["=1"], "an empty name is not a number of this registry"),
        (["qqqqqqqqqqqqq=1"], "Numbers are named like docs.low"),
        (["docs.low=1", "docs.low=2"], "docs.low is given twice"),
        (["docs.low="], "this is not a value. Allowed is a number such as 1800"),
        *(
            ([f"docs.low={value}"], f"docs.low={value}: this is not a value. Allowed is")
            for value in (
                "many",
                "+200",
                "1,80",
                "1,8000",
                "1e5",
                "007",
                ".5",
                "5.",
                "10%",
                "x",
                "x-2",
                "nan",
                "٣",
            )
        ),
        (["docs.low=a\x1b[31m"], "docs.low=a\\x1b[31m: this is not a value"),
    ],
)
def test_what_cannot_be_understood_is_told_with_the_remedy(words: list[str], said: str) -> None:
    with pytest.raises(UsageProblem) as told:
        assignments(words, REGISTRY)
    assert said in str(told.value)


def test_a_name_by_itself_is_checked_the_same_way() -> None:
    assert declared_key("marginal.create.test", REGISTRY) == key("marginal.create.test")
    with pytest.raises(UsageProblem, match=r"Did you mean marginal\.create\.test"):
        declared_key("marginal.creat.test", REGISTRY)

"""What a CI says of the proposal that it is at work on."""

from __future__ import annotations

import pytest

from coefgate.git.ci_target import VARIABLES, Named, named_target


@pytest.mark.parametrize("variable", VARIABLES)
def test_each_variable_names_a_branch_in_full_or_short(variable: str) -> None:
    for value in ("release/1.x", "refs/heads/release/1.x", " release/1.x\n"):
        assert named_target({variable: value}) == Named(variable, "release/1.x")


def test_what_is_empty_or_about_something_else_names_nothing() -> None:
    # GitHub sets its variable for every run, and leaves it empty where there is no pull request.
    assert (
        named_target({"GITHUB_BASE_REF": "", "CIRCLE_BRANCH": "pr", "GITHUB_REF": "refs/heads/pr"})
        is None
    )


def test_the_variable_of_our_own_comes_first() -> None:
    said = {"GITHUB_BASE_REF": "main", "COEFGATE_TARGET_BRANCH": "release"}
    assert named_target(said) == Named("COEFGATE_TARGET_BRANCH", "release")

"""What is misspelt gets what was probably meant, whatever kind of name it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.conftest import Coefgate


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verfy",), "there is no command 'verfy'. Did you mean verify?"),
        (("estimat",), "Did you mean estimate?"),
        (("samples", "audt"), "Did you mean 'audit'?"),
        (("gate", "--baze", "main"), "Did you mean"),
        (("explain", "swin"), "Did you mean swing?"),
        (("explain", "docs.lo"), "Did you mean docs.low"),
        (("history", "docs.lo"), "Did you mean docs.low"),
        (("try", "docs.lo=3"), "Did you mean docs.low"),
        (("try", "--range", "docs.lo"), "Did you mean docs.low"),
        (
            ("verify", "--stric"),
            "1 argument too many. Did you mean --strict? See what it takes with: ",
        ),
    ],
)
def test_says_what_was_meant(
    coefgate: Coefgate, git: Callable[..., str], arguments: tuple[str, ...], words: str
) -> None:
    outcome = coefgate(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert words in outcome.err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("gate", "--base", "mian"), "main"),
        (("diff", "Main"), "main"),
        (("build", "--at", "v1.0.0", "-o", "-"), "coefficients/v1.0.0"),
        (("replay", "--at", "1.0.0"), "coefficients/v1.0.0"),
    ],
)
def test_says_which_branch_or_release_was_meant(
    coefgate: Coefgate, git: Callable[..., str], arguments: tuple[str, ...], meant: str
) -> None:
    git("tag", "-a", "-m", "release", "coefficients/v1.0.0")
    outcome = coefgate(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert (
        f"names no commit here. Did you mean {meant}? See what there is with: git log"
        in outcome.err
    )


def test_no_secret_is_repeated(coefgate: Coefgate) -> None:
    outcome = coefgate("user:hunter2@example.org")
    assert (outcome.code, outcome.out) == (2, "")
    assert (
        outcome.err
        == "coefgate: there is no such command. See what there is with: coefgate --help\n"
    )

"""When an answer in a list is a new one."""

from __future__ import annotations

import pytest

from coefgate.gates.acknowledgements import fresh_answers, said
from coefgate.registry.model import ListAnswer

OLD = ListAnswer("0" * 32, "run 1.1 says so", 3)


@pytest.mark.parametrize(
    "reason",
    [
        "Run 1.1 says so.",
        "run 1.1  says so",
        "run 1.1 says so ",
        "run 1.1: says so!",
        "run 1.1 s\u200bays so",
        "\uff52\uff55\uff4e 1.1 says so",
    ],
)
def test_another_writing_is_the_same_reason(reason: str) -> None:
    assert fresh_answers([OLD], [ListAnswer(OLD.subject, reason, 7)]) == ()


@pytest.mark.parametrize("reason", ["run 11 says so", "run 1.2 says so", "no run says so"])
def test_another_content_is_another_reason(reason: str) -> None:
    new = ListAnswer(OLD.subject, reason, 7)
    assert fresh_answers([OLD], [new]) == (new,)


def test_the_same_reason_for_another_line_is_new() -> None:
    new = ListAnswer("1" * 32, OLD.reason, 7)
    assert fresh_answers([OLD], [OLD, new]) == (new,)


def test_signs_alone_say_nothing() -> None:
    assert said("…") == said("?!") == ""

"""What ``coefgate help`` says of commands, rules and words, and of what is none of them."""

from __future__ import annotations

import pytest

from coefgate.commands.cli import run
from coefgate.gates.rules import RULES
from coefgate.runner.command_names import COMMANDS
from coefgate.use_cases.help_topics import words


def test_all_topics_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help"]) == 0
    shown = capsys.readouterr().out
    assert [name for name in (*COMMANDS, *RULES, *words()) if name not in shown] == []


@pytest.mark.parametrize(
    ("topic", "beginning"),
    [
        ("swing", "## swing\n\n**Rule:** no value moves by"),
        ("exit codes", "## exit codes\n\n0 pass, 1 a gate failed"),
        ("Exit-Codes", "## exit codes\n"),
        ("smape", "## smape\n\n**Rule:**"),
        ("samples import", "Usage: coefgate samples import "),
        ("gate", "## gate\n\nA rule with a limit"),
        ("pin", "## pin\n\nThe version, commit and digest"),
    ],
)
def test_a_topic_is_explained(
    topic: str, beginning: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["help", *topic.split()]) == 0
    assert capsys.readouterr().out.startswith(beginning)


def test_a_word_that_is_a_command_as_well_says_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "replay"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("## replay") < shown.index("Usage: coefgate replay [OPTIONS]")


@pytest.mark.parametrize(
    ("topic", "remedy"),
    [
        ("swin", "Did you mean swing?"),
        ("gate now", "Did you mean gate?"),
        ("zzz", "See all topics with: coefgate help"),
    ],
)
def test_what_is_no_topic(topic: str, remedy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", *topic.split()]) == 2
    said = capsys.readouterr().err
    assert "there is no topic" in said
    assert remedy in said


def test_no_word_of_the_glossary_hides_a_rule() -> None:
    assert {name.casefold() for name in words()} & set(RULES) == set()

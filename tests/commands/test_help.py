"""What ``coefgate help`` says of commands, rules and words, and of what is none of them."""

from __future__ import annotations

import pytest

from coefgate.commands.cli import run
from coefgate.gates.rules import RULES
from coefgate.reports.pages.headline import HEADLINES
from coefgate.runner.command_names import COMMANDS
from coefgate.use_cases.help_topics import section_on, words


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
        ("exit code", "## exit codes\n"),
        ("exit", "## exit codes\n"),
        ("gates", "## gate\n"),
        ("no worse", "## NO WORSE\n"),
        ("no calls", "## NO CALLS YET\n"),
        ("pass", "## PASS\n"),
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


def test_a_topic_may_be_in_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "telemetry  report"]) == 0
    assert capsys.readouterr().out.startswith("Usage: coefgate telemetry report ")


def test_every_headline_is_explained() -> None:
    assert [one for one in HEADLINES if section_on(one.partition(" – ")[0]) is None] == []


@pytest.mark.parametrize(
    ("topic", "remedy"),
    [
        ("swin", "Did you mean swing?"),
        ("gate now", "Did you mean gate?"),
        ("waste", "Did you mean waste-band, waste-p90 or waste ratio?"),
        ("zzz", "See all topics with: coefgate help"),
    ],
)
def test_what_is_no_topic(topic: str, remedy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", *topic.split()]) == 2
    said = capsys.readouterr().err
    assert " no topic" in said
    assert remedy in said


def test_no_word_of_the_glossary_hides_a_rule() -> None:
    assert {name.casefold() for name in words()} & set(RULES) == set()

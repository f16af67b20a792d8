"""Acknowledgements in a report: each that serves this change, and which rules ask for it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

import pytest

from coefgate.registry.model import fingerprint
from coefgate.use_cases.given_reasons import GivenReason
from tests.reports.verdicts import DOCS, Edits, call, change, registry_folder

GATES: Final = "coefficients/gates.yaml"
KINDS: Final = "coefficients/file_kinds.yaml"
REGISTRY: Final = "coefficients/registry.yaml"
WHY: Final = "seen in run 41"


def _answer(step: str) -> str:
    return f'acknowledge: {{{step}, reason: "{WHY}"}}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return registry_folder(tmp_path_factory.mktemp("registry"))


def _answers(folder: Path, edits: Edits) -> tuple[GivenReason, ...]:
    against = change(folder, edits).comparison
    assert against is not None
    return against.acknowledged


def test_a_number(folder: Path) -> None:
    edits = {DOCS: ("tokens: 1500", f"tokens: 700\n    {_answer('from: 1500, to: 700')}")}
    assert _answers(folder, edits) == (
        GivenReason("docs.low", Fraction(1500), Fraction(700), WHY, DOCS, 5, ("swing",)),
    )


def test_a_number_that_no_call_exercises(folder: Path) -> None:
    edits = {DOCS: ("tokens: 3500", f"tokens: 1600\n    {_answer('from: 3500, to: 1600')}")}
    assert _answers(folder, edits) == (
        GivenReason(
            "docs.high", Fraction(3500), Fraction(1600), WHY, DOCS, 8, ("unmeasured", "swing")
        ),
    )


def test_a_reason_that_nobody_asks_for(folder: Path) -> None:
    edits = {DOCS: ("tokens: 1500", f"tokens: 1510\n    {_answer('from: 1500, to: 1510')}")}
    assert _answers(folder, edits) == (
        GivenReason("docs.low", Fraction(1500), Fraction(1510), WHY, DOCS, 5, ()),
    )


def test_a_reason_for_another_step_is_none(folder: Path) -> None:
    edits = {DOCS: ("tokens: 1500", f"tokens: 700\n    {_answer('from: 1400, to: 700')}")}
    assert _answers(folder, edits) == ()


def test_several_aliases_have_one_answer(folder: Path) -> None:
    after = "[documentation, guide, manual]"
    edits = {
        DOCS: (
            "aliases: [documentation]",
            f"aliases: {after}\n{_answer(f'from: [documentation], to: {after}')}",
        )
    }
    assert _answers(folder, edits) == (
        GivenReason(
            *(
                "docs.aliases",
                ("documentation",),
                ("documentation", "guide", "manual"),
                WHY,
                DOCS,
                2,
            ),
            ("unmeasured",),
        ),
    )


def test_path_rules(folder: Path) -> None:
    old, new = (
        fingerprint([("backend", globs)], "backend") for globs in (["*.py"], ["*.py", "*.pyx"])
    )
    edits = {
        KINDS: (
            '    paths: ["*.py"]',
            '    paths: ["*.py", "*.pyx"]\n' + _answer(f'from: "{old}", to: "{new}"'),
        )
    }
    assert _answers(folder, edits) == (
        GivenReason("file_kinds", old, new, WHY, KINDS, 2, ("unmeasured",)),
    )


def test_models(folder: Path) -> None:
    step = 'applies_to: {from: ["claude-*"], to: ["claude-*", "gpt-*"]'
    edits = {
        REGISTRY: (
            "applies_to: [claude-*]",
            f'applies_to: ["claude-*", "gpt-*"]\nacknowledge: {{{step}, reason: "{WHY}"}}}}',
        )
    }
    ((answer),) = _answers(folder, edits)
    assert (answer.name, answer.base, answer.head) == (
        "applies_to",
        ("claude-*",),
        ("claude-*", "gpt-*"),
    )
    assert answer.asked_by == ("unmeasured",)


def test_a_threshold(folder: Path) -> None:
    edits = {GATES: ("{mean_below: 50}", f"{{mean_below: 55, {_answer('from: 50, to: 55')}}}")}
    assert _answers(folder, edits) == (
        GivenReason(
            *("rules.smape.mean_below", Fraction(50), Fraction(55), WHY, GATES, 2),
            ("gates-loosened",),
        ),
    )


def test_the_scope(folder: Path) -> None:
    answer = f'acknowledge: {{models: {{from: null, to: ["claude-*"], reason: "{WHY}"}}}}'
    edits = {GATES: ("models: null", f'models: ["claude-*"]\n  {answer}')}
    assert _answers(folder, edits) == (
        GivenReason("scope.models", None, ("claude-*",), WHY, GATES, 7, ("gates-loosened",)),
    )


def test_samples_and_a_retirement_that_nobody_asks_about(folder: Path) -> None:
    one = call(1, 3500)
    entries = [f"samples/{one.file}.jsonl", f"samples/retired.yaml#{one.id}"]
    lines = "".join(f'  - {{file: "{entry}", reason: "{WHY}"}}\n' for entry in entries)
    edits = {GATES: ("scope:\n", f"flattered:\n{lines}scope:\n")}
    assert _answers(folder, edits) == tuple(
        GivenReason(entry, None, None, WHY, GATES, line) for line, entry in enumerate(entries, 7)
    )


def test_what_base_has_said_already_is_not_told_again(tmp_path: Path) -> None:
    root = registry_folder(tmp_path)
    path = root / DOCS
    text = path.read_text("utf-8")
    path.write_text(
        text.replace("tokens: 1500", f"tokens: 700\n    {_answer('from: 1500, to: 700')}"), "utf-8"
    )
    assert _answers(root, {DOCS: ("tokens: 3500", "tokens: 3400")}) == ()

"""What GitHub asks of whoever opens an issue: forms that it can show, and commands that exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from coefgate.runner.command_names import COMMANDS

FORMS = Path(__file__).parents[2] / ".github/ISSUE_TEMPLATE"
CONFIG = FORMS / "config.yml"
QUESTIONS = sorted(set(FORMS.glob("*")) - {CONFIG})


def _checked(schema: str, *files: Path) -> str:
    """What GitHub's schema, as check-jsonschema brings it, says of the files."""
    command = ["check_jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)]
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_there_are_these_forms() -> None:
    assert [form.name for form in QUESTIONS] == ["bug.yml", "importer.yml", "verdict.yml"]


def test_github_can_show_every_form(tmp_path: Path) -> None:
    assert _checked("github-issue-forms", *QUESTIONS) == "ok -- validation done\n"
    assert _checked("github-issue-config", CONFIG) == "ok -- validation done\n"
    broken = tmp_path / "form.yml"
    broken.write_text(QUESTIONS[0].read_text("utf-8").replace("type: textarea", "type: area"))
    assert "is not one of" in _checked("github-issue-forms", broken)


@pytest.mark.parametrize("form", QUESTIONS, ids=lambda form: form.stem)
def test_a_form_names_commands_that_exist(form: Path) -> None:
    words = re.findall(r"coefgate (\S+?)[`\s]", form.read_text("utf-8"))
    assert words
    assert [word for word in words if word not in {*COMMANDS, "--version"}] == []


def test_a_report_of_a_bug_says_what_was_run_and_what_the_doctor_says() -> None:
    asked = (FORMS / "bug.yml").read_text("utf-8")
    assert "label: coefgate --version" in asked
    assert "label: coefgate doctor" in asked


@pytest.mark.parametrize("form", ["bug.yml", "verdict.yml"])
def test_a_weakness_is_not_to_be_reported_in_public(form: str) -> None:
    words = " ".join((FORMS / form).read_text("utf-8").split())
    assert "report it privately: Security → Report a vulnerability." in words

"""``--format html``: which commands write it, and what is said where its packages are missing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from coefgate.commands.cli import run
from tests.frozen_registry import BY_HAND
from tests.repository_files import ROOT

INSTALL = "Install them (extra html) with: python -m pip install 'click>="
"""All are named, since each of them is installed and one cannot be imported."""


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Outside of any repository."""
    shutil.copytree(BY_HAND, tmp_path / "registry")
    monkeypatch.chdir(tmp_path / "registry")
    return tmp_path / "registry"


@pytest.fixture(params=["jinja2", "altair", "vl_convert"])
def missing(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """A package of the extra that is not there."""
    monkeypatch.setitem(sys.modules, request.param, None)
    for name in ("html", "svg"):
        monkeypatch.delitem(sys.modules, f"coefgate.reports.render.{name}", raising=False)
    return str(request.param)


@pytest.mark.parametrize(
    ("command", "heading"),
    [
        (["gate"], "PASS"),
        (["replay"], "<h1>Every stored call, predicted again</h1>"),
        (["tune", "--registry", str(ROOT)], "<h1>What a fit to the stored calls is worth</h1>"),
    ],
)
def test_a_page_goes_to_standard_output(
    command: list[str], heading: str, registry: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--format", "html"]) == 0
    printed = capfd.readouterr().out
    assert printed.startswith("<!DOCTYPE html>\n")
    assert printed.endswith("</html>\n")
    assert heading in printed


@pytest.mark.parametrize("command", ["gate", "replay", "tune"])
def test_what_is_missing_is_named_with_the_command_that_installs_it(
    command: str, registry: Path, missing: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run([command, "--format", "html"]) == 5
    printed, said = capfd.readouterr()
    assert printed == ""
    needs = f"--format html needs packages that are not installed here ({missing} is missing)"
    assert needs in said
    assert INSTALL in said


def test_a_folder_gets_the_other_files_all_the_same(
    registry: Path, missing: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["gate", "--output", str(tmp_path / "out")]) == 0
    said = capfd.readouterr().err
    assert "report.html needs packages that are not installed here" in said
    assert INSTALL in said
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"report.json", "report.md", "annotations.txt"}

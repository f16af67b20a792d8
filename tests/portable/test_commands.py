"""The commands of an author, on any system: other line ends, another encoding of the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.portable.conftest import COEFGATE, Place

FROZEN = Path(__file__).parents[1] / "vectors/build"
MARGINS = "coefficients/safety_margins.yaml"
WINDOWS = {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
"""As a program writes there into a pipe, or to an old console."""


def test_the_frozen_registry_has_the_frozen_bytes(tmp_path: Path) -> None:
    Place(FROZEN).runs(*COEFGATE, "build", "-o", str(tmp_path / "snapshot.json"))
    built = (tmp_path / "snapshot.json").read_bytes()
    assert built == (FROZEN / "snapshot.json").read_bytes()


def test_a_checkout_with_other_line_ends_is_the_same_registry(registry: Place) -> None:
    before = registry.runs(*COEFGATE, "build", "-o", "-")
    registry.runs("git", "config", "core.autocrlf", "true")
    registry.runs("git", "rm", "--quiet", "-r", "--cached", ".")
    registry.runs("git", "reset", "--quiet", "--hard")
    assert b"\r\n" in (registry.root / MARGINS).read_bytes()
    assert registry.runs(*COEFGATE, "build", "-o", "-") == before
    registry.runs(*COEFGATE, "check")
    report = json.loads(registry.runs(*COEFGATE, "gate", "--format", "json"))
    assert (report["verdict"], report["changes"]) == ("pass", [])


def test_stored_calls_keep_their_line_ends_whatever_git_is_set_to(registry: Place) -> None:
    registry.runs("git", "config", "core.autocrlf", "true")
    registry.runs("git", "rm", "--quiet", "-r", "--cached", ".")
    registry.runs("git", "reset", "--quiet", "--hard")
    stored = [*(registry.root / "samples").rglob("*.jsonl")]
    assert stored
    assert [one for one in stored if b"\r" in one.read_bytes()] == []


@pytest.mark.parametrize("output_format", ["text", "markdown", "json"])
def test_a_verdict_gets_through_an_encoding_that_lacks_its_signs(
    registry: Place, output_format: str
) -> None:
    registry.edit(MARGINS, "factor: 1", "factor: 2")
    done = registry.tries(*COEFGATE, "gate", "--format", output_format, **WINDOWS)
    assert done.returncode == 1, done.stderr
    assert b"waste-band" in done.stdout


def test_files_of_a_report_are_utf_8_whatever_the_terminal_is(registry: Place) -> None:
    registry.tries(*COEFGATE, "gate", "--output", "../report", **WINDOWS)
    files = [*(registry.root.parent / "report").iterdir()]
    texts = [file for file in files if file.suffix != ".png"]
    assert {"report.json", "report.md"} <= {file.name for file in texts}
    assert [file.name for file in texts if b"\r\n" in file.read_bytes()] == []
    assert "–" in (registry.root.parent / "report/report.json").read_text("utf-8")


def test_a_mistake_is_shown_with_a_path_as_git_writes_it(registry: Place) -> None:
    registry.edit("coefficients/overhead/docs.yaml", "tokens: ", "tokens: -")
    done = registry.tries(*COEFGATE, "check", **WINDOWS)
    assert done.returncode == 3
    assert b"coefficients/overhead/docs.yaml:" in done.stdout + done.stderr

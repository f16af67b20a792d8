"""Mapping files: the one of the page is read as it stands, others with the place of an error."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidInput
from coefgate.registry.files import MAX_BYTES
from coefgate.samples.foreign.tables.column_map import read_column_map
from tests.repository_files import ROOT

PAGE = (ROOT / "docs/how-to/importers.md").read_text("utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "map.yaml"


def test_the_mapping_of_the_page_is_one(file: Path) -> None:
    first = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    file.write_text(first, "utf-8")
    mapped = read_column_map(file)
    assert mapped.columns["stop_reason"] == "choices.0.finish_reason"
    assert mapped.words["success"] == {"merged": True, "closed": False}
    assert mapped.files.separator == ";"


@pytest.mark.parametrize(
    ("zone", "summer"),
    [
        ("UTC", "2026-07-01T12:00:00+00:00"),
        ('"+11:00"', "2026-07-01T12:00:00+11:00"),
        ('"-03:30"', "2026-07-01T12:00:00-03:30"),
        ("Europe/Vienna", "2026-07-01T12:00:00+02:00"),
    ],
)
def test_zones(file: Path, zone: str, summer: str) -> None:
    file.write_text(f"columns: {{actual_output_tokens: a}}\nnaive_times: {zone}\n", "utf-8")
    when = datetime(2026, 7, 1, 12, tzinfo=read_column_map(file).naive_times)
    assert when.isoformat() == summer


def test_a_zone_that_nobody_knows(file: Path) -> None:
    file.write_text("columns: {actual_output_tokens: a}\nnaive_times: Nowhere/Here\n", "utf-8")
    with pytest.raises(InvalidInput, match="zone"):
        read_column_map(file)


def test_a_file_that_is_none(file: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="ls -l"):
        read_column_map(file)
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InvalidInput, match="1,048,577 bytes"):
        read_column_map(file)
    for content in (b"", b"columns: [", b"columns: {}"):
        file.write_bytes(content)
        with pytest.raises(InvalidInput):
            read_column_map(file)

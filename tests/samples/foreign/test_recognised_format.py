"""The first records of a file tell its format, however they are laid out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.samples.foreign.recognised_format import guessed_format, recognised_format

SPEND: Final = {"request_id": "a", "completion_tokens": 5, "startTime": "2026-03-01", "spend": 0.1}
ANY: Final = {"usage": {"output_tokens": 5}}


@pytest.mark.parametrize(("record", "format_name"), [(SPEND, "litellm"), (ANY, "jsonl")])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("listed", [False, True])
def test_lines_lists_and_printed_objects(
    record: dict[str, Any], format_name: str, indent: int | None, listed: bool, tmp_path: Path
) -> None:
    file = tmp_path / "calls.json"
    rows = [record, record]
    text = json.dumps(rows, indent=indent) if listed else json.dumps(record, indent=indent)
    file.write_text(text, "utf-8")
    assert recognised_format([str(file)]) == format_name


def test_what_no_record_tells_the_name_does(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    file.write_text("a,b\n", "utf-8")
    assert guessed_format([str(file)]) == "csv"
    other = tmp_path / "calls.txt"
    other.write_text("a\n", "utf-8")
    with pytest.raises(UsageProblem, match="--format"):
        guessed_format([str(other)])
    assert recognised_format(["-"]) is None

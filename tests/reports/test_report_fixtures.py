"""Every fixture of ``schemas/report.schema.json``; a new one needs no line here.

``valid/report/<what>.json`` is accepted; ``invalid/report/<code>[--detail].json`` is refused for
exactly one reason, the code in its name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.replay.documents import SCHEMAS, errors, schema

FIXTURES: Final = SCHEMAS / "fixtures"
CODES: Final = {
    "required": "missing-key",
    "additionalProperties": "unknown-key",
    "enum": "unknown-value",
    "type": "wrong-type",
    "pattern": "bad-form",
    "minimum": "out-of-range",
    "maximum": "out-of-range",
    "minItems": "wrong-length",
    "maxItems": "wrong-length",
    "minLength": "wrong-length",
}


def _fixtures(kind: str) -> list[Path]:
    return sorted((FIXTURES / kind / "report").glob("*.json"))


def _name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_both_kinds_are_there() -> None:
    assert len(_fixtures("valid")) >= 4
    found = {path.stem.partition("--")[0] for path in _fixtures("invalid")}
    assert found == set(CODES.values())


@pytest.mark.parametrize("path", _fixtures("valid"), ids=_name)
def test_a_valid_report_is_accepted(path: Path) -> None:
    assert errors("report", _read(path)) == []


@pytest.mark.parametrize("path", _fixtures("invalid"), ids=_name)
def test_an_invalid_report_is_refused_for_the_reason_in_its_name(path: Path) -> None:
    found = list(Draft202012Validator(schema("report")).iter_errors(_read(path)))
    assert [CODES[str(error.validator)] for error in found] == [path.stem.partition("--")[0]], (
        found
    )


def test_the_valid_ones_show_every_kind_of_verdict() -> None:
    documents = [_read(path) for path in _fixtures("valid")]
    assert {document["verdict"] for document in documents} == {"pass", "fail", "not-measurable"}
    assert {document["restore"] for document in documents} == {True, False}
    assert {document["base"] is None for document in documents} == {True, False}
    assert any(
        not rule["met"] and rule["status"] == "pass" for one in documents for rule in one["rules"]
    )

"""The schemas of what commands print as JSON, and every fixture of them.

``valid/<document>/<what>.json`` is accepted; ``invalid/<document>/<code>[--detail].json`` is
refused for exactly one reason, the code in its name. A new fixture needs no line here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.replay.documents import SCHEMAS, allowed_edits, errors, schema

FIXTURES: Final = SCHEMAS / "fixtures"
WITH_FIXTURES: Final = (
    *("diff", "history", "explain", "show", "pin", "tune", "runners", "monitor"),
    *("monitor_backtest", "telemetry_report", "report"),
)
DOCUMENTS: Final = ("replay", *WITH_FIXTURES)
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


def _fixtures(kind: str, *documents: str) -> list[Path]:
    return sorted(path for one in documents for path in (FIXTURES / kind / one).glob("*.json"))


def _name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def _code(path: Path) -> str:
    return path.stem.partition("--")[0]


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("document", WITH_FIXTURES)
def test_both_kinds_are_there(document: str) -> None:
    assert len(_fixtures("valid", document)) >= 2
    words = {word for _, part in _parts(schema(document)) for word in part}
    assert {_code(path) for path in _fixtures("invalid", document)} == {
        CODES[word] for word in words & CODES.keys()
    }


@pytest.mark.parametrize("path", _fixtures("valid", *WITH_FIXTURES), ids=_name)
def test_a_valid_document_is_accepted(path: Path) -> None:
    assert errors(path.parent.name, _read(path)) == []


# A report holds values of the registry's documents, which have any keys: tests of the gate's
# reports try those without.
@pytest.mark.parametrize("path", _fixtures("valid", *WITH_FIXTURES[:-1]), ids=_name)
def test_nothing_may_be_added_or_left_out(path: Path) -> None:
    assert allowed_edits(path.parent.name, _read(path)) == []


@pytest.mark.parametrize("path", _fixtures("invalid", *WITH_FIXTURES), ids=_name)
def test_an_invalid_document_is_refused_for_the_reason_in_its_name(path: Path) -> None:
    found = list(Draft202012Validator(schema(path.parent.name)).iter_errors(_read(path)))
    assert [CODES[str(error.validator)] for error in found] == [_code(path)], found


def test_the_valid_reports_show_every_kind_of_verdict() -> None:
    documents = [_read(path) for path in _fixtures("valid", "report")]
    assert {document["verdict"] for document in documents} == {"pass", "fail", "not-measurable"}
    assert {document["restore"] for document in documents} == {True, False}
    assert {document["base"] is None for document in documents} == {True, False}
    assert any(
        not rule["met"] and rule["status"] == "pass" for one in documents for rule in one["rules"]
    )


# --- The schemas themselves


def _parts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, part
    for key in ("properties", "$defs"):
        for name, each in part.get(key, {}).items():
            yield from _parts(each, f"{path}/{key}/{name}")
    if "items" in part:
        yield from _parts(part["items"], f"{path}/items")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_schema_is_valid_described_and_strict(document: str) -> None:
    content = schema(document)
    Draft202012Validator.check_schema(content)
    assert content["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert content["$id"] == f"urn:coefgate:schema:{document}"
    for path, part in _parts(content):
        assert part["description"].endswith((".", "?")), path
        assert not {"anyOf", "oneOf", "not", "patternProperties", "default"} & set(part), path
        if "object" in part.get("type", ()):
            assert part["additionalProperties"] is False, path
            assert part["required"] == list(part["properties"]), path
        if "pattern" in part:
            assert part["pattern"].startswith("^"), path
            assert part["pattern"].endswith(r"(?!\n)$"), path
        for example in part.get("examples", ()):
            assert Draft202012Validator(part).is_valid(example), path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_schema_refers_to_all_of_its_definitions_and_nothing_else(document: str) -> None:
    references = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(schema(document))))
    assert references == {f"#/$defs/{title}" for title in schema(document)["$defs"]}


def test_a_definition_says_the_same_wherever_it_stands() -> None:
    found: dict[str, list[Any]] = {}
    for name in DOCUMENTS:
        for title, definition in schema(name)["$defs"].items():
            found.setdefault(title, []).append(definition)
    shared = {title: several for title, several in found.items() if len(several) > 1}
    of_calls = {"counts", "figures", "fit_figures", "metrics", "mover", "predictor_figures"}
    of_replays = {"arrived", "fallback", "interval", "later", "method"}
    assert shared.keys() == {"commit", "digest", "step", *of_calls, *of_replays}
    assert [
        title for title, several in shared.items() if several != several[:1] * len(several)
    ] == []

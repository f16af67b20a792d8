"""Every fixture of the schemas of what ``COMMANDS`` print; a new one needs no line here.

``valid/<command>/<what>.json`` is accepted; ``invalid/<command>/<code>[--detail].json`` is refused
for exactly one reason, the code in its name."""

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
COMMANDS: Final = (
    *("diff", "history", "explain", "show", "pin", "tune", "runners", "monitor"),
    *("monitor_backtest", "telemetry_report"),
)
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
    return sorted(
        path for command in COMMANDS for path in (FIXTURES / kind / command).glob("*.json")
    )


def _name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("command", COMMANDS)
def test_both_kinds_are_there(command: str) -> None:
    assert len(list((FIXTURES / "valid" / command).glob("*.json"))) >= 2
    found = {
        path.stem.partition("--")[0] for path in (FIXTURES / "invalid" / command).glob("*.json")
    }
    assert found == {
        CODES[word] for _, part in _parts(schema(command)) for word in part if word in CODES
    }


@pytest.mark.parametrize("path", _fixtures("valid"), ids=_name)
def test_a_valid_document_is_accepted(path: Path) -> None:
    assert errors(path.parent.name, _read(path)) == []


@pytest.mark.parametrize("path", _fixtures("valid"), ids=_name)
def test_nothing_may_be_added_or_left_out(path: Path) -> None:
    assert allowed_edits(path.parent.name, _read(path)) == []


@pytest.mark.parametrize("path", _fixtures("invalid"), ids=_name)
def test_an_invalid_document_is_refused_for_the_reason_in_its_name(path: Path) -> None:
    found = list(Draft202012Validator(schema(path.parent.name)).iter_errors(_read(path)))
    assert [CODES[str(error.validator)] for error in found] == [path.stem.partition("--")[0]], (
        found
    )


# --- The schemas themselves


def _parts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, part
    for key in ("properties", "$defs"):
        for name, each in part.get(key, {}).items():
            yield from _parts(each, f"{path}/{key}/{name}")
    if "items" in part:
        yield from _parts(part["items"], f"{path}/items")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_schema_is_valid_described_and_strict(command: str) -> None:
    content = schema(command)
    Draft202012Validator.check_schema(content)
    assert content["$id"] == f"urn:coefgate:schema:{command}"
    for path, part in _parts(content):
        assert part["description"].endswith((".", "?")), path
        if "object" in part.get("type", ()):
            assert part["additionalProperties"] is False, path
            assert part["required"] == list(part["properties"]), path
        if "pattern" in part:
            assert part["pattern"].startswith("^"), path
            assert part["pattern"].endswith(r"(?!\n)$"), path
        for example in part.get("examples", ()):
            assert Draft202012Validator(part).is_valid(example), path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_schema_refers_to_all_of_its_definitions_and_nothing_else(command: str) -> None:
    references = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(schema(command))))
    assert references == {f"#/$defs/{title}" for title in schema(command)["$defs"]}


def test_a_definition_says_the_same_wherever_it_stands() -> None:
    found: dict[str, list[Any]] = {}
    for name in ("report", *COMMANDS):
        for title, definition in schema(name)["$defs"].items():
            found.setdefault(title, []).append(definition)
    shared = {title: several for title, several in found.items() if len(several) > 1}
    of_calls = {"counts", "figures", "fit_figures", "mover", "predictor_figures"}
    assert shared.keys() == {"commit", "digest", "step", *of_calls}
    assert [
        title for title, several in shared.items() if several != several[:1] * len(several)
    ] == []

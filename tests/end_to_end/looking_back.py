"""What ``diff``, ``history`` and ``explain`` are tried on: the shipped registry, edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.end_to_end.conftest import Coefgate
from tests.replay.documents import errors

DOCS = "coefficients/overhead/docs.yaml"
KINDS = "coefficients/file_kinds.yaml"
GATES = "coefficients/gates.yaml"
MARGINS = "coefficients/safety_margins.yaml"
FIVE_OF_ALL = "3 calls + 2 cut off, 4 phases (of 58 calls + 5 cut off, 47 phases)"


def edit(registry: Path, file: str, old: str, new: str) -> None:
    path = registry / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def set_docs_low(registry: Path, tokens: int) -> None:
    edit(registry, DOCS, "tokens: 15490", f"tokens: {tokens}")


def json_of(
    coefgate: Coefgate, command: str, *words: str, cwd: Path | None = None
) -> dict[str, Any]:
    """What a command prints as JSON; it fits the schema of that command."""
    outcome = coefgate(command, *words, "--format", "json", cwd=cwd)
    assert outcome.code == 0, outcome.text
    document: dict[str, Any] = json.loads(outcome.out)
    assert errors(command, document) == []
    return document

"""A JSON document against its schema: it fits, and nothing may be added to it or taken from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "schemas"


def schema(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return content


def errors(name: str, document: Any) -> list[str]:
    """What is wrong with a document after a way through JSON, where NaN does not exist."""
    written = json.loads(json.dumps(document, allow_nan=False))
    found = Draft202012Validator(schema(name)).iter_errors(written)
    return [f"{error.json_path}: {error.message}" for error in found]


def edits(document: Any) -> Iterator[tuple[str, Any]]:
    """The document with an unknown key more, or a key less, in every place; and where that is."""
    for path in _mappings(document):
        added = deepcopy(document)
        _at(added, path)["surprise"] = None
        yield f"{path}: one more", added
        for key in _at(document, path):
            removed = deepcopy(document)
            del _at(removed, path)[key]
            yield f"{path}: without {key}", removed


def _mappings(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
        for key, each in value.items():
            yield from _mappings(each, (*path, key))
    elif isinstance(value, list):
        # The first of a list stands for all: the schema has one form for its items.
        for index, each in enumerate(value[:1]):
            yield from _mappings(each, (*path, index))


def _at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document

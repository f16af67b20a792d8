"""A JSON document against its schema: it fits, and nothing may be added to it or taken from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "schemas"


def schema(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return content


def errors(name: str, document: Any) -> list[str]:
    """What is wrong with a document after a way through JSON, where NaN does not exist."""
    written = json.loads(json.dumps(document, allow_nan=False))
    found = _validator(name).iter_errors(written)
    return [f"{error.json_path}: {error.message}" for error in found]


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def allowed_edits(name: str, document: Any, *, tried: int = 1) -> list[str]:
    """Where a document, which fits its schema, may have a key more, or a key less.

    ``tried``: how many such places there are at least.
    """
    fits = jsonschema_rs.validator_for(schema(name)).is_valid
    assert fits(document)
    edited = list(edits(document))
    assert len(edited) >= tried
    return [where for where, one in edited if fits(one)]


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

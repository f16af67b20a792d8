"""The files of a release and a lock, each read in both ways: by its schema, and by the runtime."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from coefgate.core.problems import InvalidDocument
from coefgate.core.release import read_index
from coefgate.core.snapshot import canonical_bytes, read_snapshot
from coefgate.registry.schema_keywords import strict_validator
from coefgate.runner.lock import _lock

SCHEMAS: Final = Path(__file__).parents[2] / "schemas"
FIXTURES: Final = SCHEMAS / "fixtures"
READERS: Final[Mapping[str, Callable[[bytes, str], Any]]] = {
    "snapshot": read_snapshot,
    "index": read_index,
    "lock": _lock,
}


def schema(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    return content


def schema_errors(name: str, document: Any) -> list[str]:
    """The keyword of each fault, without those that follow from a wrong type."""
    found = list(strict_validator(schema(name)).iter_errors(document))
    wrong = {tuple(error.absolute_path) for error in found if error.validator == "type"}
    telling = (e for e in found if e.validator == "type" or tuple(e.absolute_path) not in wrong)
    return [str(error.validator) for error in telling]


def refusal(name: str, data: bytes) -> str | None:
    """What the runtime says against these bytes of a document; ``None``: it takes them."""
    try:
        READERS[name](data, f"the {name}")
    except InvalidDocument as error:
        return str(error)
    return None


def written(name: str, document: Any) -> bytes:
    """A document as the bytes of its file."""
    return canonical_bytes(document) if name == "snapshot" else json.dumps(document).encode()


def fixtures(kind: str) -> list[Any]:
    """Every fixture of the three documents, under its name."""
    files = (file for name in READERS for file in sorted((FIXTURES / kind / name).iterdir()))
    return [pytest.param(file, id=file.relative_to(FIXTURES).as_posix()) for file in files]


def valid(name: str, stem: str) -> Any:
    return json.loads((FIXTURES / "valid" / name / f"{stem}.json").read_text("utf-8"))


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value of a document."""
    yield path
    steps = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, each in steps:
        yield from paths(each, (*path, step))


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document

"""What a source leaves out of a call is not known: the rest of its fields, and which they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from coefgate.core.vocabulary import Deliverable
from coefgate.registry.schemas import load_schema
from coefgate.samples.model import FIELDS, FIELDS_OF_1, SINCE_2

NO_FACTS: Final[Mapping[str, Any]] = MappingProxyType({})
_REQUIRED_OF_1: Final = frozenset(FIELDS_OF_1) - {"id"}
_UNKNOWN: Final = "unknown"
_UNKNOWN_OF_A_FILE: Final[Mapping[str, Any]] = {"operation": _UNKNOWN, "bytes_before": None}


@dataclass(frozen=True, slots=True)
class Completed:
    """A call with every field that may be unknown, and the names of those that it did not state.

    ``filled`` names a field of deliverables as ``deliverables[].operation``. A field that is never
    unknown (``unit``, ``paths`` …) may still be missing, and any may be wrong: ``fields`` are for
    the strict reader.
    """

    fields: dict[str, Any]
    filled: tuple[str, ...]


def completed(partial: Mapping[str, Any], *, facts: Mapping[str, Any] = NO_FACTS) -> Completed:
    """The call that ``partial`` tells of, with what it leaves out. ``id`` stays as it is.

    ``facts`` hold for a call that does not state them; null states nothing. Nothing else is made
    up: a field becomes null, or the word ``unknown`` where the format has it. A deliverable may be
    a text, ``src/text.py`` or ``modify@2048:src/text.py``. A complete line of format 1 stays one,
    any other is of format 2.
    """
    fields = dict(partial)
    names = FIELDS_OF_1
    if not fields.keys() >= _REQUIRED_OF_1 or not fields.keys().isdisjoint(SINCE_2):
        names = FIELDS
        fields.setdefault("format", 2)
    unknown = _where_unknown()
    filled: list[str] = []
    for name in names:
        if fields.get(name) is None and facts.get(name) is not None:
            fields[name] = facts[name]
            filled.append(name)
        elif name not in fields and name in unknown:
            fields[name] = unknown[name]
            filled.append(name)
    if isinstance(listed := fields.get("deliverables"), list):
        files = [_as_object(one) for one in listed]
        left_out = {name for one in files for name in _left_out(one)}
        fields["deliverables"] = [
            {**one, **_left_out(one)} if isinstance(one, dict) else one for one in files
        ]
        filled += [f"deliverables[].{name}" for name in _UNKNOWN_OF_A_FILE if name in left_out]
    return Completed(fields, tuple(filled))


@cache
def _where_unknown() -> Mapping[str, Any]:
    """What stands for a fact that nobody knows, by the field that may be unknown."""
    found: dict[str, Any] = {}
    for name, schema in load_schema("sample")["properties"].items():
        if "null" in schema["type"]:
            found[name] = None
        elif _UNKNOWN in schema.get("enum", ()):
            found[name] = _UNKNOWN
    return found


def _as_object(deliverable: Any) -> Any:
    """The fields that a text spells; what is no text, or spells nothing, as it is."""
    if not isinstance(deliverable, str):
        return deliverable
    try:
        file = Deliverable.parsed(deliverable)
    except ValueError:
        return deliverable
    stated = {"operation": file.operation, "bytes_before": file.bytes_before}
    known = {name: fact for name, fact in stated.items() if fact != _UNKNOWN_OF_A_FILE[name]}
    return {"path": file.path, **known}


def _left_out(deliverable: Any) -> dict[str, Any]:
    if not isinstance(deliverable, dict):
        return {}
    return {name: fact for name, fact in _UNKNOWN_OF_A_FILE.items() if name not in deliverable}

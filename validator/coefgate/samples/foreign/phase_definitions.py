"""Definitions of phases in YAML or JSON, as Autopack plans write them: the files of each phase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

import orjson

from coefgate.core.problems import InvalidInput, Problem
from coefgate.registry.document import Document, Fault, Mark
from coefgate.registry.wording import ValuePath, described, shown
from coefgate.registry.yaml_reader import MAX_DEPTH, read_document
from coefgate.samples.foreign.call import ForeignFile
from coefgate.samples.foreign.file_lists import FileForm, files_of
from coefgate.samples.foreign.tables.column_map import map_content, zone_of
from coefgate.samples.foreign.values import NotUnderstood

_NAMES: Final = ("phase_id", "id", "name")
_FIX: Final = "Write a list of paths: deliverables: [src/a.py]."


@dataclass(frozen=True, slots=True)
class PhaseDefinitions:
    """The files that each phase was asked for; ``naive_times``: the zone of its log."""

    files: Mapping[str, tuple[ForeignFile, ...]] = field(default_factory=dict)
    naive_times: tzinfo | None = None


def read_phase_definitions(file: Path | None) -> PhaseDefinitions:
    """The phases that ``file`` defines; none without a file.

    A phase is any mapping, however deep, with ``phase_id`` and ``deliverables``, which may stand
    in its ``scope``; or a key of ``phases`` with them. Other keys do not matter, but for
    ``naive_times``. Raises ``InvalidInput`` with every problem.
    """
    if file is None:
        return PhaseDefinitions()
    document = _read(file)
    found: dict[str, tuple[ForeignFile, ...]] = {}
    problems: list[Problem] = []
    for path, name, listed in _phases(document.data, ()):
        fault = None
        try:
            files = _files(listed)
        except NotUnderstood:
            kind, allowed = described(listed), "deliverables are paths in a list"
            fault = Fault("no-paths", f"is {kind}", allowed, _FIX, path)
        else:
            if found.setdefault(name, files) != files:
                again = f"defines the phase {shown(name)} again, with other files"
                fault = Fault("defined-twice", again, "a phase has one list", "Keep one.", path)
        if fault is not None:
            problems.append(fault.at(document))
    if not found and not problems:
        fix = "Give each phase its phase_id and deliverables."
        nothing = Fault("no-phases", "defines no phase with deliverables", "it has some", fix)
        problems.append(nothing.at(document))
    if problems:
        raise InvalidInput(problems)
    return PhaseDefinitions(found, zone_of(document))


def _read(file: Path) -> Document:
    """YAML is read strictly, as a file of ours; JSON as what other programs wrote."""
    content, name = map_content(file), file.as_posix()
    if content.lstrip()[:1] in {b"{", b"["}:
        try:
            return Document(name, orjson.loads(content), Mark(1, 1, 1, 1, None))
        except orjson.JSONDecodeError as error:
            fault = Fault("no-json", f"is not JSON: {error.msg}", "it is JSON or YAML", "Fix it.")
            raise InvalidInput([fault.placed(name, error.lineno, error.colno)]) from None
    document, problems = read_document(content, name)
    if document is None or problems:
        raise InvalidInput(problems)
    return document


def _phases(data: Any, path: ValuePath) -> Iterator[tuple[ValuePath, str, Any]]:
    """Where the list of each phase is, its name and the list."""
    if len(path) > MAX_DEPTH:
        return
    if isinstance(data, list):
        for index, one in enumerate(data):
            yield from _phases(one, (*path, index))
    elif isinstance(data, dict):
        name = next((data[one] for one in _NAMES if isinstance(data.get(one), str)), None)
        if name is None and len(path) > 1 and path[-2] == "phases":
            name = str(path[-1])
        for holder, at in ((data, path), (data.get("scope"), (*path, "scope"))):
            listed = holder.get("deliverables") if isinstance(holder, dict) else None
            if name is not None and listed is not None:
                yield (*at, "deliverables"), name, listed
                return
        for key, one in data.items():
            yield from _phases(one, (*path, key))


def _files(listed: Any) -> tuple[ForeignFile, ...]:
    """The files of a list, or of lists by kind (``code``, ``tests``)."""
    groups = listed.values() if isinstance(listed, dict) else (listed,)
    return tuple(one for group in groups for one in files_of(group, FileForm()))

"""The lists beside the calls: which of these are retired, and which were erased."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from coefgate.core.problems import Problem
from coefgate.core.trees import Tree
from coefgate.registry.document import Document, Fault, Mark
from coefgate.registry.schemas import schema_problems
from coefgate.registry.wording import ValuePath
from coefgate.registry.yaml_reader import read_document
from coefgate.samples.files import ERASED, RETIRED
from coefgate.samples.model import Erasure, Retirement, Sample, last_of

_EMPTY: Final = Document("", {}, Mark(1, 1, 1, 1, {}))


def retirements(
    tree: Tree, ids: Collection[str] | None, *, file: str = RETIRED
) -> tuple[dict[str, Retirement], tuple[Problem, ...]]:
    """Retirements by id, and every problem of the file; ``ids``: all samples, if all are known."""
    document, problems = _document(tree, file, "retired")
    found: dict[str, Retirement] = {}
    for entry, path in _entries(document, "retired"):
        sample = entry["id"]
        if sample in found:
            said = f"is retired already, in line {found[sample].line}"
            allowed, fix = "a sample is retired once", "Delete one of the two."
            problems += (Fault("retired-twice", said, allowed, fix, path).at(document),)
            continue
        found[sample] = Retirement(sample, entry["reason"], file, document.mark(path)[0])
        if ids is not None and sample not in ids:
            fix = "Check the id; coefgate samples audit --format json lists those that there are."
            said, allowed = (
                "is not the id of a stored sample",
                "only stored samples can be retired",
            )
            problems += (Fault("unknown-sample", said, allowed, fix, path).at(document),)
    return found, problems


def erasures(
    tree: Tree, stored: Mapping[str, Sample] | None, *, file: str = ERASED
) -> tuple[dict[str, Erasure], tuple[Problem, ...]]:
    """Erasures by the id of the line that is gone, and every problem of the file.

    ``stored``: all samples by id, if all are known.
    """
    document, problems = _document(tree, file, "erased")
    found: dict[str, Erasure] = {}
    instead: dict[str, int] = {}
    for entry, path in _entries(document, "erased"):
        one = Erasure(entry["id"], entry["by"], entry["reason"], file, document.mark(path)[0])
        if one.id in found:
            said = f"is erased already, in line {found[one.id].line}"
            fix = "Delete one of the two."
            problems += (Fault("erased-twice", said, _ONCE, fix, path).at(document),)
            continue
        if one.by in instead:
            said = f"replaces another line already, by line {instead[one.by]}"
            fault = Fault("erased-twice", said, _ONCE, _RESTORE, (*path[:-1], "by"))
            problems += (fault.at(document),)
        found[one.id] = one
        instead[one.by] = one.line
    if stored is not None:
        for entry, path in _entries(document, "erased"):
            problems += tuple(fault.at(document) for fault in _misled(entry, path, found, stored))
    return found, problems


_ONCE: Final = "each erased line is listed once, and has a replacement of its own"
_RESTORE: Final = "Put samples/ back as it was, and erase again with: coefgate samples erase ID"


def _misled(
    entry: Mapping[str, Any],
    path: ValuePath,
    erased: Mapping[str, Erasure],
    stored: Mapping[str, Sample],
) -> Iterator[Fault]:
    """An entry that is not what the store says: its line stands, or none in its place."""
    name, by = entry["id"], entry["by"]
    if name != by and (line := stored.get(name)) is not None:
        found = f"is erased, and still in {line.file}:{line.line}"
        allowed = "the line of an erased id is gone"
        yield Fault("erased-and-stored", found, allowed, _RESTORE, path)
    elif last_of(by, erased) not in stored:
        found, allowed = "is not the id of a stored sample", "each has a line that replaces it"
        yield Fault("unknown-sample", found, allowed, _RESTORE, (*path[:-1], "by"))


def _document(tree: Tree, file: str, schema: str) -> tuple[Document, tuple[Problem, ...]]:
    document, problems = read_document(tree.read(file), file)
    if document is not None:
        problems += schema_problems(document, schema)
    if document is None or problems:
        return _EMPTY, problems
    return document, ()


def _entries(document: Document, key: str) -> Iterator[tuple[dict[str, Any], ValuePath]]:
    """The entries of a list, each with the path of its id."""
    for index, entry in enumerate(document.list_at((key,))):
        yield entry, (key, index, "id")

"""``samples/retired.yaml`` → retirements: which stored samples are no longer scored, and why."""

from __future__ import annotations

from collections.abc import Collection

from coefgate.core.problems import Problem
from coefgate.core.trees import Tree
from coefgate.registry.marks import Document, Fault
from coefgate.registry.schemas import schema_problems
from coefgate.registry.wording import ValuePath
from coefgate.registry.yaml_reader import read_document
from coefgate.samples.files import RETIRED
from coefgate.samples.model import Retirement


def retirements(
    tree: Tree, ids: Collection[str] | None, *, file: str = RETIRED
) -> tuple[dict[str, Retirement], tuple[Problem, ...]]:
    """The retirements by sample id, and every problem of their file.

    ``ids``: the stored samples; ``None`` where not all of them are known.
    """
    document, problems = read_document(tree.read(file), file)
    if document is None:
        return {}, problems
    problems += schema_problems(document, "retired")
    if problems:
        return {}, problems
    return _checked(document, ids)


def _checked(
    document: Document, ids: Collection[str] | None
) -> tuple[dict[str, Retirement], tuple[Problem, ...]]:
    found: dict[str, Retirement] = {}
    problems = []
    entries = document.list_at(("retired",))
    paths: list[ValuePath] = [("retired", index, "id") for index in range(len(entries))]
    again = dict(document.repeats(paths))
    for entry, path in zip(entries, paths, strict=True):
        sample = entry["id"]
        if path in again:
            said, allowed = f"is retired before, in line {again[path]}", "a sample is retired once"
            fault = Fault("retired-twice", said, allowed, "Delete one of the two.", path)
            problems.append(fault.at(document))
            continue
        found[sample] = Retirement(sample, entry["reason"], document.file, document.mark(path)[0])
        if ids is not None and sample not in ids:
            fix = "Check the id; coefgate samples audit --format json lists those that there are."
            said, allowed = "is the id of no stored sample", "only stored samples can be retired"
            problems.append(Fault("unknown-sample", said, allowed, fix, path).at(document))
    return found, tuple(problems)

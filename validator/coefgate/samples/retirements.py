"""``samples/retired.yaml`` → retirements: which stored samples are no longer scored, and why."""

from __future__ import annotations

from collections.abc import Collection

from coefgate.core.problems import Problem
from coefgate.core.trees import Tree
from coefgate.registry.documents import Document, read_document
from coefgate.registry.schemas import schema_problems
from coefgate.samples.layout import RETIRED
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
    for index, entry in enumerate(document.list_at(("retired",))):
        path = ("retired", index, "id")
        line, _ = document.mark(path)
        sample = entry["id"]
        if sample in found:
            said = f"is retired before, in line {found[sample].line}"
            problems.append(
                document.problem(
                    path,
                    "retired-twice",
                    found=said,
                    allowed="a sample is retired once",
                    fix="Delete one of the two.",
                )
            )
        elif ids is not None and sample not in ids:
            problems.append(
                document.problem(
                    path,
                    "unknown-sample",
                    found="is the id of no stored sample",
                    allowed="only stored samples can be retired",
                    fix=(
                        "Check the id; coefgate samples audit --format json lists those that "
                        "there are."
                    ),
                )
            )
        found.setdefault(sample, Retirement(sample, entry["reason"], document.file, line))
    return found, tuple(problems)

"""``coefficients/`` of a tree → Coefficients, or every problem of every file at once."""

from __future__ import annotations

from functools import lru_cache

from coefgate.core.problems import InvalidInput, Problem
from coefgate.core.trees import Tree
from coefgate.registry.assembly import assemble
from coefgate.registry.document import Document
from coefgate.registry.document_set import Documents
from coefgate.registry.files import (
    FOLDER,
    MAX_BYTES,
    file_too_large,
    of_entry,
    registry_files,
)
from coefgate.registry.model import Coefficients
from coefgate.registry.relations import relation_problems
from coefgate.registry.schemas import schema_problems
from coefgate.registry.yaml_reader import read_document

Reading = tuple[Coefficients | None, tuple[Problem, ...]]
"""A registry, or ``None`` and what is wrong with it."""
Read = tuple[Document | None, tuple[Problem, ...]]
Memo = dict[tuple[str, bytes], Read]
"""What was read before, by path and content: readers of many revisions share one."""


def read_registry(tree: Tree, memo: Memo | None = None) -> Coefficients:
    """The registry in ``tree``. Raises ``InvalidInput`` with every problem there is."""
    registry, problems = registry_problems(tree, memo)
    if registry is None:
        raise InvalidInput(problems)
    return registry


def registry_problems(tree: Tree, memo: Memo | None = None) -> Reading:
    """The registry, or every problem in order; ``memo`` has what was parsed, and gets the rest."""
    schemas, problems = registry_files(tree.entries(FOLDER), tree.how_to_restore)
    memo = {} if memo is None else memo
    found: dict[str, Document | None] = {}
    for file, schema in schemas.items():
        found[file], in_document = _read(tree, file, schema, memo)
        problems += in_document
    documents = Documents(found)
    problems += relation_problems(documents)
    return (None, tuple(sorted(set(problems)))) if problems else (assemble(documents), ())


def _read(tree: Tree, file: str, schema: str, memo: Memo) -> Read:
    content = tree.read(file)
    if len(content) > MAX_BYTES:  # it grew after it was listed
        return None, (of_entry(file, file_too_large(len(content))),)
    if (file, content) not in memo:
        memo[file, content] = _checked(content, file, schema)
    return memo[file, content]


@lru_cache(maxsize=512)  # a process that asks again and again meets nearly the same files
def _checked(content: bytes, file: str, schema: str) -> Read:
    document, problems = read_document(content, file)
    if document is not None:
        problems += schema_problems(document, schema)
    return document, problems

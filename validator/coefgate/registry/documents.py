"""YAML bytes → plain data with the place of every key and value, read strictly.

No recursion, and time and memory that grow with the file's size whatever the file holds. Anchors,
aliases, tags and everything that two YAML readers could understand differently are refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import yaml

from coefgate.core.characters import decoded
from coefgate.core.git_leftovers import git_leftover
from coefgate.core.problems import Problem
from coefgate.registry.events import DocumentBuilder
from coefgate.registry.marks import UNREADABLE, Document, Mark
from coefgate.registry.syntax import syntax_error
from coefgate.registry.wording import dotted

__all__ = ["MAX_BYTES", "UNREADABLE", "Document", "Mark", "parse_document", "read_document"]

MAX_BYTES: Final = 1 << 20
"""Size of the largest file that is read; callers refuse larger ones before they read them."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse_document(content: bytes, file: str) -> Document | tuple[Problem, ...]:
    """The document in ``content``, or every problem that reading it has shown, in the order of places.

    ``file`` is the name that problems carry.
    """
    document, problems = read_document(content, file)
    return problems or document or ()


def read_document(content: bytes, file: str) -> tuple[Document | None, tuple[Problem, ...]]:
    """As ``parse_document``, but with what could be read beside the problems.

    Values that were refused are ``UNREADABLE`` in the data, so that other checks of the same file
    can go on. The document is ``None`` only where there are problems.
    """
    leftover = git_leftover(content)
    if leftover is not None:
        return None, (leftover.problem(file),)
    text = decoded(content, file)
    if isinstance(text, tuple):
        return None, text
    document, problems = _walk(text, file)
    return document, tuple(_inside(problem, text) for problem in problems)


def _walk(text: str, file: str) -> tuple[Document | None, list[Problem]]:
    builder = DocumentBuilder(file)
    problems = builder.problems
    event = None
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
            if builder.done:
                return None, problems
    except yaml.YAMLError as error:
        line, column, why, fix = syntax_error(error, text, event)
        found = f"cannot be read from here on ({why})"
        last = Problem(
            file, line, column, dotted(builder.path()), "syntax", found, "files are YAML", fix
        )
        # What was odd on the same line is a consequence: "{a,b}/**" looks like keys without
        # values.
        return None, [*(problem for problem in problems if problem.line != last.line), last]
    document = builder.document()
    if document is None and not problems:
        fix = "Write its keys, or delete the file."
        problems.append(
            Problem(file, 1, 1, "", "empty-file", "is empty", "it holds one document", fix)
        )
    return document, problems


def _inside(problem: Problem, text: str) -> Problem:
    """The parser places the end of a file without a last line end on a line that is not there."""
    lines = text.count("\n") + 1
    if problem.line <= lines:
        return problem
    return replace(problem, line=lines, column=len(text) - text.rfind("\n"))

"""Why a line is no valid sample: every reason, each with its column."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

from coefgate.core.problems import Problem
from coefgate.registry.marks import Document, Mark
from coefgate.registry.schemas import load_schema, schema_problems
from coefgate.registry.wording import printable
from coefgate.samples.content import content_faults
from coefgate.samples.line_marks import marked_line
from coefgate.samples.unreadable import TOO_DEEP, is_too_deep, nearly_json, parsed, text_fault

LONGEST_MARKED: Final = 1 << 20
"""Bytes of the longest line in which columns are looked up; problems of a longer one stand in column 1."""

_PATH: Final = re.compile(r"deliverables\[([0-9]+)\]\.path")


def line_problems(line: bytes, file: str, number: int, origin: str | None) -> tuple[Problem, ...]:
    """Everything that is wrong with a line, given without its line end; empty where nothing is."""
    unreadable = text_fault(line)
    if unreadable is not None:
        return (unreadable[0].placed(file, number, unreadable[1]),)
    text = line.decode("utf-8")
    fields, syntax = parsed(line)
    if syntax is not None and not (len(text) <= LONGEST_MARKED and nearly_json(text) is not None):
        return (syntax[0].placed(file, number, syntax[1]),)
    document, problems = _marked(text, fields, file, number)
    if is_too_deep(document.data):
        return (TOO_DEEP.placed(file, number),)
    problems += tuple(
        _in_plain_words(problem, document) for problem in schema_problems(document, "sample")
    )
    if problems:
        return tuple(sorted(problems))
    if syntax is not None:
        return (syntax[0].placed(file, number, syntax[1]),)
    return tuple(sorted(fault.at(document) for fault in content_faults(fields, origin)))


def place(line: bytes, file: str, number: int) -> Document:
    """A valid line with the columns of its values."""
    text = line.decode("utf-8")
    return _marked(text, None, file, number)[0]


def _marked(
    text: str, fields: Any, file: str, number: int
) -> tuple[Document, tuple[Problem, ...]]:
    if len(text) > LONGEST_MARKED:
        return Document(file, fields, Mark(number, 1, number, 1, None)), ()
    return marked_line(text, file, number)


def _in_plain_words(problem: Problem, document: Document) -> Problem:
    """The schema's complaint, in the words of somebody who writes JSON lines."""
    if problem.code == "missing-key":
        schema = load_schema("sample")["properties"]
        name = problem.path.rpartition(".")[2]
        schema = schema if name in schema else schema["deliverables"]["items"]["properties"]
        nullable = "null" in schema[name]["type"]
        fix = f'Add "{name}":null if the source does not say.' if nullable else f'Add "{name}".'
        return replace(
            problem, allowed="every field of a sample is written, also an unknown one", fix=fix
        )
    if problem.code == "wrong-type" and not problem.path:
        return replace(problem, path="the line", fix="Write one object, in braces.")
    if problem.code == "wrong-type" and problem.found == "is null":
        return replace(problem, fix="Write what the source says; this field is never unknown.")
    path = _PATH.fullmatch(problem.path)
    if path and problem.code == "bad-form":
        found, fix = _bad_path(document.at(("deliverables", int(path[1]), "path")))
        return replace(problem, code="bad-path", found=found, fix=fix)
    if problem.path == "observed_at" and problem.code == "bad-form":
        return replace(problem, fix="Write it like 2025-12-29T19:40:02+11:00, or null.")
    return problem


def _bad_path(path: str) -> tuple[str, str]:
    """What is wrong with a path that the schema refuses, and what to do."""
    shown = f'"{printable(path)}"'
    if "\\" in path:
        return f"is {shown}, with a backslash", "Write / between folders."
    if re.match(r"[A-Za-z]:", path):
        return f"is {shown}, with a drive", "Write it relative to the workspace."
    if path.startswith("/"):
        return f"is {shown}, an absolute path", "Write it relative to the workspace."
    parts = path.removesuffix("/").split("/")
    if ".." in parts:
        return f"is {shown}, with the part ..", "Write it without .., relative to the workspace."
    if "." in parts or "" in parts:
        part = "." if "." in parts else "an empty part"
        return f"is {shown}, with {part}", "Write each folder once, with one / between them."
    return f"is {shown}, with an invisible character", "Write the path as it is on disk."

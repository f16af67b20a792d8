"""Documents against their JSON Schemas: every error becomes a problem with its place.

The schemas come with the program (``schemas/`` of its repository, ``coefgate/schemas`` where it is
installed), never from the registry that is checked, and nothing is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from coefgate.core.characters import MAX_PROBLEMS, too_many
from coefgate.core.problems import Problem
from coefgate.registry.marks import UNREADABLE, Document
from coefgate.registry.shipped import shipped

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_SUFFIX: Final = ".schema.json"


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The schema called ``name`` (``overhead``), shared between callers: not to be changed."""
    content: dict[str, Any] = json.loads(shipped("schemas", f"{name}{_SUFFIX}").read_bytes())
    return content


def schema_problems(document: Document, name: str) -> tuple[Problem, ...]:
    """Everything in which ``document`` does not fit the schema called ``name``, in the order of places.

    Values that were refused when the document was read are passed over.
    """
    errors = list(islice(_validator(name).iter_errors(document.data), MAX_PROBLEMS + 1))
    problems = sorted({_problem(document, error, name) for error in _telling(errors)})
    if len(errors) > MAX_PROBLEMS:
        last = problems[-1] if problems else None
        return (
            *problems[:MAX_PROBLEMS],
            too_many(document.file, *((last.line, last.column) if last else (1, 1))),
        )
    return tuple(problems)


def _telling(errors: list[ValidationError]) -> Iterator[ValidationError]:
    """Without the errors that follow from others: a value of the wrong type needs no second complaint."""
    wrong_type = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    for error in errors:
        if error.instance is UNREADABLE:
            continue
        if error.validator == "type" or tuple(error.absolute_path) not in wrong_type:
            yield error


def _problem(document: Document, error: ValidationError, name: str) -> Problem:
    from coefgate.registry.explanations import Fault, explain  # noqa: PLC0415 (only where something is wrong)

    path = tuple(error.absolute_path)
    fault = Fault(
        keyword=str(error.validator),
        limit=error.validator_value,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        value=error.instance,
        name=str(path[-1]) if path else "",
        on_key=error.validator == "additionalProperties"
        or "propertyNames" in error.absolute_schema_path,
        message=error.message,
    )
    why = explain(fault, partial(_resolved, load_schema(name)))
    return document.problem(
        path, why.code, found=why.found, allowed=why.allowed, fix=why.fix, key=fault.on_key
    )


@cache
def _validator(name: str) -> Validator:
    # jsonschema takes longer to import than everything else that a check needs.
    from coefgate.registry.keywords import strict_validator  # noqa: PLC0415

    return strict_validator(load_schema(name))


def _resolved(root: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition that a part of the schema ``root`` refers to, or the part itself."""
    while "$ref" in part:
        part = root["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return part

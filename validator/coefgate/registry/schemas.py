"""Documents against their JSON Schemas: every error becomes a problem with its place.

The schemas come with the program (``schemas/`` of its repository, ``coefgate/schemas`` where it is
installed), never from the registry that is checked, and nothing is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from coefgate.core.characters import MAX_PROBLEMS, too_many
from coefgate.core.installation import install_again
from coefgate.core.problems import EnvironmentProblem, Problem
from coefgate.registry.document import UNREADABLE, Document, Fault

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_PACKAGE: Final = Path(__file__).parents[1]


@cache
def shipped(folder: str, file: str) -> Path:
    """``file`` in a folder of the repository, or of ``coefgate/``.

    Raises ``EnvironmentProblem`` where neither holds it.
    """
    for place in (_PACKAGE, _PACKAGE.parents[1]):
        path = place / folder / file
        if path.is_file():
            return path
    raise EnvironmentProblem(
        f"{folder}/{file}, which belongs to Coefgate, is not installed. "
        f"{install_again('Install it anew', 'cli')}"
    )


@cache
def load_schema(name: str) -> dict[str, Any]:
    """The schema called ``name`` (``overhead``), shared between callers: not to be changed.

    Its numbers are decimals, as those of YAML are: 0.01 is below 0.01 as a binary fraction.
    """
    file = shipped("schemas", f"{name}.schema.json")
    content: dict[str, Any] = json.loads(file.read_bytes(), parse_float=Decimal)
    return content


def schema_problems(
    document: Document, name: str, in_words: Callable[[Fault], Fault] = lambda fault: fault
) -> tuple[Problem, ...]:
    """Where ``document`` does not fit the schema ``name``, in order, but for ``UNREADABLE``.

    ``in_words``: what to say of a fault instead of what is said to an author of YAML.
    """
    errors = list(islice(_validator(name).iter_errors(document.data), MAX_PROBLEMS + 1))
    if not errors:
        return ()
    from coefgate.registry.schema_errors import explained, is_on_key  # noqa: PLC0415 (only where something is wrong)

    # Without errors that follow from others: a wrong type needs no second complaint.
    wrong_type = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    telling = (
        error
        for error in errors
        if error.validator == "type" or tuple(error.absolute_path) not in wrong_type
    )
    schema = load_schema(name)
    found = {
        in_words(explained(error, schema)).at(document, key=is_on_key(error))
        for error in telling
        if error.instance is not UNREADABLE
    }
    problems = sorted(found)
    if len(errors) > MAX_PROBLEMS:
        place = (problems[-1].line, problems[-1].column) if problems else (1, 1)
        return (*problems[:MAX_PROBLEMS], too_many(document.file, *place))
    return tuple(problems)


@cache
def _validator(name: str) -> Validator:
    # jsonschema takes longer to import than everything else that a check needs.
    from coefgate.registry.schema_keywords import strict_validator  # noqa: PLC0415

    return strict_validator(load_schema(name))

"""Facts that somebody states once for all the calls of a file: ``paths=real``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

import jsonschema_rs
import orjson

from coefgate.core.problems import Problem, UsageProblem
from coefgate.registry.schemas import load_schema
from coefgate.registry.wording import did_you_mean, listed, printable

_HALF_A_CHARACTER: Final = re.compile("[\ud800-\udfff]")
"""What the shell gives for a byte that is not UTF-8."""
_FOR_ALL: Final = "state it for all calls that lack it:"
_ELSEWHERE: Final = {
    "origin": f"{_FOR_ALL} --origin NAME.",
    "unit": f"{_FOR_ALL} --fact unit=WORD.",
    "paths": f"{_FOR_ALL} --fact paths=WORD.",
    "reference": "give the calls in a file: its name and the line are the reference then.",
}
"""Where a fact that a line lacks may come from."""


def stated_facts(texts: Iterable[str]) -> dict[str, Any]:
    """Facts by field, each given as ``FIELD=VALUE``. Raises ``UsageProblem`` where one is none."""
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if name not in _fields():
            hint = did_you_mean(name, list(_fields()), f"Fields are {listed(_fields())}.")
            raise UsageProblem(
                f"{printable(name)} is not a field that all calls may share. {hint}"
            )
        schema = _fields()[name]
        fact = value if "string" in schema["type"] else _plain(value)
        fits = (
            not _HALF_A_CHARACTER.search(value)
            and jsonschema_rs.validator_for(schema).is_valid(fact)
            and type(fact) is not float
        )
        if not equals or not fits:
            found_it = f"{name}={printable(value)}" if equals else f"{name} without a value"
            raise UsageProblem(f"{found_it} is not a fact: {schema['x-allowed']}.")
        if found.setdefault(name, fact) != fact:
            raise UsageProblem(f"{name} is stated twice, and not the same. Delete one of the two.")
    return found


def with_the_option(problem: Problem) -> Problem:
    """A fact that no call may lack can come from elsewhere: the problem says from where."""
    if problem.code != "missing-key" or problem.path not in _ELSEWHERE:
        return problem
    schema, elsewhere = _fields()[problem.path], _ELSEWHERE[problem.path]
    fix = f'Add "{problem.path}", or {elsewhere} {schema["description"]}'
    return replace(problem, allowed=schema["x-allowed"], fix=fix)


@cache
def _fields() -> Mapping[str, Any]:
    """The schemas of the fields that calls may have in common."""
    known: Mapping[str, Any] = load_schema("sample")["properties"]
    return {
        name: schema
        for name, schema in known.items()
        if name not in {"id", "format"} and schema["type"] != "array"
    }


def _plain(text: str) -> Any:
    """A number, true, false or null; anything else as the text that it is."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text

"""The life of one number: schemas/history.schema.json describes each field."""

from __future__ import annotations

from typing import Any

from coefgate.core.problems import Problem
from coefgate.registry.key import Key
from coefgate.registry.lifetime import Commit, Life, Step
from coefgate.reports.json.parts import fields, number_json


def history_dict(life: Life) -> dict[str, Any]:
    """A life, newest step first."""
    return {
        "name": life.name,
        "unit": "factor" if is_factor(life.name) else "tokens",
        "complete": not life.cut,
        "steps": [step_dict(step) for step in life.steps],
    }


def is_factor(name: str) -> bool:
    """Is it a factor that has or had this name, and no number of tokens?"""
    key = Key.named(name)
    return key is not None and key.is_factor


def step_dict(step: Step) -> dict[str, Any]:
    """One step; ``commit`` is null for the files in the folder."""
    held = step.after
    return {
        "commit": None if step.commit is None else _commit_dict(step.commit),
        "merged": [_commit_dict(one) for one in step.merged],
        "people": [{"role": one.key, "who": one.value} for one in step.people],
        "called": held.name,
        "before": number_json(step.before.number),
        "number": number_json(held.number),
        **fields(held, "basis", "file", "line"),
        "problem": None if held.problem is None else problem_words(held.problem),
    }


def _commit_dict(commit: Commit) -> dict[str, Any]:
    return fields(commit, "id", "author", "authored_at", "committed_at", "subject")


def problem_words(problem: Problem) -> str:
    """Why a state of the registry is invalid, with its place."""
    subject = problem.path or "the file"
    return f"{problem.file}:{problem.line} {subject} {problem.found}"

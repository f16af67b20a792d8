"""The life of one number, as JSON (schemas/history.schema.json) or as a table."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from coefgate.core.problems import Problem
from coefgate.registry.key import Key
from coefgate.registry.lifetime import Commit, Held, Life, Step
from coefgate.registry.numbers import written
from coefgate.reports.console import count, short, table
from coefgate.reports.json_texts import json_text
from coefgate.reports.visible import shortened, visible

CUT: Final = "this clone is shallow, so the oldest value may be older. Get the rest with: git fetch --unshallow"
NONE: Final = "none"
_LONGEST: Final = 80


def history_json(life: Life) -> str:
    """A life as JSON text."""
    return json_text(history_dict(life))


def history_dict(life: Life) -> dict[str, Any]:
    """The fields of a life for JSON."""
    return {
        "name": life.name,
        "unit": "factor" if _is_factor(life.name) else "tokens",
        "complete": not life.cut,
        "steps": [step_dict(step) for step in life.steps],
    }


def step_dict(step: Step) -> dict[str, Any]:
    """One step for JSON; ``commit`` is null for the files in the folder."""
    held = step.held
    return {
        "commit": None if step.commit is None else _commit_dict(step.commit),
        "merged": [_commit_dict(one) for one in step.merged],
        "people": [{"role": one.key, "who": one.value} for one in step.people],
        "called": held.name,
        "before": number_json(step.before.number),
        "number": number_json(held.number),
        "basis": held.basis,
        "file": held.file,
        "line": held.line,
        "problem": None if held.problem is None else _problem(held.problem),
    }


def number_json(number: Fraction | None) -> int | float | None:
    """Tokens as an integer, a factor as a decimal where it has any."""
    if number is None:
        return None
    return number.numerator if number.denominator == 1 else float(number)


def _commit_dict(commit: Commit) -> dict[str, Any]:
    return {
        "id": commit.id,
        "author": commit.author,
        "authored_at": commit.authored_at,
        "committed_at": commit.committed_at,
        "subject": commit.subject,
    }


def _problem(problem: Problem) -> str:
    subject = problem.path or "the file"
    return f"{problem.file}:{problem.line} {subject} {problem.found}"


def history_text(life: Life) -> list[RenderableType]:
    """One row for every step, newest first."""
    rows = [_row(life, step, last=step is life.steps[-1]) for step in life.steps]
    return [table("value", "before", "since", "commit", "by", "what", rows=rows, figures=(0, 1))]


def _row(life: Life, step: Step, *, last: bool) -> list[str | Text]:
    commit, by = step.commit, step.written
    before = "?" if last and life.cut else number_text(life.name, step.before)
    return [
        number_text(life.name, step.held),
        before,
        commit.committed_at[:10] if commit else "",
        short(commit.id) if commit else "worktree",
        visible(shortened(by.author, 30)) if by else "",
        Text("\n".join([*_what(life.name, step), *([CUT] if last and life.cut else [])])),
    ]


def _is_factor(name: str) -> bool:
    key = Key.named(name)
    return key is not None and key.is_factor


def number_text(name: str, held: Held) -> str:
    """``1,500``, ``1.3``, ``none``; ``?`` where an invalid registry hides it."""
    if held.number is None:
        return "?" if held.problem else NONE
    whole = held.number.denominator == 1 and not _is_factor(name)  # a file may say anything
    return f"{int(held.number):,}" if whole else written(held.number)


def _what(name: str, step: Step) -> Iterator[str]:
    by, commit = step.written, step.commit
    yield quoted(by.subject) if by else "not committed"
    for one in step.people:
        yield visible(shortened(f"{one.key}: {one.value}", _LONGEST))
    if step.merged and commit is not None:
        more = (
            f", {count(len(step.merged) - 1, 'more commit')} of it set it"
            if len(step.merged) > 1
            else ""
        )
        yield f"merged by {quoted(commit.author)}: {quoted(commit.subject)}{more}"
    if step.held.problem is not None:
        yield f"the registry is invalid here: {visible(_problem(step.held.problem))}"
    elif step.held.number is None:
        yield "no longer declared"
    elif step.before.problem is not None:
        yield "the registry is valid again"
    if step.held.name not in (None, name):
        yield f"called {visible(str(step.held.name))} there"


def quoted(text: str) -> str:
    """A text of somebody else's on one line, cut to a readable length."""
    return visible(shortened(text, _LONGEST))

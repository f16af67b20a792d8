"""The life of one number: a row for every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from coefgate.core.git_process import shallow_clone
from coefgate.core.problems import Problem
from coefgate.registry.key import Key
from coefgate.registry.number_history import Commit, NumberHistory, NumberState, Step
from coefgate.registry.wording import count, shortened
from coefgate.reports.figures import number_words, short
from coefgate.reports.page import Cells, Page, TableBlock, code, joined, plain
from coefgate.reports.render.json import exact, exactly, picked

CUT: Final = shallow_clone("so the oldest value may be older")
_LONGEST: Final = 80
_COLUMNS: Final = ("value", "before", "since", "commit", "by", "what")
_MOST_STEPS: Final = 8


def history_page(life: NumberHistory) -> Page:
    """One row for every step, newest first."""
    yield history_table(life)


def history_table(life: NumberHistory, title: str = "") -> TableBlock:
    """The same as a block among others."""
    return TableBlock(_COLUMNS, list(_rows(life)), title, figures=(0, 1))


def histories_table(lives: Sequence[NumberHistory]) -> TableBlock:
    """The newest steps of several numbers."""
    rows = [(code(life.name), *row) for life in lives for row in islice(_rows(life), _MOST_STEPS)]
    more = any(len(life.steps) > _MOST_STEPS for life in lives)
    return TableBlock(
        ("number", *_COLUMNS),
        rows,
        "History of each changed number",
        figures=(1, 2),
        width="whole",
        further=f"The newest {_MOST_STEPS} of each; all of them: coefgate history NAME" * more,
    )


def _rows(life: NumberHistory) -> Iterator[Cells]:
    for step in life.steps:
        commit, by = step.commit, step.written
        cut = life.cut and step is life.steps[-1]
        yield (
            plain(number_text(life.name, step.after)),
            plain("?" if cut else number_text(life.name, step.before)),
            plain(commit.committed_at[:10] if commit else ""),
            code(short(commit.id)) if commit else "worktree",
            shortened(by.author, 30) if by else "",
            joined([*_what(life.name, step), *([CUT] if cut else [])], by="\n"),
        )


def number_text(name: str, held: NumberState) -> str:
    """``1,500``, ``1.3``, ``none``; ``?`` where an invalid registry hides it."""
    if held.number is None:
        return "?" if held.problem else "none"
    return number_words(held.number, Key.named(name))


def _what(name: str, step: Step) -> Iterator[str]:
    by, commit = step.written, step.commit
    yield quoted(by.subject) if by else "not committed"
    for one in step.people:
        yield shortened(f"{one.key}: {one.value}", _LONGEST)
    if step.merged and commit is not None:
        others = len(step.merged) - 1
        more = f", {count(others, 'more commit')} of it set it" if others else ""
        yield f"merged by {quoted(commit.author)}: {quoted(commit.subject)}{more}"
    if step.after.problem is not None:
        yield f"the registry is invalid here: {_problem_words(step.after.problem)}"
    elif step.after.number is None:
        yield "no longer declared"
    elif step.before.problem is not None:
        yield "the registry is valid again"
    if step.after.name not in (None, name):
        yield f"called {step.after.name} there"


def quoted(text: str) -> str:
    """A text of somebody else's, cut to a readable length."""
    return shortened(text, _LONGEST)


def history_dict(life: NumberHistory) -> dict[str, Any]:
    """A life, newest step first."""
    key = Key.named(life.name)
    return {
        "name": life.name,
        "unit": "factor" if key and key.is_factor else "tokens",
        "complete": not life.cut,
        "steps": list(map(step_dict, life.steps)),
    }


def step_dict(step: Step) -> dict[str, Any]:
    """One step; ``commit`` is null for the files in the folder."""
    held = step.after
    return {
        "commit": step.commit and _commit_dict(step.commit),
        "merged": list(map(_commit_dict, step.merged)),
        "people": [picked(one, role="key", who="value") for one in step.people],
        "called": held.name,
        "before": exact(step.before.number),
        **exactly(held, "number", "basis", "file", "line"),
        "problem": held.problem and _problem_words(held.problem),
    }


def _commit_dict(commit: Commit) -> dict[str, Any]:
    return picked(commit, "id", "author", "authored_at", "committed_at", "subject")


def _problem_words(problem: Problem) -> str:
    return f"{problem.file}:{problem.line} {problem.path or 'the file'} {problem.found}"

"""What is wrong with a registry or its samples, as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from coefgate.core.problems import Problem
from coefgate.reports.console import count
from coefgate.reports.markdown import Part, code, page, prose
from coefgate.reports.verdict_markdowns import LONGEST


def problems_markdown(problems: Sequence[Problem]) -> str:
    """The page that stands in the place of a verdict where there can be none."""
    files = {problem.file for problem in problems}
    head = (
        f"## ❌ INVALID: {count(len(problems), 'problem')} in {count(len(files), 'file')}"
        "\n\nRegistry or samples are not valid, so nothing was judged. See the same on your side "
        "with: `coefgate gate`\n"
    )
    return page([Part(1, head, tuple(_problem(problem) for problem in problems))], LONGEST)


def _problem(problem: Problem) -> str:
    where = code(f"{problem.file}:{problem.line}:{problem.column}")
    subject = code(problem.path) if problem.path else "the file"
    return f"- {where} {subject} {prose(f'{problem.found}; {problem.allowed}. {problem.fix}')}"

"""What ``coefgate check`` found, as text, JSON or GitHub annotations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from coefgate.core.problems import Problem
from coefgate.reports.annotations import workflow_command
from coefgate.reports.json_texts import json_text


def render_check(
    problems: Sequence[Problem],
    output_format: str,
    *,
    files: int,
    samples: int | None,
    folder: str = "",
) -> str:
    """The whole output of a check of ``files`` coefficient files and ``samples`` samples.

    ``samples`` is ``None`` where none were read, or where they cannot be counted because some are
    broken. ``folder``: the way to the registry from the top of its repository, for annotations.
    """
    if output_format == "json":
        content = {
            "valid": not problems,
            "files": files,
            "samples": samples,
            "problems": [asdict(p) for p in problems],
        }
        return json_text(content)
    if output_format == "github":
        found = [annotation(problem, folder) for problem in problems]
        return "\n".join(found) or "::notice::coefgate check found no problem"
    if not problems:
        read = "" if samples is None else f", {_count(samples, 'sample')}"
        return f"valid: {_count(files, 'file')} in coefficients/{read}"
    places = len({problem.file for problem in problems})
    return "\n".join(
        [*map(str, problems), f"{_count(len(problems), 'problem')} in {_count(places, 'file')}"]
    )


def annotation(problem: Problem, folder: str = "") -> str:
    """One problem as a workflow command that GitHub shows on the line; ``folder`` is the registry's."""
    subject = problem.path or "the file"
    return workflow_command(
        "error",
        f"{subject} {problem.found}; {problem.allowed}. {problem.fix}",
        title=problem.code,
        file=problem.file,
        line=problem.line,
        column=problem.column,
        folder=folder,
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

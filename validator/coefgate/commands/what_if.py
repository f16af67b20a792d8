"""``coefgate try``: the gate's answer for other numbers, before any file is edited."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click
from rich.console import RenderableType

from coefgate.commands.options import format_option, registry_option
from coefgate.commands.telling import tell
from coefgate.core.problems import InvalidInput, Problem, UsageProblem
from coefgate.core.trees import Tree
from coefgate.git.checkout_tree import checkout
from coefgate.registry.closest import declared_name
from coefgate.registry.editing import Edit, edited, place_of
from coefgate.registry.model import Registry
from coefgate.registry.moving import written
from coefgate.registry.reading import Memo, read_registry
from coefgate.registry.replacing import Replacement, replace_files
from coefgate.registry.values import values_of
from coefgate.registry.wording import dotted
from coefgate.reports.progress import progress
from coefgate.reports.what_ifs import Tried, WhatIf, what_if_json, what_if_markdown, what_if_text
from coefgate.use_cases.assignments import Assignment, assignments
from coefgate.use_cases.judge import judging
from coefgate.use_cases.next_steps import with_next
from coefgate.use_cases.report import Report
from coefgate.use_cases.searches import acknowledged, ranged_of, smallest_of
from coefgate.whatif.smallest_change import NoChange, SmallestChange


@dataclass(frozen=True, slots=True)
class _Trial:
    """Edited files, and what was edited in them."""

    files: Mapping[str, Replacement]
    edits: Mapping[str, tuple[Edit, ...]]
    tried: tuple[Tried, ...]
    same: tuple[str, ...]


@click.command()
@click.argument("words", metavar="NAME=VALUE ...", nargs=-1)
@click.option(
    "--base", metavar="REV", help="The accepted state that judges, as for `coefgate gate`."
)
@click.option(
    "--range",
    "ranges",
    metavar="NAME",
    multiple=True,
    help="Show which numbers of this value pass, and where each rule turns.",
)
@click.option(
    "--write", is_flag=True, help="Write the numbers into the YAML files; all else in them stays."
)
@registry_option
@format_option("text", "json", "markdown")
def command(
    words: Sequence[str],
    base: str | None,
    ranges: Sequence[str],
    write: bool,
    root: Path,
    output_format: str,
) -> int:
    """Ask what the gate would say of other numbers, without editing a file.

    A VALUE is a number (1800, 1.25), a change (+10%, -5%) or a factor (x1.2) of the number in the
    folder. The exit code is that of the verdict, with --write too.

    \b
    Examples:
      coefgate try docs.low=1800 marginal.create.test=+10%
      coefgate try --range docs.low
      coefgate try docs.low=1800 --write
    """
    if len(ranges) > 1:
        raise UsageProblem("--range is given twice. Ask for one range at a time.")
    ranged = next(iter(ranges), None)
    if not words and ranged is None:
        raise UsageProblem(
            "nothing to try. Name a value: coefgate try docs.low=1800, or --range docs.low."
        )
    if write and not words:
        raise UsageProblem(
            "--write has nothing to write. Name a value: coefgate try docs.low=1800 --write"
        )
    with progress("Judging the trial …"):
        answer = _answer(root, words, base=base, ranged=ranged, write=write)
        rendered = _RENDERINGS[output_format](answer)  # which draws the intervals that it shows
    return tell(answer.report, rendered)


_RENDERINGS: Final[Mapping[str, Callable[[WhatIf], str | list[RenderableType]]]] = {
    "json": what_if_json,
    "markdown": what_if_markdown,
    "text": what_if_text,
}


def _answer(
    root: Path, words: Sequence[str], *, base: str | None, ranged: str | None, write: bool
) -> WhatIf:
    memo: Memo = {}
    with checkout(root) as folder:
        registry = read_registry(folder, memo)
        wanted = assignments(words, registry)
        ranged = None if ranged is None else declared_name(ranged, registry)
        trial = _trial(folder, registry, wanted)
    overlay = {file: replacement.after for file, replacement in trial.files.items()}
    try:
        with judging(root, base=base, head="worktree", overlay=overlay, memo=memo) as judgement:
            smallest = None if judgement.report.verdict == "pass" else smallest_of(judgement)
            answer = WhatIf(
                tried=trial.tried,
                same=trial.same,
                written=False,
                report=_with_next(judgement.report, trial, wanted, base, write=write),
                ranged=None if ranged is None else ranged_of(judgement, ranged),
                smallest=smallest,
                command=_command(wanted, smallest, base),
                acknowledged=acknowledged(judgement.head, smallest.name)
                if isinstance(smallest, SmallestChange)
                else None,
            )
    except InvalidInput as error:
        raise InvalidInput(_of_trial(problem, trial) for problem in error.problems) from error
    if write and trial.files:
        replace_files(root, trial.files)
        answer = replace(answer, written=True)
    return answer


def _trial(tree: Tree, registry: Registry, wanted: Sequence[Assignment]) -> _Trial:
    values = values_of(registry)
    by_file: dict[str, list[Assignment]] = {}
    for one in wanted:
        by_file.setdefault(values[one.name].file, []).append(one)
    files, edits = {}, {}
    tried: dict[str, Tried] = {}
    for file, several in by_file.items():
        before = tree.read(file)
        names = {place_of(one.name): one.name for one in several}
        after, done = edited(before, file, {place_of(one.name): one.text for one in several})
        if done:
            files[file], edits[file] = Replacement(before, after), done
        for edit in done:
            name = names[edit.path]
            tried[name] = Tried(name, file, edit.line, edit.before, edit.after)
    return _Trial(
        files,
        edits,
        tuple(tried[one.name] for one in wanted if one.name in tried),
        tuple(one.name for one in wanted if one.name not in tried),
    )


def _of_trial(problem: Problem, trial: _Trial) -> Problem:
    """The problem as ``check`` would tell it, saying which number in it is only tried."""
    for edit in trial.edits.get(problem.file, ()):
        if problem.path == dotted(edit.path):
            return replace(
                problem, found=f"{problem.found} (tried here; the file says {edit.before})"
            )
        if problem.path == dotted((*edit.path[:-1], "acknowledge", "to")):
            return replace(
                problem,
                found=f"{problem.found} (tried here; the file says {edit.before})",
                fix=f"Remove the acknowledgement, or let it say to: {edit.after}, and try again.",
            )
    if problem.file in trial.edits:
        told = ", ".join(
            f"{one.name} {one.after}" for one in trial.tried if one.file == problem.file
        )
        return replace(problem, found=f"{problem.found} (tried here: {told})")
    return problem


def _command(
    wanted: Sequence[Assignment], found: SmallestChange | NoChange | None, base: str | None
) -> str | None:
    if not isinstance(found, SmallestChange):
        return None
    numbers = {one.name: one.text for one in wanted} | {found.name: written(found.after)}
    return _spelled(numbers, base)


def _with_next(
    report: Report, trial: _Trial, wanted: Sequence[Assignment], base: str | None, *, write: bool
) -> Report:
    """After a green trial of numbers that are not in the files yet, the next step is to write them."""
    if report.verdict != "pass" or not trial.tried or write:
        tried = () if write else [str(one) for one in wanted]
        return with_next(report, base=base, tried=tried)
    return replace(
        report, next=(_spelled({one.name: one.text for one in wanted}, base, "--write"),)
    )


def _spelled(numbers: Mapping[str, str], base: str | None, *options: str) -> str:
    """The command line that tries these numbers."""
    against = [] if base is None else ["--base", base]
    words = [f"{name}={text}" for name, text in numbers.items()]
    return shlex.join(["coefgate", "try", *words, *against, *options])

"""The gate's answer for other numbers, before any file is edited.

With it come the range of one number, and the smallest change with which the registry would pass.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from coefgate.core.atomic_files import Replacement, replace_files
from coefgate.core.problems import InvalidInput, Problem
from coefgate.core.trees import Tree
from coefgate.gates.judge import Judge
from coefgate.git.working_tree import checkout
from coefgate.registry.closest import declared_key
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Value
from coefgate.registry.number_edit import Edit, edited
from coefgate.registry.numbers import limits_of, moved, written
from coefgate.registry.reading import Memo, read_registry
from coefgate.registry.wording import dotted
from coefgate.replay.strata import StrataOf, Stratum
from coefgate.use_cases.assignments import Assignment, assignments
from coefgate.use_cases.judge import Judgement, judging
from coefgate.use_cases.report import Report, with_next
from coefgate.whatif.candidates import exercised, may_pass, predictions
from coefgate.whatif.ranges import Range, Statuses, Stretch, turning
from coefgate.whatif.smallest_change import NoChange, SmallestChange, smallest_change

GRID: Final = 200
"""Numbers that a range is asked at before its turns are narrowed."""


@dataclass(frozen=True, slots=True)
class TriedNumber:
    """One number that was tried: the text that stands in the file, and the one in its place."""

    name: str
    file: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The range of one number; its figures are in the smallest steps of ``key``.

    ``acknowledged``: the value, where an acknowledgement of the present number stands beside it.
    """

    key: Key
    present: int
    found: Range
    acknowledged: Value | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer. ``smallest`` is ``None`` where the verdict is green.

    ``command`` repeats the trial with the smallest change in it, ``None`` where there is none.
    ``acknowledged``: the value that it changes, where an acknowledgement of its number stands
    beside it. ``same``: names that were given the number that they have. ``written``: the files
    were edited.
    """

    tried: tuple[TriedNumber, ...]
    same: tuple[str, ...]
    written: bool
    report: Report
    ranged: NumberRange | None
    smallest: SmallestChange | NoChange | None
    command: str | None
    acknowledged: Value | None


@dataclass(frozen=True, slots=True)
class _Trial:
    """Edited files, and what was edited in them."""

    files: Mapping[str, Replacement]
    edits: Mapping[str, tuple[Edit, ...]]
    tried: tuple[TriedNumber, ...]
    same: tuple[str, ...]


def try_numbers(
    root: Path,
    numbers: Sequence[str] = (),
    *,
    base: str | None = None,
    ranged: str | None = None,
    write: bool = False,
) -> WhatIf:
    """What the gate would say of the registry in the folder ``root`` with other numbers.

    ``numbers``: ``NAME=VALUE``, where a value is a number (``docs.low=1800``), a change
    (``docs.low=+10%``) or a factor (``docs.low=x1.2``). ``base``: the accepted state that judges.
    ``ranged``: a number whose range is looked for. ``write``: put the numbers into the files.
    Raises ``UsageProblem`` where a name or a value is none, ``InvalidInput`` where the registry
    would not be valid with them.
    """
    memo: Memo = {}
    with checkout(root) as folder:
        registry = read_registry(folder, memo)
        wanted = assignments(numbers, registry)
        asked = None if ranged is None else declared_key(ranged, registry)
        trial = _trial(folder, registry, wanted)
    overlay = {file: replacement.after for file, replacement in trial.files.items()}
    try:
        with judging(root, base=base, head="worktree", overlay=overlay, memo=memo) as judgement:
            smallest = None if judgement.report.verdict == "pass" else _smallest(judgement)
            answer = WhatIf(
                tried=trial.tried,
                same=trial.same,
                written=write and bool(trial.files),
                report=_with_next(judgement.report, trial, wanted, base, write=write),
                ranged=None if asked is None else _range(judgement, asked),
                smallest=smallest,
                command=_command(wanted, smallest, base),
                acknowledged=_acknowledged(judgement.head, smallest.key)
                if isinstance(smallest, SmallestChange)
                else None,
            )
    except InvalidInput as error:
        raise InvalidInput(_of_trial(problem, trial) for problem in error.problems) from error
    if answer.written:
        replace_files(root, trial.files)
    return answer


def _trial(tree: Tree, registry: Coefficients, wanted: Sequence[Assignment]) -> _Trial:
    by_file: dict[str, list[Assignment]] = {}
    for one in wanted:
        by_file.setdefault(registry.numbers[one.key].file, []).append(one)
    files, edits = {}, {}
    tried: dict[str, TriedNumber] = {}
    for file, several in by_file.items():
        before = tree.read(file)
        names = {one.key.path: one.name for one in several}
        after, done = edited(before, file, {one.key.path: one.text for one in several})
        if done:
            files[file], edits[file] = Replacement(before, after), done
        for edit in done:
            name = names[edit.path]
            tried[name] = TriedNumber(name, file, edit.line, edit.before, edit.after)
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
    numbers = {one.name: one.text for one in wanted} | {found.key.name: written(found.after)}
    return _spelled(numbers, base)


def _with_next(
    report: Report, trial: _Trial, wanted: Sequence[Assignment], base: str | None, *, write: bool
) -> Report:
    """After a green trial of numbers that no file has yet, the next step is to write them."""
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


def _range(judgement: Judgement, key: Key) -> NumberRange:
    """Which numbers of this value pass while all others stay, and where each rule turns."""
    registry = judgement.head

    def statuses(steps: int) -> Statuses:
        rules = judgement.trial(moved(registry, {key: key.number(steps)}))
        return {rule.rule: rule.status for rule in rules}

    present = registry.numbers[key].steps
    known = [int(number * key.steps_in_one) for number in _known_numbers(judgement).get(key, ())]
    found = turning(
        statuses, Stretch(*limits_of(registry, key)), start=present, points=GRID, also=known
    )
    return NumberRange(key, present, found, _acknowledged(registry, key))


def _acknowledged(registry: Coefficients, key: Key) -> Value | None:
    """The value, if an acknowledgement stands beside it."""
    value = registry.numbers[key]
    return None if value.acknowledge is None else value


def _smallest(judgement: Judgement) -> SmallestChange | NoChange:
    """The smallest change of one number with which the judged registry would pass."""
    registry, evidence, judge = judgement.head, judgement.evidence, judgement.judge
    counts = evidence.counts(table_of(registry))
    gates = registry.gates if judge is None else judge.gates
    before = None if judge is None else judge.pair.base.predicted
    strata = () if judge is None else _strata(judge)
    return smallest_change(
        registry,
        judgement.report.rules,
        exercised(registry, counts),
        ask=judgement.trial,
        sieve=lambda candidates: may_pass(
            predictions(candidates, registry, counts), evidence, gates, base=before, strata=strata
        ),
        also=_known_numbers(judgement),
    )


def _strata(judge: Judge) -> tuple[Stratum, ...]:
    base, head = judge.proposal.base.registry, judge.proposal.head.registry
    strata_of = StrataOf(judge.gates.relative.stratum_phases_from)
    return strata_of(judge.evidence, head.canonical_category, base.canonical_category)


def _known_numbers(judgement: Judgement) -> dict[Key, tuple[Fraction, ...]]:
    """Numbers that a rule may turn for: base's where head has others, and acknowledged ones."""
    base = {} if judgement.judge is None else judgement.judge.proposal.base.registry.numbers
    known: dict[Key, tuple[Fraction, ...]] = {}
    for key, value in judgement.head.numbers.items():
        before, answer = base.get(key), value.acknowledge
        numbers = {before.number} if before else set()
        numbers |= {answer.current} if answer else set()
        if numbers - {value.number}:
            known[key] = tuple(sorted(numbers - {value.number}))
    return known

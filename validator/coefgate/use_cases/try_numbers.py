"""The gate's answer for other numbers, before any file is edited.

With it come the range of one number, and the smallest change with which the registry would pass.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from coefgate.core.atomic_files import replace_files
from coefgate.core.problems import InvalidInput, UsageProblem
from coefgate.git.working_tree import checkout
from coefgate.registry.closest import declared_key
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Value
from coefgate.registry.numbers import limits_of, moved, rounded_steps, with_values, written
from coefgate.registry.reading import Memo, read_registry
from coefgate.registry.wording import printable
from coefgate.replay.metrics import Booleans
from coefgate.replay.strata import StrataOf, Stratum
from coefgate.use_cases.judge import Judgement, judging
from coefgate.use_cases.make_report import with_next
from coefgate.use_cases.report import NextStep, Report
from coefgate.use_cases.tried_files import TriedNumber, tried_files
from coefgate.whatif.candidates import Candidate, exercised, may_pass, predictions
from coefgate.whatif.ranges import Range, Statuses, Stretch, turning
from coefgate.whatif.smallest_change import NoChange, SmallestChange, smallest_change

GRID: Final = 200
"""Numbers that a range is asked at before its turns are narrowed."""
_PREDICTED_AT_ONCE: Final = 1 << 22
"""Predictions of candidates that are held in memory together, 32 MiB in each array."""
_PLAIN: Final = re.compile(
    r"(-?(?:0|[1-9][0-9]{0,2}(?:[,_][0-9]{3})+|[1-9][0-9]*))(?:\.([0-9]+))?"
)
_PERCENT: Final = re.compile(r"([+-])([0-9]{1,9}(?:\.[0-9]{1,9})?)%")
_TIMES: Final = re.compile(r"[x×]([0-9]{1,9}(?:\.[0-9]{1,9})?)")
_FORMS: Final = (
    "a number such as 1800 or 1.25, a change such as +10% or -5%, or a factor such as x1.2"
)


class NumberRange(NamedTuple):
    """The range of one number; its figures are in the smallest steps of the ``value`` it has."""

    value: Value
    found: Range


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer. ``smallest`` is ``None`` where the verdict is green.

    ``command`` repeats the trial with the smallest change in it, ``None`` where there is none.
    ``same``: names that were given the number that they have. ``written``: the files were edited.
    """

    tried: tuple[TriedNumber, ...]
    same: tuple[str, ...]
    written: bool
    report: Report
    ranged: NumberRange | None
    smallest: SmallestChange | NoChange | None
    command: str | None


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
    An acknowledgement beside a number that changes is taken out: it names another one. Raises
    ``UsageProblem`` where a name or a value is none, ``InvalidInput`` where the registry would not
    be valid with them.
    """
    memo: Memo = {}
    with checkout(root) as folder:
        registry = read_registry(folder, memo)
        wanted = assignments(numbers, registry)
        asked = None if ranged is None else declared_key(ranged, registry)
        files = tried_files(folder, registry, wanted)
    words = {key.name: text for key, text in wanted.items()}
    tried, overlay = files.numbers, files.overlay
    command = None
    try:
        with judging(root, base=base, head="worktree", overlay=overlay, memo=memo) as judgement:
            report = judgement.report
            start = report.head.registry if write else _answered(report.head.registry, tried)
            smallest = None if report.verdict == "pass" else _smallest(judgement, start)
            found = None if asked is None else _range(judgement, start, asked)
    except InvalidInput as error:
        raise InvalidInput(map(files.told, error.problems)) from error
    if report.verdict == "pass" and tried and not write:
        # After a green trial of numbers that no file has yet, the next step is to write them.
        report = replace(report, next=(NextStep(_command(words, base, "--write")),))
    else:
        report = with_next(report, tried=() if write else _assigned(words))
    if isinstance(smallest, SmallestChange):
        command = _command({**words, smallest.key.name: written(smallest.after)}, base)
    if write and tried:
        replace_files(root, files.changed)
    others = {one.key for one in tried}
    same = tuple(key.name for key in wanted if key not in others)
    return WhatIf(tried, same, write and bool(tried), report, found, smallest, command)


def assignments(words: Sequence[str], registry: Coefficients) -> dict[Key, str]:
    """The text of each number, as it is written in YAML; ``registry`` is what +10% starts from.

    Whether a number is a good one is not asked here: the strict reader decides on the edited file.
    """
    found: dict[Key, str] = {}
    for word in words:
        name, equals, value = word.rpartition("=")  # a glob of models may hold one
        if not equals:
            raise UsageProblem(f"{printable(word)!r} is not NAME=VALUE, such as docs.low=1800.")
        # A glob of models may end in a space.
        known = Key.named(name) in registry.numbers
        key = declared_key(name if known else name.strip(), registry)
        if key in found:
            raise UsageProblem(f"{key.name} is given twice. Leave out one of the two.")
        found[key] = _text(key, value.strip(), registry)
    return found


def _text(key: Key, value: str, registry: Coefficients) -> str:
    if plain := _PLAIN.fullmatch(value):
        whole, decimals = plain[1].replace(",", "").replace("_", ""), (plain[2] or "").rstrip("0")
        return f"{whole}.{decimals}" if decimals else whole
    if percent := _PERCENT.fullmatch(value):
        share = Fraction(percent[2]) / 100
        factor = 1 + share if percent[1] == "+" else 1 - share
    elif times := _TIMES.fullmatch(value):
        factor = Fraction(times[1])
    else:
        said = f"{key.name}={printable(value)}"
        raise UsageProblem(f"{said}: this is not a value. Allowed is {_FORMS}.")
    # Half up, to a whole token or a thousandth.
    return written(key.number(rounded_steps(registry.numbers[key].steps * factor)))


def _command(numbers: Mapping[str, str], base: str | None, *options: str) -> str:
    """The command line that tries these numbers."""
    against = [] if base is None else ["--base", base]
    return shlex.join(["coefgate", "try", *_assigned(numbers), *against, *options])


def _assigned(numbers: Mapping[str, str]) -> list[str]:
    return [f"{name}={text}" for name, text in numbers.items()]


def _answered(registry: Coefficients, tried: Sequence[TriedNumber]) -> Coefficients:
    """``registry`` with the acknowledgements that are taken out, to start a search from.

    Each answers again where the search comes back to the number that stands in the file.
    """
    stood = {one.key: one.taken_out for one in tried if one.taken_out}
    return with_values(
        registry,
        {key: replace(registry.numbers[key], acknowledge=one) for key, one in stood.items()},
    )


def _range(judgement: Judgement, registry: Coefficients, key: Key) -> NumberRange:
    """Which numbers of this value pass while all others stay, and where each rule turns."""

    def statuses(steps: int) -> Statuses:
        rules = judgement.trial(moved(registry, {key: key.number(steps)}))
        return {rule.rule: rule.status for rule in rules}

    value, known_numbers = registry.numbers[key], _known_numbers(judgement, registry)
    known = [int(number * key.steps_in_one) for number in known_numbers.get(key, ())]
    span = Stretch(*limits_of(registry, key))
    found = turning(statuses, span, start=value.steps, points=GRID, also=known)
    return NumberRange(value, found)


def _smallest(judgement: Judgement, registry: Coefficients) -> SmallestChange | NoChange:
    """The smallest change of one number with which the judged registry would pass."""
    evidence, judge = judgement.evidence, judgement.judge
    counts, gates = evidence.counts(table_of(registry)), registry.gates
    before, strata = None, tuple[Stratum, ...]()
    if judge is not None:
        gates, before = judge.gates, judge.pair.base.predicted
        states = judge.proposal.head, judge.proposal.base
        names = (state.registry.canonical_category for state in states)
        strata = StrataOf(gates.relative.stratum_phases_from)(evidence, *names)
    at_once = max(1, _PREDICTED_AT_ONCE // max(1, len(evidence.samples)))

    def sieve(candidates: Sequence[Candidate]) -> Booleans:
        parts = (candidates[at : at + at_once] for at in range(0, len(candidates), at_once))
        each = (predictions(part, registry, counts) for part in parts)
        return np.concatenate(
            [may_pass(one, evidence, gates, base=before, strata=strata) for one in each]
        )

    return smallest_change(
        registry,
        judgement.report.rules,
        exercised(registry, counts),
        ask=judgement.trial,
        sieve=sieve,
        also=_known_numbers(judgement, registry),
    )


def _known_numbers(
    judgement: Judgement, registry: Coefficients
) -> dict[Key, tuple[Fraction, ...]]:
    """Numbers that a rule may turn for: base's where these are others, and acknowledged ones."""
    base = {} if judgement.judge is None else judgement.judge.proposal.base.registry.numbers
    known: dict[Key, tuple[Fraction, ...]] = {}
    for key, value in registry.numbers.items():
        numbers = {base[key].number} if key in base else set()
        numbers |= {value.acknowledge.current} if value.acknowledge else set()
        if others := numbers - {value.number}:
            known[key] = tuple(sorted(others))
    return known

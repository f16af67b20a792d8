"""What the procedure gives, written into the files of the registry: all of them, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from coefgate.calibration.intervals import NotMeasurable
from coefgate.calibration.procedure import Procedure
from coefgate.calibration.tuned_numbers import TunedNumber
from coefgate.core.atomic_files import replace_files
from coefgate.core.problems import UsageProblem
from coefgate.core.trees import Tree
from coefgate.registry.files import FOLDER
from coefgate.registry.intervals import Intervals, Quantiles
from coefgate.registry.key import Key
from coefgate.registry.model import Acknowledgement, Basis, Coefficients
from coefgate.registry.numbers import value_of
from coefgate.registry.reading import Memo
from coefgate.registry.tuning import FILE, MissedLimit, Tuning
from coefgate.registry.value_edit import NewValue, plain_number, written_values
from coefgate.registry.wording import ValuePath
from coefgate.registry.yaml_edit import ABSENT, with_data
from coefgate.registry.yaml_reader import strict_document
from coefgate.use_cases.judge import judging
from coefgate.use_cases.missed_limits import OpenMiss, open_misses, with_misses

_MARGINS: Final = f"{FOLDER}/safety_margins.yaml"
_ASKING: Final = ("swing", "unmeasured")
"""Rules that an acknowledgement of the step answers."""


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """An acknowledgement that lacks its reason: the step, and the line to write it in."""

    key: Key
    previous: Fraction
    current: Fraction
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class TunedFiles:
    """Files by path: what was read, and what they are to hold; ``values``: the numbers in them."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    values: Mapping[Key, NewValue]

    @property
    def changed(self) -> Mapping[str, tuple[bytes, bytes]]:
        """Those that differ."""
        return {
            file: (content, self.after[file])
            for file, content in self.before.items()
            if content != self.after[file]
        }


def tuned_files(
    tree: Tree,
    today: Coefficients,
    procedure: Procedure,
    numbers: Sequence[TunedNumber],
    intervals: Intervals | NotMeasurable | None,
    *,
    reference: str | None,
) -> TunedFiles:
    """The files of ``tree`` with these numbers, before any step is acknowledged.

    ``today``: the registry in it. ``intervals``: are written where they were measured. Raises
    ``UsageProblem`` where no call is stored, or a number has no page that tells its story.
    """
    if not procedure.evidence.samples:
        raise UsageProblem(
            "no scored call is stored, so there is nothing to fit on, and nothing is written. "
            "Store some with: coefgate samples add FILE, or see why none is scored with: "
            "coefgate samples audit"
        )
    of_priors = procedure.tuning.reference
    values = {
        one.key: new
        for one in numbers
        if (new := _value(one, reference or _page(one, today), of_priors)) is not None
    }
    touched = {f"{FOLDER}/{key.file}" for key in values} | {FILE}
    if isinstance(intervals, Intervals):
        touched |= {_MARGINS}
    before = {file: tree.read(file) for file in sorted(touched)}
    after = _with_values(before, values)
    after[FILE] = with_data(after[FILE], FILE, _tuning_data(procedure.tuning, today.tuning))
    if isinstance(intervals, Intervals):
        stated: dict[ValuePath, object] = {("intervals",): intervals.nested(_quantiles_data)}
        after[_MARGINS] = with_data(after[_MARGINS], _MARGINS, stated)
    return TunedFiles(before, after, values)


def _value(one: TunedNumber, page: str | None, of_priors: str) -> NewValue | None:
    """What is to stand in the file; ``None`` where it stays as it is.

    ``page``: where it is told how it was fitted; ``of_priors``: where the priors come from.
    """
    number, today = one.proposed.number, one.today
    answer = today.answer_beside(number) if today else None
    if one.stays == "no-calls":
        basis = one.proposed.basis
        stands = today and today.basis.kind == "prior" and not one.moves
        return None if stands else NewValue(number, basis, answer)
    if not _is_fitted(one):
        return None
    if page is None:
        raise UsageProblem(
            f"{one.key.name} is fitted now, and no page says how. Name the page that does with "
            f"--reference, such as that of the priors, {of_priors}, or one that is written for it"
        )
    return NewValue(number, Basis("fit", page, one.calls, one.interval), answer)


def lacks_page(numbers: Iterable[TunedNumber], today: Coefficients) -> bool:
    """Is a number fitted of which no page tells how, so that somebody has to name one?"""
    return any(_is_fitted(one) and _page(one, today) is None for one in numbers)


def _is_fitted(one: TunedNumber) -> bool:
    return not (one.stays or one.unmeasured or not one.calls)


def _page(one: TunedNumber, today: Coefficients) -> str | None:
    """The page that a number refers to; of one that was not fitted, that of the margin."""
    for value in (one.today, today.default_margin):
        if value is not None and value.basis.kind == "fit":
            return value.basis.reference
    return None


def _tuning_data(tuning: Tuning, today: Tuning | None) -> dict[ValuePath, object]:
    """What differs from today's in ``tuning.yaml``; what it need not say goes."""
    wanted: dict[ValuePath, object] = {}
    if today is None or tuning.level != today.level:
        wanted["level",] = plain_number(tuning.level)
    if today is None or tuning.ema != today.ema:
        wanted["ema",] = ABSENT if tuning.ema is None else plain_number(tuning.ema)
    if today is None or tuning.margins != today.margins:
        wanted["margins",] = tuning.margins
    if today is None or tuning.samples != today.samples:
        wanted["samples",] = list(tuning.samples)
    return wanted


def _quantiles_data(found: Quantiles) -> dict[str, object]:
    held = {one.name: getattr(found.held, one.name) for one in fields(found.held)}
    return {
        "samples": found.samples,
        "phases": found.phases,
        "quantiles": [
            {"share": plain_number(share), "factor": plain_number(factor)}
            for share, factor in found.factors.items()
        ],
        "held": {name: None if one is None else plain_number(one) for name, one in held.items()},
    }


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """The ``files`` that were edited, and the places where a reason is to be written."""

    files: tuple[str, ...] = ()
    answers: tuple[OpenAnswer, ...] = ()
    misses: tuple[OpenMiss, ...] = ()


def write_files(
    root: Path, files: TunedFiles, stated: Sequence[MissedLimit], memo: Memo, *, missed: str = ""
) -> WrittenFiles:
    """Put the files in their places, all or none; steps get acknowledgements.

    A step that ``swing`` or ``unmeasured`` asks about gets one without a reason, and so does a
    limit that is missed and has to be ``stated``, where ``missed`` is none: `coefgate check`
    refuses them until somebody has written it. Raises ``InvalidInput``, and writes nothing, where
    the registry would not be valid otherwise.
    """
    if not files.changed:
        return WrittenFiles()
    overlay = {file: after for file, (_, after) in files.changed.items()}
    answers = {}
    with judging(root, base=None, head="worktree", overlay=overlay, memo=memo) as judgement:
        if judgement.judge is not None:
            asked = [one for one in judgement.report.rules if one.rule in _ASKING]
            keys = [one.key for rule in asked for one in rule.findings if not one.answered]
            base = judgement.judge.proposal.base.registry
            answers = _steps(keys, files.values, base)
        rules = judgement.report.rules
    after = _with_values(files.after, answers) if answers else dict(files.after)
    after[FILE] = with_misses(after[FILE], rules, stated, missed)
    files = replace(files, after=after)
    replace_files(root, files.changed)
    answered = tuple(_places(files, answers))
    return WrittenFiles(tuple(files.changed), answered, tuple(open_misses(after[FILE])))


def _with_values(
    contents: Mapping[str, bytes], values: Mapping[Key, NewValue]
) -> dict[str, bytes]:
    found = dict(contents)
    for file, content in contents.items():
        its = {key: new for key, new in values.items() if f"{FOLDER}/{key.file}" == file}
        if its:
            found[file] = written_values(content, file, its)
    return found


def _steps(
    keys: Sequence[object], values: Mapping[Key, NewValue], base: Coefficients
) -> dict[Key, NewValue]:
    """The values whose step is asked about, with the acknowledgement that waits for a reason."""
    return {
        key: replace(
            values[key], acknowledge=Acknowledgement(before.number, values[key].number, "")
        )
        for key in keys
        if isinstance(key, Key) and key in values and (before := value_of(base, key))
    }


def _places(files: TunedFiles, answers: Mapping[Key, NewValue]) -> Iterator[OpenAnswer]:
    for key, value in answers.items():
        file = f"{FOLDER}/{key.file}"
        document = strict_document(files.after[file], file)
        line, _ = document.mark((*key.entry_in(document.data), "acknowledge", "reason"))
        if value.acknowledge is not None:
            step = value.acknowledge.previous, value.acknowledge.current
            yield OpenAnswer(key, *step, file, line)

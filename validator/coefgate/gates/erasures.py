"""What a change erases: stored lines that say the same under salted names, and nothing else.

An erasure changes a line of base, which no other change may. So every field, file kind, status and
prediction is held against the line that gives way, and one that differs makes the erasure none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from coefgate.core.redaction import is_salted, is_salted_text
from coefgate.core.table import Table
from coefgate.gates.verdict import Finding
from coefgate.registry.model import ListAnswer
from coefgate.replay.evidence import Evidence
from coefgate.replay.state import State
from coefgate.samples.erasure import PATH, SORTS, TEXTS, names_in, told_today
from coefgate.samples.links import LINKS
from coefgate.samples.model import FIELDS, Erasure, Sample, SampleStore
from coefgate.samples.status import SCORED, Audited, short

_SAME: Final = tuple(name for name in FIELDS if name not in {"id", "deliverables", *LINKS, *TEXTS})


@dataclass(frozen=True, slots=True)
class Erasures:
    """The erasures of stored lines that a change brings.

    ``instead``: by their ids the lines that stand in their place, empty where the ``findings`` say
    why these are no erasures. All are let through together, or none is. ``findings`` tell of
    erasures of what was never stored as well.
    """

    lines: tuple[Erasure, ...] = ()
    instead: Mapping[str, Sample] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def erasures(base: State, head: State) -> tuple[State, Erasures]:
    """What head erases of base's lines; and base as it is told today, where it does."""
    known, told = base.store.erased, head.store.erased
    if told == known:
        return base, Erasures()
    findings = list(_taken_back(known, told))
    stored = {one.id: one for one in base.store.samples}
    names, ids = head.store.names_today, {one.id: one for one in head.store.samples}
    lines = tuple(replace(told[name], by=now) for name, now in names.items() if name in stored)
    never = tuple(_never_stored(known, head.store, stored))
    instead = {one.id: ids[names[one.id]] for one in lines if one.id not in ids}
    for name, new in instead.items():
        findings += _differences(stored[name], new, instead, stored)
    findings += _renamings(base, head, instead)
    if not findings:
        today = _today(base, head, instead)
        findings += _predictions(base, head, today, instead)
        if not findings:
            return today, Erasures(lines, instead, never)
    return base, Erasures(lines, findings=(*findings, *never))


def _taken_back(known: Mapping[str, Erasure], told: Mapping[str, Erasure]) -> Iterator[Finding]:
    """What base says was erased stays said: earlier states hold the line by its former id."""
    for name, one in known.items():
        now = told.get(name)
        if one.by != name and (now is None or now.by != one.by):
            what = "is no longer recorded" if now is None else "is recorded differently"
            yield Finding(f"the erasure of sample {short(name)} {what}", one.file, one.line)


def _never_stored(
    known: Mapping[str, Erasure], head: SampleStore, stored: Collection[str]
) -> Iterator[Finding]:
    """A line that nobody had stored and that is told as erased could never be stored any more."""
    for name in sorted({*head.first_names.values()}.difference(known, stored)):
        one = head.erased[name]
        what = f"sample {short(name)} is recorded as erased, but was never stored: delete that"
        yield Finding(what, one.file, one.line)


def _differences(
    old: Sample, new: Sample, instead: Mapping[str, Sample], stored: Mapping[str, Sample]
) -> Iterator[Finding]:
    """What a line says that the one it stands for does not, but for names."""
    told = [name for name in _SAME if getattr(old, name) != getattr(new, name)]
    for link in LINKS:
        target = getattr(old, link)
        if getattr(new, link) != (instead[target].id if target in instead else target):
            told.append(link)
    told += [
        name
        for name in TEXTS
        if getattr(old, name) != getattr(new, name)
        and not (getattr(old, name) and is_salted_text(getattr(new, name) or ""))
    ]
    sides = [
        [(one.operation, one.bytes_before) for one in side.deliverables] for side in (old, new)
    ]
    if sides[0] != sides[1]:
        told.append("deliverables")
    if told:
        yield _finding(old, new, f"changes {', '.join(told)}: only names may change")
    if (old.file, old.line) != (new.file, new.line):
        yield _finding(old, new, f"is not at {old.file}:{old.line}, where it was")
    if new.id in stored:
        yield _finding(old, new, "turns it into another stored line")


def _renamings(base: State, head: State, instead: Mapping[str, Sample]) -> Iterator[Finding]:
    """Names that are not salted, not the same in every line, or those of something else."""
    stored = {one.id: one for one in base.store.samples}
    pairs = [(stored[name], new) for name, new in instead.items()]
    for sort in SORTS:
        taken = {value for one in base.store.samples for value in names_in(one, sort)}
        said: dict[str, str] = {}
        gone: dict[str, Sample] = {}
        for old, new in pairs:
            for was, now in zip(names_in(old, sort), names_in(new, sort), strict=False):
                fresh = was not in said
                if said.setdefault(was, now) != now:
                    yield _finding(old, new, f"gives one {sort} two names")
                elif fresh and was != now:
                    gone[was] = new
                    if now in taken:
                        yield _finding(old, new, f"gives a {sort} the name of another")
                    if sort == PATH:
                        yield from _other_path(old, new, was, now, (base.table, head.table))
                    taken.add(now)
        for one in head.store.samples if gone else ():
            if still := next((gone[it] for it in names_in(one, sort) if it in gone), None):
                what = f"sample {short(one.id)} has a {sort} that {short(still.id)} erases"
                yield Finding(what, one.file, one.line)


def _other_path(
    old: Sample, new: Sample, was: str, now: str, tables: tuple[Table, ...]
) -> Iterator[Finding]:
    if not is_salted(was, now):
        yield _finding(old, new, "gives a path a name that is not salted")
    elif any(table.kind_of(was) != table.kind_of(now) for table in tables):
        yield _finding(old, new, "gives a path another file kind")


def _today(base: State, head: State, instead: Mapping[str, Sample]) -> State:
    """Base as it is told today: its lines, and its answers that name them."""
    gates = base.registry.gates

    def answers(given: Sequence[ListAnswer]) -> tuple[ListAnswer, ...]:
        return tuple(replace(one, subject=subject_today(one.subject, instead)) for one in given)

    told = replace(gates, flattered=answers(gates.flattered), corrected=answers(gates.corrected))
    store = told_today(base.store, instead, head.store)
    return replace(base, registry=replace(base.registry, gates=told), store=store)


def subject_today(subject: str, instead: Mapping[str, Sample]) -> str:
    """What an answer names today: the id of a line, or a retirement by it."""
    file, mark, name = subject.rpartition("#")
    return f"{file}{mark}{instead[name].id}" if name in instead else subject


def _predictions(
    base: State, head: State, today: State, instead: Mapping[str, Sample]
) -> Iterator[Finding]:
    """Calls that are scored otherwise, or predicted otherwise by base or by head."""
    sides = [state.audited() for state in (base, today)]
    tables = (base.table,) if base.digest == head.digest else (base.table, head.table)
    was, now = (_scored(side, tables) for side in sides)
    for one in sides[0]:
        new = instead.get(one.sample.id, one.sample)
        if was[one.sample.id] != now[new.id]:
            yield _finding(one.sample, new, "changes what the call is scored or predicted as")


def _scored(audited: Sequence[Audited], tables: Sequence[Table]) -> Mapping[str, object]:
    """By id the status of each call, and what the tables predict for those that are scored."""
    evidence = Evidence(audited, (*SCORED, "failed"))
    found: dict[str, object] = {one.sample.id: one.status for one in audited}
    columns = [evidence.calls(table).predicted.tolist() for table in tables]
    for at, one in enumerate(evidence.audited):
        found[one.sample.id] = one.status, *(column[at] for column in columns)
    return found


def _finding(old: Sample, new: Sample, what: str) -> Finding:
    return Finding(f"the erasure of sample {short(old.id)} {what}", new.file, new.line)

"""Labels that somebody declares in a file beside the calls: by phase, run, path or time."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final

from coefgate.core.paths import glob_regex
from coefgate.core.problems import InvalidInput, Problem, UsageProblem, explained
from coefgate.registry.document import UNREADABLE, Document, Fault
from coefgate.registry.wording import described, did_you_mean, listed, printable
from coefgate.samples.foreign.labels.label import Label, LabelFacts, path_matcher
from coefgate.samples.foreign.labels.sidecar_formats import READERS, sidecar_document
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.model import instant

KEYS: Final = ("phase_id", "run_id", "path", "from", "until")
"""What calls are found by; an entry states one at least, and all that it states must hold."""
LABELS: Final = ("category", "complexity")
_AN_ENTRY: Final = (
    f"an entry says which calls ({listed(KEYS, 'or')}) have which {listed(LABELS, 'or')}"
)


@dataclass(frozen=True, slots=True)
class DeclaredLabel:
    """The label of calls for which all that is not ``None`` holds; ``line``: where it begins.

    ``matches``: truth of a path that is meant.
    """

    label: Label
    line: int
    phase_id: str | None
    run_id: str | None
    matches: Callable[[str], object] | None
    begin: float | None
    end: float | None

    def holds(self, facts: LabelFacts) -> bool:
        """A path is that of one of the files; times are from ``begin`` to before ``end``."""
        if self.phase_id is not None and self.phase_id != facts.phase_id:
            return False
        if self.run_id is not None and self.run_id != facts.run_id:
            return False
        if self.matches and not any(self.matches(one.path) for one in facts.deliverables):
            return False
        if self.begin is None and self.end is None:
            return True
        if facts.observed_at is None:
            return False
        when = instant(facts.observed_at)
        return (self.begin is None or self.begin <= when) and (self.end is None or when < self.end)


@dataclass(frozen=True, slots=True)
class LabelSidecar:
    """Declared labels by the phase or run that they are of, those of neither by ``None``."""

    by_work: Mapping[str | None, Sequence[DeclaredLabel]]

    def labels(self, facts: LabelFacts) -> list[DeclaredLabel]:
        """Every label that is declared for a call, in the order of the file."""
        works = dict.fromkeys((facts.phase_id, facts.run_id, None))
        asked = chain.from_iterable(self.by_work.get(work, ()) for work in works)
        return sorted((one for one in asked if one.holds(facts)), key=lambda one: one.line)

    def unused(self, used: Container[DeclaredLabel]) -> list[int]:
        """The lines of labels that are not among ``used``, in order."""
        every = chain.from_iterable(self.by_work.values())
        return sorted(one.line for one in every if one not in used)


def read_label_sidecar(file: Path) -> LabelSidecar:
    """The labels in ``file``: CSV with a header, JSON Lines or a YAML list, by its ending.

    Raises ``UsageProblem`` where it has another one, ``InvalidInput`` with every problem of it.
    """
    if file.suffix not in READERS:
        raise UsageProblem(
            f"{file} is not a file of labels: these end with {listed(READERS, 'or')}."
        )
    with explained(f"{file} cannot be read", f"Check it with: ls -l {shlex.quote(str(file))}"):
        content = file.read_bytes()
    document, problems = sidecar_document(content, file.as_posix(), file.suffix)
    if told := {*problems, *_problems(document)}:
        raise InvalidInput(told)
    by_work: dict[str | None, list[DeclaredLabel]] = {}
    for index, stated in enumerate(document.data):
        one = _declared(stated, document.mark((index,))[0])
        by_work.setdefault(one.run_id if one.phase_id is None else one.phase_id, []).append(one)
    return LabelSidecar(by_work)


def _declared(stated: Mapping[str, str], line: int) -> DeclaredLabel:
    label = Label(stated.get("category"), stated.get("complexity"), "declared")
    begin, end = (_instant(stated.get(name)) for name in ("from", "until"))
    phase, run, path = map(stated.get, ("phase_id", "run_id", "path"))
    matches = None if path is None else path_matcher((path,))  # kept: a file may have thousands
    return DeclaredLabel(label, line, phase, run, matches, begin, end)


def _instant(time: str | None) -> float | None:
    when = observed_at(time)
    return None if when is None else instant(when)


def _problems(document: Document) -> Iterator[Problem]:
    for index, stated in enumerate(document.data):
        for fault in _faults(stated):
            is_on_key = fault.code == "unknown-key"
            place = document.mark((index, *fault.path), key=is_on_key)
            named = replace(fault, path=fault.path or ("the entry",))
            yield named.placed(document.file, *place)


def _faults(stated: Any) -> Iterator[Fault]:
    """What is wrong with an entry."""
    if not isinstance(stated, dict):
        if stated is not UNREADABLE:
            found, fix = f"is {described(stated)}", "Write its keys and labels."
            yield Fault("wrong-type", found, _AN_ENTRY, fix)
        return
    known = (*KEYS, *LABELS)
    unknown = [name for name in stated if name not in known]
    for name in unknown:
        fix = did_you_mean(name, known, "Delete it.")
        yield Fault("unknown-key", "is not a key here", _AN_ENTRY, fix, (name,))
    for name, value in stated.items():
        if name in known and value is not UNREADABLE:
            yield from _faults_of_value(name, value)
    if unknown:  # what it was to say is not known
        return
    for needed, what in ((KEYS, "names no calls"), (LABELS, "states no label")):
        if stated.keys().isdisjoint(needed):
            fix = f"Add {listed(needed, 'or')}, or delete it."
            yield Fault("missing-key", what, _AN_ENTRY, fix)


def _faults_of_value(name: str, value: object) -> Iterator[Fault]:
    if not isinstance(value, str) or not value:
        is_plain = value and not isinstance(value, list | dict)
        fix = "Put it in quotes." if is_plain else "Write one, or delete the key."
        yield Fault("wrong-type", f"is {described(value)}", "it is a text", fix, (name,))
    elif name == "path":
        try:
            glob_regex(value)
        except ValueError as error:
            found = f'is "{printable(value)}", which {error}'
            allowed = "globs are written as docs/reference/path-rules.md says"
            yield Fault("bad-glob", found, allowed, "Change the glob.", (name,))
    elif name in {"from", "until"} and observed_at(value) is None:
        found, allowed = f'is "{printable(value)}"', "a time has a day, an hour and an offset"
        fix = "Write it like 2026-03-01T09:30:00+01:00."
        yield Fault("bad-form", found, allowed, fix, (name,))

"""Plants one kind after the other, asks the gate about each, and says whether it is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from random import Random
from re import Pattern
from typing import Any, Final, Literal, Protocol

from coefgate.drill.fileset import FileChanges, Fileset, with_reasons
from coefgate.drill.plant import EXIT_CODES, WHY, Expected, Kind, NotPlantable, Plant, Side

_VERDICTS: Final = {0: "pass", 1: "fail", 3: "invalid", 4: "not-measurable", 5: "no answer"}

Outcome = Literal["ok", "wrong", "not-planted"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate said: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Gate = Callable[[Sequence[str]], Answer]
"""The program under test: from command-line arguments after ``coefgate`` to its answer."""


class Scratch(Protocol):
    """A repository that may be spoiled: what the drill asks of a ``ScratchRepository``."""

    def commit(self, files: FileChanges, *, parent: str | None) -> str: ...

    def release(self, commit: str, version: str | None, /) -> None: ...

    def check_out(self, commit: str) -> None: ...

    def write(self, files: FileChanges) -> None: ...

    def read(self, folder: str, /) -> Mapping[str, bytes]: ...

    def clone(self, commit: str, *, ref: str, depth: int | None) -> str: ...

    @property
    def folder(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one kind.

    ``exit_code`` and ``verdict`` are ``None`` where nothing was planted; ``rules``: those that did
    not pass. ``note``: why it is wrong, why nothing was planted, or why the registry was refused.
    """

    kind: str
    side: Side
    file: str
    planted: str
    expected: Expected
    exit_code: int | None
    verdict: str | None
    rules: tuple[str, ...]
    status: Outcome
    note: str

    @property
    def objection(self) -> str:
        """The rules that did not pass; of a registry that was refused, its first problem.

        That is read where the gate's command said it, ``FILE:LINE:COLUMN  PROBLEM; …``.
        """
        if self.rules or self.verdict != "invalid":
            return ", ".join(self.rules)
        return self.note.partition("  ")[2].partition(";")[0]


@dataclass(frozen=True, slots=True)
class Drill:
    """A whole drill. The same seed on the same registry plants the same changes."""

    seed: int
    rows: tuple[Row, ...]

    def planted(self, side: Side) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.side == side and row.status != "not-planted")

    def right(self, side: Side) -> tuple[Row, ...]:
        """The rows of one side in which the gate did what it is for."""
        return tuple(row for row in self.rows if row.side == side and row.status == "ok")

    @property
    def wrong(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.status == "wrong")


def rows(
    state: Fileset, kinds: Iterable[Kind], *, seed: int, gate: Gate, scratch: Scratch
) -> Iterator[Row]:
    """What came of each kind; ``seed`` and the name of a kind alone decide what it plants."""
    root = cache(partial(scratch.commit, state.files, parent=None))
    for kind in kinds:
        try:
            plant = kind.plant(state, Random(f"{seed}/{kind.name}"))  # noqa: S311 (draws, no secrets)
        except NotPlantable as reason:
            about = (kind.name, kind.side, "", "", kind.expected)
            yield Row(*about, None, None, (), "not-planted", str(reason))
            continue
        base = _accepted(plant, state, scratch, root)
        changed = plant.changed
        if plant.refit:
            tuned, changed = _refitted(plant, base, gate, scratch)
            if tuned.code:
                yield _row(kind, plant, tuned)
                continue
        head = scratch.commit(changed, parent=base)
        where: tuple[str, ...] = "--base", base, "--head", head, "--registry", scratch.folder
        if plant.checkout is not None:
            ref, depth = plant.checkout
            where = "--registry", scratch.clone(head, ref=ref, depth=depth)
        yield _row(kind, plant, gate(("gate", *where, "--format", "json")))


def _accepted(plant: Plant, state: Fileset, scratch: Scratch, root: Callable[[], str]) -> str:
    """The commit at which a proposal starts; ``root``: the accepted state, committed once."""
    first, *further = plant.past or ({},)
    is_root = not first and not plant.released
    tip = root() if is_root else scratch.commit(state.after(first).files, parent=None)
    if plant.released:
        scratch.release(tip, plant.version)
    for files in further:
        tip = scratch.commit(files, parent=tip)
    if plant.tagged:
        scratch.release(tip, None)
    return tip


def _refitted(plant: Plant, base: str, gate: Gate, scratch: Scratch) -> tuple[Answer, FileChanges]:
    """What the program's own command answers that fits numbers, and the files that it leaves.

    The drill fits nothing itself: whoever proposes a procedure takes the values from there.
    """
    scratch.check_out(base)
    scratch.write(plant.changed)
    answer = gate(("tune", "--write", "--registry", scratch.folder))
    left = scratch.read("coefficients")
    reasoned = {path: with_reasons(content, WHY) for path, content in left.items()}
    return answer, {**plant.changed, **reasoned}


def _row(kind: Kind, plant: Plant, answer: Answer) -> Row:
    try:
        report = json.loads(answer.out)
        rules = tuple(rule["rule"] for rule in report["rules"] if rule["status"] != "pass")
    except (ValueError, KeyError, TypeError):
        report, rules = None, ()
    is_right = answer.code in EXIT_CODES[kind.expected]
    complaints = list(unsaid(report, plant.report))
    if missing := sorted(plant.rules.difference(rules)):
        complaints = [f"stopped, but not by {', '.join(missing)}"]
    note = "; ".join(complaints) if is_right else ""
    if not note and answer.code not in (0, 1, 4):
        note = answer.err.strip().partition("\n")[0]
    return Row(
        kind=kind.name,
        side=kind.side,
        file=plant.file,
        planted=plant.what,
        expected=kind.expected,
        exit_code=answer.code,
        verdict=_VERDICTS.get(answer.code, "error"),
        rules=rules,
        status="ok" if is_right and not complaints else "wrong",
        note=note,
    )


def unsaid(report: Any, facts: Mapping[str, object]) -> Iterator[str]:
    """What a report does not say as it must, one sentence for each place.

    ``facts``: from a place in ``gate --format json`` to what must stand there. A place is keys and
    indices with dots between, ``metrics.head.samples`` or ``rules.0.limit``; in a list of objects
    a word is the object that holds it as the value of a field, ``rules.smape.head``. A pattern
    must be found in the text that stands there, or in one of several; anything else must equal it,
    numbers to six decimals.
    """
    for place, expected in facts.items():
        found = _at(report, place)
        if not _says(found, expected):
            wanted = expected.pattern if isinstance(expected, Pattern) else expected
            yield f"{place} is {found!r}, not {wanted!r}"


def _at(report: Any, place: str) -> Any:
    """What stands at a place; ``None`` where there is none."""
    for step in place.split("."):
        if isinstance(report, list):
            held = (one for one in report if isinstance(one, Mapping) and step in one.values())
            report = next(iter(report[int(step) :]) if step.isdecimal() else held, None)
        else:
            report = report.get(step) if isinstance(report, Mapping) else None
    return report


def _says(found: Any, expected: object) -> bool:
    if isinstance(expected, Pattern):
        texts = found if isinstance(found, list) else [found]
        return any(isinstance(text, str) and expected.search(text) for text in texts)
    if isinstance(found, float) and isinstance(expected, (int, float)):
        return round(found, 6) == round(float(expected), 6)
    return bool(found == expected)

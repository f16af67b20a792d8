"""Plants one kind after the other, asks the gate about each, and says whether it is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from random import Random
from typing import Any, Final, Literal, Protocol

from coefgate.drill.fileset import FileChanges, Fileset
from coefgate.drill.plant import EXIT_CODES, Expected, Kind, NotPlantable, Plant, Side
from coefgate.drill.report_facts import unsaid

_VERDICTS: Final = {0: "pass", 1: "fail", 3: "invalid", 4: "not-measurable", 5: "no answer"}

Status = Literal["ok", "wrong", "not-planted"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate said: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Gate = Callable[[Sequence[str]], Answer]
"""The gate under test: from command-line arguments after ``coefgate`` to its answer."""


class Scratch(Protocol):
    """A repository that may be spoiled: what the drill asks of a ``ScratchRepository``."""

    def commit(self, files: FileChanges, *, parent: str | None) -> str: ...

    def release(self, commit: str, version: str | None, /) -> None: ...

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
    status: Status
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
        head = scratch.commit(plant.changed, parent=base)
        answer = gate(("gate", *_where(plant, base, head, scratch), "--format", "json"))
        yield _row(kind, plant, answer)


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


def _where(plant: Plant, base: str, head: str, scratch: Scratch) -> tuple[str, ...]:
    if plant.checkout is None:
        return "--base", base, "--head", head, "--registry", scratch.folder
    return "--registry", scratch.clone(head, ref=plant.checkout.ref, depth=plant.checkout.depth)


def _row(kind: Kind, plant: Plant, answer: Answer) -> Row:
    report = _report(answer)
    rules = _objecting(report)
    is_right = answer.code in EXIT_CODES[kind.expected]
    complaints = list(_complaints(plant, report, rules)) if is_right else []
    note = "; ".join(complaints)
    if answer.code not in (0, 1, 4):
        note = note or answer.err.strip().partition("\n")[0]
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


def _complaints(plant: Plant, report: Any, rules: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with the right exit code."""
    if missing := sorted(plant.rules - set(rules)):
        yield f"stopped, but not by {', '.join(missing)}"
    else:
        yield from unsaid(report, plant.report)


def _report(answer: Answer) -> Any:
    try:
        return json.loads(answer.out)
    except ValueError:
        return None


def _objecting(report: Any) -> tuple[str, ...]:
    try:
        return tuple(rule["rule"] for rule in report["rules"] if rule["status"] != "pass")
    except (KeyError, TypeError):
        return ()

"""What says ``fit`` is what the procedure gives: a part of ``fit-claims``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from coefgate.changes.change import Change, ChangeKind
from coefgate.changes.interval_words import scope_name
from coefgate.gates.interval_claims import Measure
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding
from coefgate.registry.files import FOLDER
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import written
from coefgate.registry.tuning import FILE

_TAKES: Final[frozenset[ChangeKind]] = frozenset(
    ("alias", "path-rules", "applies-to", "model-rules", "setting")
)
"""Changes by which calls take other numbers, so that the procedure may give others."""
_MARGINS: Final = f"{FOLDER}/safety_margins.yaml"


def procedure_claims(
    proposal: Proposal,
    changes: Sequence[Change],
    procedure: Callable[[], Sequence[Coefficients]],
    measure: Measure,
) -> Iterator[Finding]:
    """Numbers that say ``fit`` and are not what the procedure gives, and intervals left behind.

    Those that change are asked; all of them where the procedure changes, or which of them calls
    take. ``procedure``: what it gives, and on other machines may give in its place; empty where
    nothing says.
    """
    base, head = proposal.base.registry, proposal.head.registry
    tuning = head.tuning
    if tuning is None:
        return
    stored = {sample.file for sample in proposal.head.store.samples}
    for file in tuning.samples:
        if file not in stored and (base.tuning is None or file not in base.tuning.samples):
            told = f"names {file}, which holds no stored call"
            yield Finding(f"tuning.yaml {told}", FILE, 1)
    another = base.tuning is None or base.tuning.gives_by != tuning.gives_by
    another |= any(one.kind in _TAKES and not proposal.returned(one) for one in changes)
    moved = {change.key for change in changes if not proposal.returned(change)}
    asked = [
        value
        for key, value in head.numbers.items()
        if value.basis.kind == "fit" and (another or key in moved)
    ]
    given = procedure() if asked else ()
    for value in asked if given else ():
        found = [one.numbers[value.key].number for one in given]
        if value.number not in found:
            told = f"{value.name} says fit, and the procedure gives {written(found[0])}"
            remedy = "fit it again with coefgate tune --write, or say what else it is based on"
            yield Finding(told, value.file, value.line, value.key, remedy=remedy)
    if asked:
        yield from _left_behind(base, head, measure)


def _left_behind(base: Coefficients, head: Coefficients, measure: Measure) -> Iterator[Finding]:
    """Intervals that stay as they are while the numbers move under them.

    Those that change are asked by themselves.
    """
    stated = head.intervals.scopes
    kept = [scope for scope, one in stated.items() if base.intervals.scopes.get(scope) == one]
    measured = measure() if kept else None
    for scope in kept:
        if measured is None or measured.scopes.get(scope) != stated[scope]:
            name = scope_name(scope)
            told = f"{name} is no longer what the procedure measures for these numbers"
            line = head.lines.get(name, head.lines.get("intervals", 1))
            remedy = "measure it again with coefgate tune --write"
            yield Finding(told, _MARGINS, line, remedy=remedy)

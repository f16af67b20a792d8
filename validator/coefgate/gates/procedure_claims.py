"""What says ``fit`` is what the procedure gives: a part of ``fit-claims``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from coefgate.changes.change import Change
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import written
from coefgate.registry.tuning import FILE


def procedure_claims(
    proposal: Proposal, changes: Sequence[Change], procedure: Callable[[], Coefficients | None]
) -> Iterator[Finding]:
    """Numbers that say ``fit`` and are not what the procedure gives.

    Those that change are asked; all of them where the procedure changes.
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
    moved = {change.key for change in changes if not proposal.returned(change)}
    asked = [
        value
        for key, value in head.numbers.items()
        if value.basis.kind == "fit" and (another or key in moved)
    ]
    given = procedure() if asked else None
    for value in asked if given else ():
        found = given.numbers[value.key] if given else value
        step = Fraction(1, 1000) if value.key.is_factor else Fraction(tuning.round_to)
        if abs(found.number - value.number) > step:
            told = f"{value.name} says fit, and the procedure gives {written(found.number)}"
            way_on = "fit it anew with coefgate tune --write, or say what else it rests on"
            yield Finding(f"{told}; {way_on}", value.file, value.line, value.key)

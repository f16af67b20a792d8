"""What an imported call is labelled by its source, a file beside it and rules, taken together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from coefgate.core.vocabulary import Deliverable
from coefgate.registry.labels import LabelRule
from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.labels.label import Label, LabelFacts, label_by_rule, settled_label
from coefgate.samples.foreign.labels.sidecar import DeclaredLabel, LabelSidecar

Labeller = Callable[[ForeignCall, tuple[Deliverable, ...]], Label | None]
"""What a call with these files is labelled; ``None`` where labels contradict each other."""
_NO_ALIASES: Final[Mapping[str, str]] = MappingProxyType({})


def labeller(
    rules: Sequence[LabelRule] = (),
    sidecar: LabelSidecar | None = None,
    *,
    aliases: Mapping[str, str] = _NO_ALIASES,
    used: Callable[[DeclaredLabel], object] = lambda _: None,
) -> Labeller:
    """What labels calls.

    ``aliases``: the category that another name leads to. ``used`` is told each declared label that
    holds for a call.
    """

    def label(call: ForeignCall, deliverables: tuple[Deliverable, ...]) -> Label | None:
        facts = LabelFacts(
            run_id=call.run_id,
            phase_id=call.phase_id,
            branch=call.branch,
            observed_at=call.observed_at,
            deliverables=deliverables,
            complete=call.paths == "real",
        )
        declared = [] if sidecar is None else sidecar.labels(facts)
        for one in declared:
            used(one)
        logged = Label(call.category, call.complexity, call.label_origin)
        stated = (logged, *(one.label for one in declared))
        return settled_label(stated, label_by_rule(rules, facts), aliases=aliases)

    return label


labels_of_source: Final = labeller()
"""What the source itself says."""

"""New calls of foreign sources, labelled as a registry says: told as a whole, or in parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from coefgate.core.redaction import redacted
from coefgate.registry.model import Coefficients
from coefgate.registry.wording import first_of
from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.collected import Collected
from coefgate.samples.foreign.importing import Collector, Redaction
from coefgate.samples.foreign.labels.labelling import labeller
from coefgate.samples.foreign.labels.sidecar import DeclaredLabel, read_label_sidecar
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.stored_calls import StoredCalls
from coefgate.samples.model import Sample
from coefgate.samples.redaction import path_redactor


@dataclass(frozen=True, slots=True)
class ForeignOptions:
    """How foreign records are read.

    ``origin``: the folder of ``samples/`` they go to, the name of the format unless given.
    ``unit``: what each sample tells of, that of the registry unless given, where the format has
    it. ``label_file``: labels of calls whose source may not state them; rules of the registry
    label the rest. ``redact_with``: the salt of the names that paths are stored under, if they are
    hidden.
    """

    origin: str | None = None
    unit: SampleUnit | None = None
    map_file: Path | None = None
    label_file: Path | None = None
    workspace: str | None = None
    redact_with: bytes | None = None


CallsOfSources: TypeAlias = Iterable[tuple[ForeignSource, Iterable[ForeignCall]]]
"""Sources with the calls that each tells, one after the other."""
PLAIN: Final = ForeignOptions()
_REDACTED: Final = (
    "paths under salted names; each was checked against the path rules and keeps its file kind, "
    "and no two became one, so predictions are the same"
)
_LINES_NAMED: Final = 5
"""Lines of labels that hold for no call, of those that are named."""


class NewCalls:
    """Collects the calls that are told and not ``stored``, labelled as ``registry`` says.

    ``origin``: the folder of ``samples/`` for those that name none.
    """

    def __init__(
        self,
        origin: str,
        options: ForeignOptions,
        registry: Coefficients,
        stored: Iterable[Sample],
    ) -> None:
        self._options = options
        self._redact: Redaction | None = None
        if options.redact_with is not None:
            salted = path_redactor(options.redact_with, (registry,))
            self._redact = partial(redacted, redact=salted)
        file = options.label_file
        self._labels = None if file is None else read_label_sidecar(file)
        self._used: set[DeclaredLabel] = set()
        self._collector = partial(
            Collector,
            origin,
            stored=StoredCalls(stored),
            label=labeller(
                registry.label_rules,
                self._labels,
                aliases=registry.canonical_category,
                used=self._used.add,
            ),
            redact=self._redact,
            workspace=options.workspace,
        )

    def whole(self, told: CallsOfSources) -> Collected:
        """What was collected of all that is told."""
        return self.with_notes(self.collected(told))

    def collected(self, told: CallsOfSources) -> Collected:
        """What was collected of one part, of whose calls no other part tells."""
        return collected_by(self._collector(), told)

    def with_notes(self, collected: Collected) -> Collected:
        """All that was collected, with what is to be said of all of it together."""
        notes = collected.notes
        if self._redact is not None and collected.taken.calls:
            notes = (*notes, _REDACTED)
        unused = self._labels.unused(self._used) if self._labels and collected.taken.calls else []
        if unused:
            lines = first_of([str(line) for line in unused], _LINES_NAMED)
            of_file = f"labels in {self._options.label_file} that match no new call"
            notes = (*notes, f"{of_file}: lines {lines}")
        return replace(collected, notes=notes)


def collected_by(collector: Collector, told: CallsOfSources) -> Collected:
    """What a new collector makes of all that is told."""
    for source, calls in told:
        collector.take(source, calls)
    return collector.collected()

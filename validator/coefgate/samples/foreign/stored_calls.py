"""The calls that are stored already: those that a source tells of are compared with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from coefgate.samples.foreign.call_identity import call_facts
from coefgate.samples.model import Sample


class StoredCalls:
    """``tokens``: of each call, by its ``call_id`` or by its facts.

    ``told_at``: those without an id, by origin and reference. ``ids``: of all, by the same.
    """

    def __init__(self, stored: Iterable[Sample]) -> None:
        self.tokens: dict[object, int] = {}
        self.told_at: dict[tuple[str, str], Sample] = {}
        self.ids: dict[tuple[str, str], str] = {}
        times: Counter[object] = Counter()
        for sample in stored:
            at = sample.origin, sample.reference
            self.ids[at] = sample.id
            if sample.call_id is not None:
                self.tokens[sample.call_id] = sample.actual_output_tokens
            else:
                facts = call_facts(sample, sample.deliverables)
                times[facts] += 1
                self.tokens[facts, times[facts]] = sample.actual_output_tokens
                self.told_at[at] = sample


NOTHING_STORED: Final = StoredCalls(())

"""``corrected``: a correction keeps who the call is and what it says, or is acknowledged by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from coefgate.gates.list_answers import ListAnswers
from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.gates.scored_calls import Correction
from coefgate.samples.eligibility import short
from coefgate.samples.identity import WHO
from coefgate.samples.model import SCORED, Audited, Sample
from coefgate.samples.order import instant

RULE: Final = "corrected"
_SAYS: Final = {"censored": 1, "eligible": 2}
"""How much a call says by its status; any other says nothing."""


def corrected(proposal: Proposal, corrections: Sequence[Correction]) -> RuleResult:
    """Every correction that needs a reason has one that came in with it."""
    base, head = proposal.base.registry, proposal.head.registry
    answers = ListAnswers.of(base.gates.corrected, head.gates.corrected)
    findings = []
    for one in corrections:
        after = one.after.sample
        asked = tuple(what_asks(one, head.canonical_category))
        if asked and after.id not in answers.fresh:
            form = answers.way_on(after.id, f'corrected: [{{id: "{after.id}", reason: "…"}}]')
            told = f"the correction of sample {short(one.before.sample.id)} {', '.join(asked)} ({form})"
            findings.append(Finding(told, after.file, after.line, after.id))
    return finding_result(
        RULE,
        "no correction changes who a call is, its labels or what it is predicted from, or makes it say less, "
        "or acknowledged",
        findings,
        n=len(corrections),
        good="No correction makes another call of a scored one, or it is acknowledged.",
        way_on="Leave these fields as they were stored, or say why in the list corrected of "
        "coefficients/gates.yaml, each in the form shown.",
    )


def what_asks(one: Correction, canonical: Mapping[str, str]) -> Iterator[str]:
    """What of a correction needs a reason, in words; nothing where neither line was, or is, scored.

    A call that was retired counts like one that was scored: it came to be out of scoring with a reason, and
    comes back as what it was.
    """
    before, after = one.before, one.after
    was_scored = before.status in {*SCORED, "retired"}
    if not was_scored and after.status not in SCORED:
        return
    if moved := list(_who_differs(before.sample, after.sample)):
        yield f"changes who the call is ({', '.join(moved)})"
    if not was_scored:
        return
    if less := _says_less(before, after):
        yield less
    if swapped := list(_labels_differ(before.sample, after.sample, canonical)):
        yield f"swaps its labels ({', '.join(swapped)})"
    if other := list(_work_differs(before.sample, after.sample)):
        yield f"changes what it is predicted from ({', '.join(other)})"


def _who_differs(old: Sample, new: Sample) -> Iterator[str]:
    yield from (name for name in WHO if getattr(old, name) != getattr(new, name))
    if instant(old.observed_at) != instant(new.observed_at):
        yield "observed_at"


def _says_less(before: Audited, after: Audited) -> str:
    """Why a call says less than it did; empty where it says as much.

    One that was cut off says "at least this many", so it says less where fewer tokens take its place.
    """
    was, now = _SAYS.get(before.status, 0), _SAYS.get(after.status, 0)
    reached, needed = before.sample.actual_output_tokens, after.sample.actual_output_tokens
    if now < was:
        return f"makes it say less ({before.status} → {after.status})"
    if now and before.sample.truncated and needed < reached:
        return f"makes it say less (it was cut off at {reached:,} tokens, and needed {needed:,} now)"
    return ""


def _labels_differ(old: Sample, new: Sample, canonical: Mapping[str, str]) -> Iterator[str]:
    labels = [canonical.get(str(one.category), one.category) for one in (old, new)]
    if labels[0] != labels[1]:
        yield "category"
    if old.complexity != new.complexity:
        yield "complexity"


def _work_differs(old: Sample, new: Sample) -> Iterator[str]:
    if frozenset(old.deliverables) != frozenset(new.deliverables):
        yield "deliverables"
    yield from (name for name in ("model", "unit") if getattr(old, name) != getattr(new, name))

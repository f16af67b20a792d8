"""``corrected``: a correction keeps who the call is and what it says, or is acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from coefgate.changes.sample_moves import Correction
from coefgate.gates.acknowledgements import TAKE_BACK, ListAnswers
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.samples.identity import WHO
from coefgate.samples.links import corrected_lines
from coefgate.samples.model import Sample, instant
from coefgate.samples.status import Audited, short

RULE: Final = "corrected"
_SAYS: Final = {"censored": 1, "eligible": 2}
"""How much a call says by its status; any other says nothing."""


def corrected(proposal: Proposal) -> RuleResult:
    """Every correction that needs a reason has one that came in with it."""
    corrections = proposal.corrections
    base, head = proposal.base.registry, proposal.head.registry
    answers = ListAnswers.of(base.gates.corrected, head.gates.corrected)
    ids = {sample.id: sample for sample in proposal.base.store.samples} if corrections else {}
    added = {sample.id for sample in proposal.moves.added}
    findings = list(answers.misplaced(added))
    misplaced = bool(findings)
    for one in corrections:
        after = one.after.sample
        told = tuple(corrected_lines(one.before.sample, ids))
        asked = tuple(what_asks(one, told, head.canonical_category))
        if asked:
            form = answers.way_on(after.id, f'corrected: [{{id: "{after.id}", reason: "…"}}]')
            which = f"the correction of sample {short(one.before.sample.id)}"
            words, answered = f"{which} {', '.join(asked)} ({form})", after.id in answers.fresh
            findings.append(
                Finding(words, after.file, after.line, subject=after.id, answered=answered)
            )
    return finding_result(
        RULE,
        "no correction changes who a call is, its labels, what it is predicted from or whether it "
        "is scored, or makes it say less, or acknowledged",
        findings,
        n=len(corrections),
        good="No correction makes another call of a stored one, or it is acknowledged.",
        way_on=TAKE_BACK
        if misplaced
        else "Leave these fields as they were stored, or say why in the list corrected of "
        "coefficients/gates.yaml, each in the form shown.",
    )


def what_asks(
    one: Correction, told: Sequence[Sample], canonical: Mapping[str, str]
) -> Iterator[str]:
    """What of a correction needs a reason, in words; what was not known before may be filled in.

    A line that is not scored today may be tomorrow. ``told``: every stored line of the call, since
    two small corrections may say less than none.
    """
    before, after = one.before, one.after
    old, new = before.sample, after.sample
    for what, why in (
        ("decides between two facts", [str(before.reason)] * (before.status == "contradictory")),
        ("changes who the call is", _who_differs(old, new)),
        ("makes it say less", _says_less(before, after, told)),
        ("swaps its labels", _labels_differ(old, new, canonical)),
        ("changes what it is predicted from", _work_differs(old, new)),
        ("changes whether it is scored", _facts_differ(old, new)),
    ):
        if named := ", ".join(why):
            yield f"{what} ({named})"


def _who_differs(old: Sample, new: Sample) -> Iterator[str]:
    yield from (name for name in WHO if getattr(old, name) != getattr(new, name))
    if instant(old.observed_at) != instant(new.observed_at):
        yield "observed_at"


def _says_less(before: Audited, after: Audited, told: Sequence[Sample]) -> Iterator[str]:
    """Why a call says less than it did, if it does; one that was cut off says "more than this"."""
    was, now = _SAYS.get(before.status, 0), _SAYS.get(after.status, 0)
    reached = max((one.actual_output_tokens for one in told if one.truncated), default=0)
    needed = after.sample.actual_output_tokens
    if now < was:
        yield f"{before.status} → {after.status}"
    elif needed < reached or (needed == reached and not after.sample.truncated):
        yield f"it was cut off at {reached:,} tokens, and needed {needed:,} now"


def _labels_differ(old: Sample, new: Sample, canonical: Mapping[str, str]) -> Iterator[str]:
    labels = [canonical.get(str(one.category), one.category) for one in (old, new)]
    if labels[0] not in {labels[1], None}:
        yield "category"
    yield from _differ(old, new, ("complexity",))


def _work_differs(old: Sample, new: Sample) -> Iterator[str]:
    if frozenset(old.deliverables) != frozenset(new.deliverables):
        yield "deliverables"
    yield from (name for name in ("model", "unit") if getattr(old, name) != getattr(new, name))


def _facts_differ(old: Sample, new: Sample) -> Iterator[str]:
    """What decides whether a call is scored; one that was cut off may be complete, or longer."""
    ran_on = old.truncated and not new.truncated
    yield from _differ(old, new, ("paths", "duplicate_of"))
    yield from () if ran_on else _differ(old, new, ("success", "truncated"))


def _differ(old: Sample, new: Sample, names: Iterable[str]) -> Iterator[str]:
    """Fields that were known and are said otherwise."""
    yield from (name for name in names if getattr(old, name) not in {None, getattr(new, name)})

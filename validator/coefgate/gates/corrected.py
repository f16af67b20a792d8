"""``corrected``: a correction keeps who the call is and what it says, or is acknowledged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from coefgate.changes.sample_moves import Correction
from coefgate.gates.acknowledgements import TAKE_BACK, ListAnswers
from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.samples.links import corrected_lines
from coefgate.samples.model import WHO, Sample
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
    findings = list(answers.misplaced({sample.id for sample in proposal.moves.added}))
    misplaced = bool(findings)
    for one in corrections:
        before, after = one.before.sample, one.after.sample
        told = tuple(corrected_lines(before, ids))
        if asked := ", ".join(what_asks(one, told, head.canonical_category)):
            which = f"the correction of sample {short(before.id)} {asked}"
            answer = f'corrected: [{{id: "{after.id}", reason: "…"}}]'
            at = Finding(which, after.file, after.line, subject=after.id)
            findings.append(answers.asked_for(at, answer))
    return finding_result(
        RULE,
        "no correction changes who a call is, its labels, what it is predicted from or whether it "
        "is scored, or makes it say less, unless acknowledged",
        findings,
        n=len(corrections),
        good="No correction turns a stored call into another, or it is acknowledged.",
        remedy=TAKE_BACK
        if misplaced
        else "Leave these fields as they were stored, or say why in the list corrected of "
        "coefficients/gates.yaml, each in the form shown.",
    )


def what_asks(
    one: Correction, told: Sequence[Sample], canonical: Mapping[str, str]
) -> Iterator[str]:
    """What needs a reason, scored today or not; what was not known before may be filled in.

    ``told``: every stored line of the call, since two small corrections may say less than none.
    """
    before, after = one.before, one.after
    old, new = before.sample, after.sample
    differ = {field.field for field in one.fields}
    known = {field.field for field in one.fields if field.before is not None}
    # What an alias says is no other category, nor is another order of files other work, and a
    # call that was cut off may be complete, or longer.
    if len({canonical.get(str(side.category), side.category) for side in (old, new)}) == 1:
        known.discard("category")
    if frozenset(old.deliverables) == frozenset(new.deliverables):
        differ.discard("deliverables")
    if old.truncated and not new.truncated:
        known -= {"success", "truncated"}

    def among(these: Collection[str], *names: str) -> list[str]:
        return [name for name in names if name in these]

    for what, why in (
        ("decides between two facts", [before.reason] * (before.status == "contradictory")),
        ("changes who the call is", among(differ, *WHO, "observed_at")),
        ("makes it say less", _says_less(before, after, told)),
        ("swaps its labels", among(known, "category", "complexity")),
        ("changes what it is predicted from", among(differ, "deliverables", "model", "unit")),
        (
            "changes whether it is scored",
            among(known, "paths", "deliverables_from", "duplicate_of", "success", "truncated"),
        ),
    ):
        if named := ", ".join(why):
            yield f"{what} ({named})"


def _says_less(before: Audited, after: Audited, told: Sequence[Sample]) -> Iterator[str]:
    """Why a call says less than it did, if it does; one that was cut off says "more than this"."""
    was, now = _SAYS.get(before.status, 0), _SAYS.get(after.status, 0)
    reached = max((one.actual_output_tokens for one in told if one.truncated), default=0)
    needed = after.sample.actual_output_tokens
    if now < was:
        yield f"{before.status} → {after.status}"
    elif needed < reached or (needed == reached and not after.sample.truncated):
        yield f"it was cut off at {reached:,} tokens, and now says {needed:,}"

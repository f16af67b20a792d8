"""``sample-removed``, ``sample-changed`` and ``retired-with-values``: what is stored stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.samples.model import FIELDS, WHO, Erasure, Retirement, Sample, instant
from coefgate.samples.status import short


def sample_removed(proposal: Proposal) -> RuleResult:
    """Every stored line of base is still there."""
    altered = _told_anew(proposal)
    return finding_result(
        "sample-removed",
        "no stored call is gone",
        [
            Finding(f"sample {short(one.id)} of {one.file}:{one.line} is gone", one.file, one.line)
            for one in proposal.moves.gone
            if one.id not in altered
        ],
        n=len(proposal.base.store.samples),
        good="Every stored call is still there.",
        remedy="Stored calls are append-only. Put the lines back, with: git checkout "
        f"{proposal.base.revision[:12]} -- samples. To take one out of scoring, name it with "
        "the reason in samples/retired.yaml.",
    )


def sample_changed(proposal: Proposal) -> RuleResult:
    """No stored line of base is altered or moved, and no file of base holds anything else.

    A file that comes in under the hash of another content is none that its name was answered for.
    """
    findings = [*proposal.erasures.findings, *_altered(proposal)]
    told = {one.file for one in findings} | {sample.file for sample in proposal.moves.gone}
    findings += [
        Finding(f"the stored file {file} was rewritten, or is gone", file, 1)
        for file in sorted(proposal.altered - told)
    ]
    for file, right in proposal.misnamed.items():
        why = "was added under a name whose hash is not that of its content"
        findings.append(Finding(f"{file} {why}", file, 1, remedy=f"name it {right}"))
    return finding_result(
        "sample-changed",
        "no stored call and no stored file is altered",
        findings,
        n=len(proposal.base.store.samples),
        good="No stored call is altered.",
        remedy="Stored lines never change, and stored files never grow. Put them back as they "
        "were; new calls come in a new file, with: coefgate samples add FILE; a correction is a "
        "new line, in a new file, that names the old one in supersedes; names that must go are "
        "erased with: coefgate samples erase ID --reason TEXT",
    )


def _altered(proposal: Proposal) -> Iterator[Finding]:
    """Lines of base that are told otherwise or stand elsewhere, and new ones in its files.

    Two people may import one log: a line that stands in one file more is not moved.
    """
    corrected = _told_anew(proposal)
    for old in proposal.moves.gone:
        if new := corrected.get(old.id):
            fields = (name for name in FIELDS if name != "id")
            told = ", ".join(name for name in fields if getattr(old, name) != getattr(new, name))
            yield Finding(f"sample {short(old.id)} was altered: {told}", new.file, new.line)
    moved = {one.id: one for one in proposal.moves.moved}
    for old in proposal.base.store.samples if moved else ():
        if old.id in moved and old.file in proposal.altered:
            now = moved[old.id]
            yield Finding(f"sample {short(now.id)} was moved to {now.file}", now.file, now.line)
    instead = {one.id for one in corrected.values()}
    for one in proposal.moves.added:
        if one.file in proposal.altered and one.id not in instead:
            what = f"sample {short(one.id)} was appended to the stored file {one.file}"
            yield Finding(what, one.file, one.line)


def _told_anew(proposal: Proposal) -> dict[str, Sample]:
    """From the id of a line that is gone to the line that stands for the same call now."""
    added: dict[object, Sample] = {}
    for sample in proposal.moves.added:
        for key in _keys(sample):
            added.setdefault(key, sample)
    instead = (
        (one.id, next((added[key] for key in _keys(one) if key in added), None))
        for one in proposal.moves.gone
    )
    return {name: sample for name, sample in instead if sample is not None}


def _keys(sample: Sample) -> Iterable[object]:
    yield sample.file, sample.line
    yield *(getattr(sample, name) for name in WHO), instant(sample.observed_at)


def retired_with_values(proposal: Proposal) -> RuleResult:
    """No sample is retired, brought back or corrected together with a coefficient."""
    moves = proposal.moves
    told: list[tuple[str, str, Sample | Retirement | Erasure]] = [
        *((one.id, "is retired", one) for one in moves.retired),
        *((one.id, "is no longer retired", one) for one in moves.unretired),
        *((one.supersedes, "is corrected", one) for one in moves.added if one.supersedes),
        *((one.id, "is erased", one) for one in proposal.erasures.lines),
    ]
    findings = [
        Finding(f"sample {short(name)} {what}", at.file, at.line) for name, what, at in told
    ]
    return finding_result(
        "retired-with-values",
        "no sample is retired, corrected or erased together with a coefficient",
        findings if proposal.touches_values else (),
        n=len(told),
        good="No sample is retired, corrected or erased together with a coefficient.",
        remedy="Retire, correct or erase samples in a separate change, so that nobody removes "
        "the calls that a new figure misses.",
    )

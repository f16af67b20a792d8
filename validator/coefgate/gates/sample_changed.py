"""``sample-changed``: no stored line and no stored file is altered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coefgate.gates.proposal import Proposal
from coefgate.gates.verdict import Finding, RuleResult, finding_result
from coefgate.samples.identity import FIELDS, WHO
from coefgate.samples.model import Sample, instant
from coefgate.samples.status import short


def sample_changed(proposal: Proposal) -> RuleResult:
    """No stored line of base is altered or moved, and no file of base holds anything else.

    A file that comes in under the hash of another content is none that its name was answered for.
    """
    findings = list(_altered(proposal))
    told = {one.file for one in findings} | {sample.file for sample in proposal.moves.gone}
    findings += [
        Finding(f"the stored file {file} was written anew, or is gone", file, 1)
        for file in sorted(proposal.altered - told)
    ]
    findings += [
        Finding(
            f"{file} was added under a name whose hash is not that of its content; "
            f"name it {right}",
            file,
            1,
        )
        for file, right in proposal.misnamed.items()
    ]
    return finding_result(
        "sample-changed",
        "no stored call and no stored file is altered",
        findings,
        n=len(proposal.base.store.samples),
        good="No stored call is altered.",
        way_on="Stored lines never change, and stored files never grow. Put them back as they "
        "were; new calls come in a new file, with: coefgate samples add FILE; a correction is a "
        "new line, in a new file, that names the old one in supersedes.",
    )


def _altered(proposal: Proposal) -> Iterator[Finding]:
    """Lines of base that are told otherwise or stand elsewhere, and new ones in its files.

    Two people may import one log: a line that stands in one file more is not moved.
    """
    corrected = told_anew(proposal)
    for old in proposal.moves.gone:
        if new := corrected.get(old.id):
            what = f"sample {short(old.id)} was altered: {', '.join(_differences(old, new))}"
            yield Finding(what, new.file, new.line)
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


def told_anew(proposal: Proposal) -> dict[str, Sample]:
    """From the id of a line that is gone to the line that stands for the same call now."""
    added: dict[object, Sample] = {}
    for sample in proposal.moves.added:
        for key in _keys(sample):
            added.setdefault(key, sample)
    found = {}
    for sample in proposal.moves.gone:
        for key in _keys(sample):
            if key in added:
                found[sample.id] = added[key]
                break
    return found


def _keys(sample: Sample) -> Iterable[object]:
    yield sample.file, sample.line
    yield *(getattr(sample, name) for name in WHO), instant(sample.observed_at)


def _differences(old: Sample, new: Sample) -> list[str]:
    return [name for name in FIELDS if name != "id" and getattr(old, name) != getattr(new, name)]

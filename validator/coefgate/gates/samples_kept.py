"""Rules that keep what is known: ``sample-removed``, ``sample-changed`` and ``cell-shrunk``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coefgate.gates.proposal import Proposal
from coefgate.gates.rules import Finding, RuleResult, finding_result
from coefgate.gates.scored_calls import Cell, ScoredCalls, cell_of
from coefgate.samples.eligibility import short
from coefgate.samples.identity import FIELDS, WHO
from coefgate.samples.model import Sample
from coefgate.samples.order import instant


def sample_removed(proposal: Proposal) -> RuleResult:
    """Every stored line of base is still there."""
    corrected = _corrected(proposal)
    gone = [sample for sample in proposal.moves.gone if sample.id not in corrected]
    return finding_result(
        "sample-removed",
        "no stored call is gone",
        [
            Finding(f"sample {short(one.id)} of {one.file}:{one.line} is gone", one.file, one.line)
            for one in gone
        ],
        n=len(proposal.base.store.samples),
        good="Every stored call is still there.",
        way_on="Stored calls are append-only. Put the lines back, with: git checkout "
        f"{proposal.base.revision[:12]} -- samples. To take one out of scoring, name it with "
        "the reason in samples/retired.yaml.",
    )


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
            f"{file} was added under a name whose hash is not that of its content; name it {right}",
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
        way_on="Stored lines never change, and stored files never grow. Put them back as they were; new "
        "calls come in a new file, with: coefgate samples add FILE; a correction is a new line, "
        "in a new file, that names the old one in supersedes.",
    )


def _altered(proposal: Proposal) -> Iterator[Finding]:
    """Lines of base that are told otherwise or stand elsewhere, and new ones in its files.

    Two people may import one log: a line that stands in one file more is not moved.
    """
    corrected = _corrected(proposal)
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


def _corrected(proposal: Proposal) -> dict[str, Sample]:
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


def cell_shrunk(proposal: Proposal, scored: ScoredCalls) -> RuleResult:
    """No cell has fewer eligible samples, or phases of them, than at base, under the names of head.

    Calls of one phase resemble each other, so those of many phases that are told of one say less.
    Nor is a call lost that was cut off: it may turn out to be eligible, or to have needed more,
    but not to say less, or something about other files. What the same change retires, with a
    reason, does not count.
    """
    findings = [
        Finding(f"{'/'.join(cell)} {shrunk}", *_place(proposal, cell))
        for cell in sorted(scored.cells[0])
        if (shrunk := _shrunk(scored, cell))
    ]
    findings += [Finding(text, sample.file, sample.line) for text, sample in scored.lost]
    return finding_result(
        "cell-shrunk",
        "no cell has fewer eligible calls labelled so, or phases, and no call that was cut off is "
        "lost",
        findings,
        n=len(scored.cells[0]),
        good="No cell has fewer eligible calls labelled so, or phases, than before.",
        way_on="Coverage may only grow. Bring the calls back, or retire each by its old id, with the reason, "
        "in samples/retired.yaml.",
    )


def _shrunk(scored: ScoredCalls, cell: Cell) -> str:
    """What a cell has lost, in words; empty where it has lost nothing."""
    for what, (before, after), retired in (
        ("eligible calls labelled so", scored.cells, scored.retired),
        ("phases of eligible calls labelled so", scored.phases, scored.retired_phases),
    ):
        if after[cell] < before[cell] - retired[cell]:
            return f"has {after[cell]} {what}, and had {before[cell]}"
    return ""


def _place(proposal: Proposal, cell: Cell) -> tuple[str, int]:
    """A line of the change that has to do with this cell, else one that names its category."""
    moves = proposal.moves
    canonical = proposal.head.registry.canonical_category
    for sample in (*moves.gone, *moves.moved, *moves.added):
        if cell_of(sample, canonical) == cell:
            return sample.file, sample.line
    category = proposal.head.registry.categories.get(cell[0])
    return (category.file, category.line) if category else ("coefficients/registry.yaml", 1)

"""Which calls are proposed to be stored, what that fills, and why others are left out."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

from coefgate.registry.wording import count
from coefgate.reports.figures import count_figure, short
from coefgate.reports.page import Item, Items, Page, Paragraph, TableBlock, code, plain
from coefgate.reports.pages.imported import (
    collected_dict,
    reading_blocks,
    skipped_cells,
    skipped_dict,
)
from coefgate.reports.render.json import as_json, picked
from coefgate.samples.filling import LIMIT, NEAR_COPY
from coefgate.samples.foreign.skip_reasons import SkipReason, reason_of
from coefgate.samples.foreign.skipped import Skipped, by_count
from coefgate.samples.model import Sample
from coefgate.samples.near_copies import CLOSE_THOUSANDTHS
from coefgate.samples.phase_groups import LINKED, NO_CELL
from coefgate.samples.selection import COPY, CORRECTION, RIVAL, STORED
from coefgate.use_cases.propose_samples import ProposedSamples

_AUDIT: Final = "docs/reference/samples.md#status says what scoring needs."
_LINES: Final = "What would be stored, and nothing else"
_REASONS: Final = {
    STORED: SkipReason("stored already"),
    COPY: SkipReason("says the same as another line, at another reference"),
    RIVAL: SkipReason("is of the same call as another line, but differs from it"),
    CORRECTION: SkipReason(
        "corrects a stored call", "Store it by itself, with a reason: coefgate samples add FILE"
    ),
    LINKED: SkipReason(
        "names a line that cannot be stored, or that is nowhere", "Check its links."
    ),
    NO_CELL: SkipReason(
        "the registry has no cell for its labels, or its model",
        "Declare the category, or an alias of one: coefgate coverage",
    ),
    NEAR_COPY: SkipReason(
        "of a phase that is a near-copy of others: the same files and model, and tokens within "
        f"{CLOSE_THOUSANDTHS / 10:g}%"
    ),
    LIMIT: SkipReason("of phases beyond the limit", "Propose again, or more: --limit N"),
    "failed": SkipReason("failed, in a phase without a scored call"),
    "superseded": SkipReason("corrected by another line"),
    "duplicate": SkipReason("is of a call that another line holds, or cut off at its ceiling"),
    "contradictory": SkipReason("two of its facts cannot both be true", _AUDIT),
    "synthetic": SkipReason("its paths are invented"),
    "partial": SkipReason("its paths are not all known", _AUDIT),
    "undeclared": SkipReason("a fact that scoring needs is not known", _AUDIT),
    "out-of-scope": SkipReason("outside the scope of gates.yaml"),
}
"""Reasons to leave a call out, by their code, in words."""


def proposed_page(found: ProposedSamples) -> Page:
    """What is proposed, the cells that it fills, what is left out, and what to do next."""
    phases = len({one.phase for one in found.chosen})
    what = f"{count(len(found.chosen), 'call')} of {count(phases, 'phase')}"
    if not found.chosen:
        yield Paragraph("nothing to propose", emphasis="strong")
    elif found.commit is None:
        yield Paragraph(
            f"{what} would be proposed on the branch {found.branch}", emphasis="strong"
        )
    else:
        yield Paragraph(
            f"{what} proposed on the branch {found.branch}, commit {short(found.commit)}",
            emphasis="strong",
        )
    yield Paragraph(f"beside what is stored at {found.base}")
    yield Items([Item(code(file)) for file in found.files], label="file")
    rows = [
        (
            code(f"{one.category}.{one.complexity}"),
            *(
                plain(text)
                for side in (one.before, one.after)
                for text in (count_figure(side), f"{side.phases:,}")
            ),
        )
        for one in found.cells
        if one.before != one.after
    ]
    if rows:
        yield TableBlock(
            ("cell", "calls before", "phases", "calls after", "phases"),
            rows,
            "Cells that are filled",
            figures=range(1, 5),
        )
    if collected := found.collected:
        others = sum(one.count for one in collected.left_out.values())
        yield Paragraph(
            f"the source holds {count(collected.told.calls, 'call')}: "
            f"{collected.taken.calls:,} new, {collected.known.calls:,} stored before, "
            f"{others:,} that make no sample"
        )
        yield from _reasons("no sample", collected.left_out, reason_of)
        yield from reading_blocks(collected)
    yield from _reasons("left out", _left_out(found), _reason)
    if found.commit is None:
        items = [Item(code(line)) for lines in _lines(found).values() for line in lines]
        yield Items(items, title=_LINES, section=True, unbroken=True)
    else:
        branch = shlex.quote(found.branch)
        commands = (f"coefgate gate --head {branch}", f"git push -u origin {branch}")
        yield Items([Item(code(one)) for one in commands], label="next")


def _reasons(
    title: str, found: Mapping[str, Skipped], reason: Callable[[str], SkipReason]
) -> Page:
    """Why calls are not among them, the most frequent reason first."""
    rows = [skipped_cells(reason(one), skipped) for one, skipped in by_count(found).items()]
    if rows:
        yield TableBlock((title, "calls", "where", "what to do"), rows, figures=(1,))


def _reason(code: str) -> SkipReason:
    return _REASONS.get(code, SkipReason(code))


def _lines(found: ProposedSamples) -> dict[str, list[str]]:
    """What each of the files holds."""
    return {file: content.decode().splitlines() for file, content in found.files.items()}


def _left_out(found: ProposedSamples) -> dict[str, Skipped]:
    def place(sample: Sample) -> str:
        return sample.reference if found.collected else f"{sample.file}:{sample.line}"

    return {
        reason: Skipped(one.calls, one.tokens, [place(sample) for sample in one.first])
        for reason, one in found.left_out.items()
    }


def proposed_dict(found: ProposedSamples) -> dict[str, Any]:
    """The same for programs."""
    return {
        **picked(found, "branch", "base", "parent", "commit"),
        "files": list(found.files),
        "calls": len(found.chosen),
        "phases": len({one.phase for one in found.chosen}),
        "lines": _lines(found),
        "source": collected_dict(found.collected) if found.collected else None,
        "chosen": [one.id for one in found.chosen],
        "cells": as_json(found.cells),
        "left_out": skipped_dict(_left_out(found)),
    }

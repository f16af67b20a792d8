"""What an import found in foreign records: taken, left out and why, what is still missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.registry.wording import count
from coefgate.reports.page import (
    Cells,
    Page,
    Paragraph,
    Span,
    TableBlock,
    Words,
    code,
    joined,
    plain,
    sentence,
)
from coefgate.reports.render.json import as_json, picked
from coefgate.samples.foreign.collected import Collected, Count
from coefgate.samples.foreign.skip_reasons import SkipReason, reason_of
from coefgate.samples.foreign.skipped import Skipped, by_count
from coefgate.use_cases.import_samples import Imported

_LABELS: Final = "label them with --labels FILE, or by rules in coefficients/labels.yaml"
_MISSING: Final = {
    "category": ("category", _LABELS),
    "complexity": ("complexity", _LABELS),
    "truncated": ("whether the reply was cut off", ""),
    "success": ("whether the call succeeded", ""),
    "paths": ("the complete list of files", ""),
}
"""What scoring needs and what helps, by the field that is null."""
_CALLS: Final = ("calls in the source", "calls", "output tokens", "where", "what to do")
_FACTS: Final = ("not understood, so not known", "values", "where")
_RECORDS: Final = ("records that cannot be read", "number", "where", "what to do")


def import_page(found: Imported) -> Page:
    """Where the calls went, what was left out, and the totals to hold against the source."""
    collected = found.collected
    yield Paragraph(_outcome(found), emphasis="strong")
    yield Paragraph(_read(collected))
    if collected.told.calls:
        yield TableBlock(_CALLS, list(_rows(found)), figures=(1, 2))
    yield from reading_blocks(collected)
    if found.other_format is not None:
        again = f"coefgate samples import {found.other_format} SRC"
        yield Paragraph(["these records look like another format: ", code(again)])
    elif found.added is not None and found.added.path:
        yield Paragraph(code("coefgate gate"), label="next")


def reading_blocks(collected: Collected) -> Page:
    """How sources were read, and what was not understood in them."""
    if collected.unreadable:
        unreadable = by_count(collected.unreadable).items()
        rows = [skipped_cells(reason_of(reason), one) for reason, one in unreadable]
        yield TableBlock(_RECORDS, rows, figures=(1,))
    if collected.doubted:
        doubted = [
            (code(fact), plain(f"{one.count:,}"), _places(one))
            for fact, one in by_count(collected.doubted).items()
        ]
        yield TableBlock(_FACTS, doubted, figures=(1,))
    if collected.passed_over:
        kinds = sorted(collected.passed_over.items(), key=lambda one: (-one[1], one[0]))
        told = ", ".join(f"{kind} {number:,}" for kind, number in kinds)
        yield Paragraph(f"other records, which are not of calls: {told}")
    for note in collected.notes:
        yield Paragraph(sentence(note), label="read")
    missing = [
        (what, plain(f"{collected.missing[name]:,}"), remedy)
        for name, (what, remedy) in _MISSING.items()
        if name in collected.missing
    ]
    if missing:
        yield TableBlock(
            ("not known, so not scored", "calls", "what to do"), missing, figures=(1,)
        )


def _outcome(found: Imported) -> str:
    taken = found.collected.taken
    if not found.collected.files:
        return "nothing was read: no file there has a name that files of this format have"
    if not taken.calls:
        return "nothing new"
    if found.added is None:
        return f"{_calls(taken)} would be stored in samples/{found.origin}/"
    return f"{_calls(taken)} stored in {found.added.path}"


def _read(collected: Collected) -> str:
    lines, size = (sum(getattr(one, of) for one in collected.files) for of in ("lines", "bytes"))
    read = f"{count(len(collected.files), 'file')}, {count(lines, 'line')}, {size:,} bytes"
    again = collected.again
    told = f"; {count(again, 'record')} repeated such a call" if again else ""
    return f"read: {read}; found {_calls(collected.told)}{told}"


def _rows(found: Imported) -> Iterator[Cells]:
    """The calls of the source, by what becomes of them; together they are all."""
    collected = found.collected
    stored = "to be stored" if found.added is None else "stored now"
    yield stored, *_figures(collected.taken), "", ""
    if collected.known.calls:
        yield "stored before", *_figures(collected.known), "", ""
    for reason, one in by_count(collected.left_out).items():
        words, number, places, remedy = skipped_cells(reason_of(reason), one)
        yield words, number, plain(f"{one.tokens:,}"), places, remedy


def skipped_cells(reason: SkipReason, found: Skipped) -> Cells:
    """Why something was left out, how often, where, and what to do."""
    return reason.words, plain(f"{found.count:,}"), _places(found), reason.remedy


def skipped_dict(found: Mapping[str, Skipped]) -> dict[str, Any]:
    """By reason, the most frequent first."""
    return {
        reason: picked(one, "count", "tokens", "places") for reason, one in by_count(found).items()
    }


def import_dict(found: Imported) -> dict[str, Any]:
    """The same for programs."""
    return {
        "format": found.format,
        "origin": found.origin,
        "path": found.added.path if found.added else None,
        **collected_dict(found.collected),
        "other_format": found.other_format,
    }


def collected_dict(collected: Collected) -> dict[str, Any]:
    """What was found in foreign sources."""
    return {
        "files": [as_json(one) for one in collected.files],
        **{name: as_json(getattr(collected, name)) for name in ("told", "taken", "known")},
        "again": collected.again,
        **{
            name: skipped_dict(getattr(collected, name))
            for name in ("left_out", "unreadable", "doubted")
        },
        "notes": list(collected.notes),
        "passed_over": dict(sorted(collected.passed_over.items())),
        "missing": dict(sorted(collected.missing.items())),
    }


def _calls(found: Count) -> str:
    return f"{count(found.calls, 'call')} ({found.tokens:,} output tokens)"


def _figures(found: Count) -> tuple[Span, Span]:
    return plain(f"{found.calls:,}"), plain(f"{found.tokens:,}")


def _places(found: Skipped) -> Words:
    return joined(code(one) for one in found.places)

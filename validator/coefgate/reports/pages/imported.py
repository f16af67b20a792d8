"""What an import found in foreign records: taken, left out and why, what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coefgate.reports.figures import count
from coefgate.reports.page import Cells, Page, Paragraph, TableBlock, code, joined, plain, sentence
from coefgate.reports.render.json import as_json
from coefgate.samples.foreign_source import Skipped
from coefgate.samples.importing import Count
from coefgate.samples.skip_reasons import reason_of
from coefgate.use_cases.import_samples import Imported

_MISSING = {
    "category": "category: label them with --labels FILE or coefficients/labels.yaml",
    "complexity": "complexity: label them with --labels FILE or coefficients/labels.yaml",
    "truncated": "whether the reply was cut off",
    "success": "whether the call succeeded",
    "paths": "the complete list of files",
}
"""What scoring needs, by the field that is null."""
_MANY_FILES = 5


def import_page(found: Imported) -> Page:
    """Where the calls went, what was left out, and the totals to hold against the source."""
    collected = found.collected
    what, where = "would be stored", f"samples/{found.origin}/"
    if found.added is not None:
        what, where = "stored", found.added.path or where
    yield Paragraph(
        f"{_calls(collected.taken)} {what} in {where}" if collected.taken.calls else "nothing new",
        emphasis="strong",
    )
    read, size = collected.files, sum(one.bytes for one in collected.files)
    lines = sum(one.lines for one in collected.files)
    yield Paragraph(
        f"read: {count(len(read), 'file')}, {count(lines, 'line')}, {size:,} bytes; "
        f"told of {_calls(collected.told)}"
        + (
            f"; {count(collected.again, 'record')} told of such a call again"
            if collected.again
            else ""
        )
    )
    rows: list[Cells] = [
        ("stored now" if found.added else "to be stored", *_figures(collected.taken))
    ]
    if collected.known.calls:
        rows.append(("stored before", *_figures(collected.known)))
    rows += [
        (
            reason_of(reason).words,
            *_figures(Count(one.count, one.tokens)),
            _places(one),
            reason_of(reason).remedy,
        )
        for reason, one in _by_count(collected.left_out)
    ]
    width = len(_COLUMNS)
    yield TableBlock(
        _COLUMNS, [(*row, *("" for _ in range(width - len(row)))) for row in rows], figures=(1, 2)
    )
    unreadable = [
        (reason_of(reason).words, plain(f"{one.count:,}"), _places(one), reason_of(reason).remedy)
        for reason, one in _by_count(collected.unreadable)
    ]
    if unreadable:
        yield TableBlock(
            ("records that cannot be read", "number", "where", "what to do"),
            unreadable,
            figures=(1,),
        )
    if collected.doubted:
        yield TableBlock(
            ("not understood, so not known", "values", "where"),
            [
                (code(fact), plain(f"{one.count:,}"), _places(one))
                for fact, one in _by_count(collected.doubted)
            ],
            figures=(1,),
        )
    if collected.passed_over:
        kinds = sorted(collected.passed_over.items(), key=lambda one: (-one[1], one[0]))
        told = ", ".join(f"{kind} {number:,}" for kind, number in kinds)
        yield Paragraph(f"other records, which tell of no call: {told}")
    for note in collected.notes:
        yield Paragraph(sentence(note), label="read")
    missing = [
        (words, plain(f"{collected.missing[name]:,}"))
        for name, words in _MISSING.items()
        if collected.missing.get(name)
    ]
    if missing:
        yield TableBlock(("not known, so not scored", "calls"), missing, figures=(1,))
    if found.added is not None and found.added.path:
        yield Paragraph(code("coefgate gate"), label="next")


_COLUMNS = ("calls that the source tells of", "calls", "output tokens", "where", "what to do")


def import_dict(found: Imported) -> dict[str, Any]:
    """The same for programs."""
    collected = found.collected
    return {
        "format": found.format,
        "origin": found.origin,
        "path": found.added.path if found.added else None,
        "files": [as_json(one) for one in collected.files],
        **{name: as_json(getattr(collected, name)) for name in ("told", "taken", "known")},
        "again": collected.again,
        "left_out": {reason: as_json(one) for reason, one in _by_count(collected.left_out)},
        "unreadable": {reason: as_json(one) for reason, one in _by_count(collected.unreadable)},
        "doubted": {fact: as_json(one) for fact, one in _by_count(collected.doubted)},
        "notes": list(collected.notes),
        "passed_over": dict(sorted(collected.passed_over.items())),
        "missing": dict(sorted(collected.missing.items())),
    }


def _calls(found: Count) -> str:
    return f"{count(found.calls, 'call')} ({found.tokens:,} output tokens)"


def _figures(found: Count) -> Cells:
    return plain(f"{found.calls:,}"), plain(f"{found.tokens:,}")


def _places(found: Skipped) -> Any:
    return joined(code(one) for one in found.places)


def _by_count(found: Mapping[str, Skipped]) -> list[tuple[str, Skipped]]:
    return sorted(found.items(), key=lambda one: (-one[1].count, one[0]))

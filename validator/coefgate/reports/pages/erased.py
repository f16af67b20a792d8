"""Which stored lines got salted names, and what to do about what git still holds."""

from __future__ import annotations

from typing import Any, Final

from coefgate.registry.wording import count
from coefgate.reports.page import GAP, Page, Paragraph, Span, TableBlock, code, joined, plain
from coefgate.samples.erasure import TEXTS
from coefgate.use_cases.erase import ErasedCalls, ErasedLine

_STAYS: Final = "No erasure changes it, and a correction leaves the line as it is"


def erased_page(found: ErasedCalls, *, dry_run: bool) -> Page:
    """The lines, each with its new id and names, and what is left to do."""
    names, lines = count(found.names, "name"), count(len(found.lines), "line")
    would = "would get" if dry_run else "got"
    told = f"{names} {would} a salted one" if found.names == 1 else f"{names} {would} salted ones"
    yield Paragraph(f"{told}, in {lines}", emphasis="strong")
    yield TableBlock(
        ("line", "replaced by", "where", "files now"), [_row(one) for one in found.lines]
    )
    yield GAP
    for place, number in found.left.items():
        lines = count(number, "line")
        if "/" in place:
            what, remedy = f" holds such a text in {lines}. ", plain("Say it in other words there")
        else:
            what = f" of {lines} holds such a text. "
            remedy = code(f"--field {place}") if place in TEXTS else plain(_STAYS)
        yield Paragraph((code(place), plain(what), remedy), emphasis="warning", label="left")
    if not dry_run:
        yield Paragraph(
            "commits hold the old names: docs/how-to/erasure.md says what to do", label="git"
        )
        yield Paragraph(code("coefgate gate"), label="next")


def _row(one: ErasedLine) -> tuple[Any, ...]:
    after = one.after
    files = [code(each.path) for each in after.deliverables]
    return (
        Span(one.before.id, "id"),
        Span(after.id, "id"),
        code(f"{after.file}:{after.line}"),
        plain("as before; it names such a line") if one.is_linked else joined(files),
    )


def erased_dict(found: ErasedCalls, *, dry_run: bool) -> dict[str, Any]:
    """The same for programs."""
    return {
        "dry_run": dry_run,
        "names": found.names,
        "lines": [
            {
                "id": one.before.id,
                "by": one.after.id,
                "file": one.after.file,
                "line": one.after.line,
                "linked": one.is_linked,
                "paths": [each.path for each in one.after.deliverables],
            }
            for one in found.lines
        ],
        "left": dict(found.left),
        "written": list(found.written),
    }

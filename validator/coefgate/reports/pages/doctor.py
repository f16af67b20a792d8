"""What a registry lacks, one line for each thing that was tried."""

from __future__ import annotations

from typing import Any, Final

from coefgate.reports.page import Item, Items, Page, Paragraph, TableBlock, code
from coefgate.use_cases.doctor import Examined

_WORDS: Final = {"works": "works", "lacks": "lacks", "broken": "BROKEN", "unseen": "not seen"}


def doctor_page(found: Examined) -> Page:
    """What was mended, what was found, and how many things are left to do."""
    for sentence in found.fixed:
        yield Paragraph(sentence, label="fixed")
    for sentence in found.not_fixed:
        yield Paragraph(sentence, label="not fixed")
    yield TableBlock(
        ("tried", "result", "found"),
        [(one.subject, _WORDS[one.condition], one.found) for one in found.examinations],
    )
    open_ = [one.subject for one in found.examinations if one.condition in {"lacks", "broken"}]
    told = f"to do: {', '.join(open_)}" if open_ else "nothing to do"
    yield Paragraph(told, emphasis="strong")
    # No cell of a table, which may be too narrow to be copied from.
    remedies = dict.fromkeys(one.remedy for one in found.examinations if one.remedy)
    yield Items([Item(code(one)) for one in remedies], label="next")


def doctor_dict(found: Examined) -> dict[str, Any]:
    """The same for programs."""
    return {
        "healthy": found.healthy,
        "fixed": list(found.fixed),
        "not_fixed": list(found.not_fixed),
        "examinations": [
            {
                "subject": one.subject,
                "condition": one.condition,
                "found": one.found,
                "remedy": one.remedy,
            }
            for one in found.examinations
        ],
    }

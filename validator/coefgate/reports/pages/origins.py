"""Where the lists of files of scored calls come from: what was requested, or the reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coefgate.reports.figures import count_words
from coefgate.reports.page import Paragraph
from coefgate.reports.render.json import as_json
from coefgate.samples.status import CallCount

_FROM = {"request": "from the request", "reply": "from the reply", "unknown": "nobody knows where"}


def origin_lines(counts: Mapping[str, CallCount]) -> list[Paragraph]:
    """How many scored calls are of each origin; nothing where all are of one.

    A list that was read from the reply knows more than a planner could, so the two stand apart.
    """
    if len(counts) < 2:
        return []
    told = "; ".join(f"{_FROM[origin]} {count_words(found)}" for origin, found in counts.items())
    return [Paragraph(told, label="files read")]


def origins_dict(counts: Mapping[str, CallCount]) -> dict[str, Any]:
    """The same for programs, also where all are of one."""
    return {origin: as_json(found) for origin, found in counts.items()}

"""A valid ``guardrails.yaml`` → its thresholds, and a valid ``yanked.yaml`` → the withdrawn versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from coefgate.registry.gates_assembly import Looser, answer_at, of_number
from coefgate.registry.marks import Document
from coefgate.registry.model import Threshold, Unyanked, Withdrawn

GUARDRAILS_FILE: Final = "coefficients/guardrails.yaml"
_LOOSER: Final[Mapping[str, Looser]] = {"window_days": "either"}
"""A longer window hides a bad day, a shorter one may hold too few calls; higher where nothing is said."""


def assemble_guardrails(document: Document | None) -> Mapping[str, Threshold]:
    """The thresholds by their names; none where there is no such file."""
    return {} if document is None else {one.name: one for one in _thresholds(document)}


def _thresholds(document: Document) -> Iterator[Threshold]:
    paths = [(key,) for key in ("window_days", "min_calls")]
    for path in (
        *paths,
        *(("limits", key) for key in document.data["limits"] if key != "acknowledge"),
    ):
        yield Threshold(
            ".".join(("guardrails", *path)),
            Fraction(document.at(path)),
            _LOOSER.get(path[-1], "higher"),
            document.mark(path, key=True)[0],
            of_number(answer_at(document, path)),
            document.file,
        )


def assemble_withdrawn(document: Document | None) -> Withdrawn:
    """The versions that are withdrawn; none where there is no such file."""
    if document is None:
        return Withdrawn()
    rows = document.list_at(("yanked",))
    return Withdrawn(
        rows={row["version"]: row for row in rows},
        unyanked=tuple(
            Unyanked(row["version"], row["reason"]) for row in document.list_at(("acknowledge",))
        ),
        line=document.mark(("yanked",), key=True)[0],
        lines={
            row["version"]: document.mark(("yanked", index))[0] for index, row in enumerate(rows)
        },
    )

"""Which calls are stored: coverage, and the audit of what is scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from coefgate.replay.fallbacks import Fallbacks
from coefgate.reports.json.parts import fallbacks_dict, fields
from coefgate.samples.coverage import Coverage, CoveredCell
from coefgate.samples.status import Audited, counts_by_status


def coverage_dict(coverage: Coverage) -> dict[str, Any]:
    """The cells and the aims."""
    return {
        "cells": [_cell_dict(cell) for cell in coverage.cells],
        "outside_cells": [_cell_dict(cell) for cell in coverage.outside],
        "aims": [asdict(aim) for aim in coverage.aims],
    }


def coverage_document(coverage: Coverage, fallen: Fallbacks) -> dict[str, Any]:
    """With the scored calls that the fallback serves."""
    return coverage_dict(coverage) | {"fallback": fallbacks_dict(fallen)}


def _cell_dict(cell: CoveredCell) -> dict[str, Any]:
    return fields(cell, "category", "complexity") | asdict(cell.calls)


def audit_dict(audited: Sequence[Audited], fallen: Fallbacks) -> dict[str, Any]:
    """The count of each status under its name, what the fallback serves, and why samples are not eligible."""
    counts: dict[str, Any] = {
        str(status): number for status, number in counts_by_status(audited).items()
    }
    return counts | {
        "fallback": fallbacks_dict(fallen),
        "not_scored": [
            fields(one.sample, "id", "phase_id") | fields(one, "status", "reason")
            for one in audited
            if one.status != "eligible"
        ],
    }

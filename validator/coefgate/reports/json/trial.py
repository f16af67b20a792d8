"""What ``try`` found, with the whole verdict."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from coefgate.gates.verdict import needs_reasons_only
from coefgate.registry.key import Key
from coefgate.registry.model import Value
from coefgate.reports.json.parts import fields
from coefgate.reports.json.verdict import verdict_dict
from coefgate.use_cases.try_numbers import NumberRange, WhatIf
from coefgate.whatif.smallest_change import NoChange, SmallestChange


def trial_dict(answer: WhatIf) -> dict[str, Any]:
    """The answer; ``report`` is what ``coefgate gate --format json`` gives."""
    return {
        "tried": [
            {**fields(one, "name", "file", "line"), "from": one.before, "to": one.after}
            for one in answer.tried
        ],
        "same": list(answer.same),
        "written": answer.written,
        "range": None if answer.ranged is None else _range_dict(answer.ranged),
        "needs_reasons_only": needs_reasons_only(answer.report.rules),
        "smallest": None if answer.smallest is None else _smallest_dict(answer.smallest, answer),
        "report": verdict_dict(answer.report),
    }


def _range_dict(ranged: NumberRange) -> dict[str, Any]:
    def number(steps: int) -> int | float:
        return _json_number(ranged.key, ranged.key.number(steps))

    found = ranged.found
    return {
        "name": ranged.key.name,
        "looked_at": [number(found.looked_at.low), number(found.looked_at.high)],
        "grid": round(found.widest, 3),
        "remove_first": _place(ranged.acknowledged),
        "green": [[number(span.low), number(span.high)] for span in found.green],
        "turns": [
            {"rule": turn.rule, "at": number(turn.at), "below": turn.before, "from": turn.after}
            for turn in found.turns
        ],
    }


def _place(acknowledged: Value | None) -> dict[str, Any] | None:
    return None if acknowledged is None else fields(acknowledged, "file", "line")


def _smallest_dict(found: SmallestChange | NoChange, answer: WhatIf) -> dict[str, Any]:
    if isinstance(found, NoChange):
        return {"change": None, "remove_first": None, "command": None, "reason": found.reason}
    change = {
        "name": found.key.name,
        "from": _json_number(found.key, found.before),
        "to": _json_number(found.key, found.after),
    }
    return {
        "change": change,
        "remove_first": _place(answer.acknowledged),
        "command": answer.command,
        "reason": None,
    }


def _json_number(key: Key, number: Fraction) -> int | float:
    return float(number) if key.is_factor else int(number)

"""What ``try`` found: what was tried first, then the whole verdict, and what would pass."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from coefgate.gates.verdict import needs_reasons_only
from coefgate.registry.key import Key
from coefgate.registry.numbers import written
from coefgate.reports.brief import never_cut
from coefgate.reports.figures import number_words
from coefgate.reports.page import GAP, Item, Items, Page, TableBlock, Words, code, plain
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.pages.verdict_document import verdict_dict
from coefgate.reports.render.json import exactly, picked
from coefgate.use_cases.tried_files import TriedNumber
from coefgate.use_cases.try_numbers import NumberRange, WhatIf
from coefgate.whatif.ranges import Stretch
from coefgate.whatif.smallest_change import NoChange, SmallestChange


def trial_page(answer: WhatIf) -> Page:
    """The answer; the verdict is that of ``coefgate gate``."""
    yield Items(list(map(Item, _head(answer))))
    yield GAP
    yield from verdict_page(answer.report)
    if answer.ranged is not None:
        key = answer.ranged.value.key
        told = list(map(Item, _range(answer.ranged)))
        rows = [
            (plain(_shown(key, turn.at)), turn.rule, turn.before, turn.after)
            for turn in answer.ranged.found.turns
        ]
        yield from never_cut(Items(told, title=f"Range of {key.name}", section=True))
        if rows:
            columns = ("from", "rule", "below it", "from it on")
            yield from never_cut(TableBlock(columns, rows, figures=(0,)))
    if answer.smallest is not None:
        yield GAP
        yield Items(list(map(Item, _smallest(answer))), weight=100)


def _head(answer: WhatIf) -> Iterator[Words]:
    said = "written" if answer.written else "tried"
    for one in answer.tried:
        line = one.written_line if answer.written else one.line
        told = f"{said}: {one.file}:{line} {one.name} {one.before} → {one.after}"
        if (served := one.taken_out) is not None:
            step = f"{written(served.previous)} → {written(served.current)}"
            told += f"; its acknowledgement of {step} is removed"
        yield plain(told)  # the strict reader has accepted every name in it
    for name in answer.same:
        yield plain(f"unchanged: {name} has this number already")
    if answer.written and answer.tried:
        them = "its basis" if len(answer.tried) == 1 else "each basis"
        told = "still says where the former number came from"
        yield f"{them} {told}: say there where the new one does"


def _range(ranged: NumberRange) -> Iterator[str]:
    found, key = ranged.found, ranged.value.key
    present = _shown(key, ranged.value.steps)
    yield f"{key.name} is {present}; looked at: {_span(key, found.looked_at)}"
    yield f"green: {'; '.join(_span(key, span) for span in found.green) or 'none of them'}"
    if found.widest:
        yield (
            f"asked in steps of up to {found.widest:.1%} (below {present}: "
            "of that number); narrower ranges may have been missed"
        )


def _span(key: Key, span: Stretch) -> str:
    return " to ".join(_shown(key, end) for end in dict.fromkeys((span.low, span.high)))


def _shown(key: Key, steps: int) -> str:
    return number_words(key.number(steps), key)


def _smallest(answer: WhatIf) -> Iterator[Words]:
    found = answer.smallest
    if needs_reasons_only(answer.report.rules):
        passes = "with the acknowledgement that is shown above, these numbers pass"
        yield f"only a reason is asked for: {passes}"
    if isinstance(found, NoChange):
        yield f"smallest change that would pass: none found; {found.reason}"
    if isinstance(found, SmallestChange):
        step = f"{found.key.name} {written(found.before)} → {written(found.after)}"
        yield plain(f"smallest change that would pass: {step}")
    if answer.command:
        yield (plain("try it: "), code(answer.command, longest=len(answer.command)))


def trial_dict(answer: WhatIf) -> dict[str, Any]:
    """The answer; ``report`` is what ``coefgate gate --format json`` gives."""
    return {
        "tried": [_tried_dict(one, written=answer.written) for one in answer.tried],
        "same": list(answer.same),
        "written": answer.written,
        "range": answer.ranged and _range_dict(answer.ranged),
        "needs_reasons_only": needs_reasons_only(answer.report.rules),
        "smallest": answer.smallest and _smallest_dict(answer.smallest, answer),
        "report": verdict_dict(answer.report),
    }


def _tried_dict(one: TriedNumber, *, written: bool) -> dict[str, Any]:
    line, texts = "written_line" if written else "line", {"from": "before", "to": "after"}
    step = {"from": "previous", "to": "current"}
    served = one.taken_out
    return {
        **picked(one, "name", "file", line=line, **texts),
        "taken_out": served and exactly(served, **step, reason="reason"),
    }


def _range_dict(ranged: NumberRange) -> dict[str, Any]:
    def number(steps: int) -> int | float:
        return _json_number(key, key.number(steps))

    found, key = ranged.found, ranged.value.key
    return {
        "name": key.name,
        "looked_at": [number(found.looked_at.low), number(found.looked_at.high)],
        "grid": round(found.widest, 3),
        "green": [[number(span.low), number(span.high)] for span in found.green],
        "turns": [
            {"rule": turn.rule, "at": number(turn.at), "below": turn.before, "from": turn.after}
            for turn in found.turns
        ],
    }


def _smallest_dict(found: SmallestChange | NoChange, answer: WhatIf) -> dict[str, Any]:
    if isinstance(found, NoChange):
        return {"change": None, "command": None, "reason": found.reason}
    key = found.key
    step = {"from": _json_number(key, found.before), "to": _json_number(key, found.after)}
    return {
        "change": {"name": key.name, **step},
        "command": answer.command,
        "reason": None,
    }


def _json_number(key: Key, number: Fraction) -> int | float:
    return float(number) if key.is_factor else int(number)

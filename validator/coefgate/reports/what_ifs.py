"""What ``try`` found, as text, JSON or Markdown: what was tried first, then the whole verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from coefgate.gates.verdict import needs_reasons_only
from coefgate.registry.key import Key
from coefgate.registry.model import Value
from coefgate.registry.numbers import written
from coefgate.reports.console import table
from coefgate.reports.json_texts import json_text
from coefgate.reports.markdown import Part, code, table_part
from coefgate.reports.verdict_dicts import verdict_dict
from coefgate.reports.verdict_markdowns import verdict_markdown
from coefgate.reports.verdict_texts import verdict_text
from coefgate.use_cases.try_numbers import NumberRange, WhatIf
from coefgate.whatif.ranges import Span, Turn
from coefgate.whatif.smallest_change import NoChange, SmallestChange


def what_if_dict(answer: WhatIf) -> dict[str, Any]:
    """The answer for JSON; ``report`` is what ``coefgate gate --format json`` gives."""
    return {
        "tried": [
            {
                "name": one.name,
                "file": one.file,
                "line": one.line,
                "from": one.before,
                "to": one.after,
            }
            for one in answer.tried
        ],
        "same": list(answer.same),
        "written": answer.written,
        "range": None if answer.ranged is None else _range_dict(answer.ranged),
        "needs_reasons_only": needs_reasons_only(answer.report.rules),
        "smallest": None if answer.smallest is None else _smallest_dict(answer.smallest, answer),
        "report": verdict_dict(answer.report),
    }


def what_if_json(answer: WhatIf) -> str:
    """The answer as JSON text."""
    return json_text(what_if_dict(answer))


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
    return None if acknowledged is None else {"file": acknowledged.file, "line": acknowledged.line}


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


def what_if_text(answer: WhatIf) -> list[RenderableType]:
    """The answer for a reader."""
    parts: list[RenderableType] = [Text(line) for line in _head(answer)]
    parts += [Text(""), *verdict_text(answer.report)] if parts else verdict_text(answer.report)
    if answer.ranged is not None:
        parts += [Text(""), *_range_text(answer.ranged)]
    if answer.smallest is not None:
        parts += [Text(""), *(Text(line) for line in _smallest_lines(answer))]
    return parts


def what_if_markdown(answer: WhatIf) -> str:
    """The answer as Markdown; every name in it is one that the strict reader has accepted."""
    head = [*(f"- {line}" for line in _head(answer)), ""]
    return "\n".join([*head, verdict_markdown(answer.report, _further_parts(answer))])


def _further_parts(answer: WhatIf) -> Iterator[Part]:
    if answer.ranged is not None:
        sentences = "\n".join(f"- {line}" for line in _range_sentences(answer.ranged))
        yield Part(99, f"### Range of `{answer.ranged.key.name}`\n\n{sentences}")
        if rows := _turn_rows(answer.ranged):
            yield table_part(99, _TURN_COLUMNS, rows, figures=(0,))
    if answer.smallest is not None:
        yield Part(100, "\n".join(f"- {line}" for line in _smallest_lines(answer, command=code)))


def _head(answer: WhatIf) -> Iterator[str]:
    said = "written" if answer.written else "tried"
    for one in answer.tried:
        yield f"{said}: {one.file}:{one.line} {one.name} {one.before} → {one.after}"
    for name in answer.same:
        yield f"unchanged: {name} has this number already"
    if answer.written and answer.tried:
        them = "its basis" if len(answer.tried) == 1 else "each basis"
        yield f"{them} still tells where the former number came from: say there where the new one does"


_TURN_COLUMNS = ("from", "rule", "below it", "from it on")


def _range_text(ranged: NumberRange) -> Iterator[RenderableType]:
    for line in _range_sentences(ranged):
        yield Text(line)
    rows = _turn_rows(ranged)
    if rows:
        yield table(*_TURN_COLUMNS, rows=rows, figures=(0,))


def _range_sentences(ranged: NumberRange) -> Iterator[str]:
    found, key = ranged.found, ranged.key
    yield f"{key.name} is {_shown(key, ranged.present)}; looked at: {_span(key, found.looked_at)}"
    if found.green:
        yield f"green: {'; '.join(_span(key, span) for span in found.green)}"
    else:
        yield "green: none of them"
    if ranged.acknowledged is not None:
        yield f"for another number, {_remove_first(ranged.acknowledged)}"
    if found.widest:
        yield (
            f"asked in steps of up to {found.widest:.1%} (below {_shown(key, ranged.present)}: "
            "of that number); narrower ranges may have been missed"
        )


def _turn_rows(ranged: NumberRange) -> Sequence[Sequence[str]]:
    return [_turn_row(ranged.key, turn) for turn in ranged.found.turns]


def _turn_row(key: Key, turn: Turn) -> list[str]:
    return [_shown(key, turn.at), turn.rule, turn.before, turn.after]


def _span(key: Key, span: Span) -> str:
    if span.low == span.high:
        return _shown(key, span.low)
    return f"{_shown(key, span.low)} to {_shown(key, span.high)}"


def _shown(key: Key, steps: int) -> str:
    number = key.number(steps)
    return written(number) if key.is_factor else f"{int(number):,}"


def _smallest_lines(answer: WhatIf, command: Callable[[str], str] = str) -> Iterator[str]:
    """``command``: how the command that tries it is written."""
    found = answer.smallest
    if needs_reasons_only(answer.report.rules):
        yield "only a reason is asked for: with the acknowledgement that is shown above, these numbers pass"
    if isinstance(found, NoChange):
        yield f"smallest change that would pass: none found; {found.reason}"
    if isinstance(found, SmallestChange):
        before, after = written(found.before), written(found.after)
        yield f"smallest change that would pass: {found.key.name} {before} → {after}"
    if answer.acknowledged is not None:
        yield f"before that, {_remove_first(answer.acknowledged)}"
    if answer.command:
        yield f"try it: {command(answer.command)}"


def _remove_first(value: Value) -> str:
    """An acknowledgement serves one number; beside another one the strict reader refuses it."""
    return (
        f"remove the acknowledgement that stands beside {value.name} ({value.file}:{value.line})"
    )

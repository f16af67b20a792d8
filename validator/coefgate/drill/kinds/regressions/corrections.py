"""Corrections that make another call of a stored one, and calls stored twice or under another name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, Fileset, StoredLine
from coefgate.drill.kinds.calls import (
    LINKS,
    NOT_CUT_OFF,
    added,
    correction,
    eligible,
    new_call,
    renamed,
)
from coefgate.drill.kinds.drawing import one_of
from coefgate.drill.kinds.parts import flattering_calls, with_answer
from coefgate.drill.oracle.evidence import cell_of, scored
from coefgate.drill.plant import Kind, NotPlantable, Plant, invalid, regression
from coefgate.samples.identity import stored_line

_ASKED: Final = frozenset(("corrected",))
_CHANGED: Final = frozenset(("sample-changed",))


def _phases_merged(state: Fileset, rng: Random) -> Plant:
    """Calls of one phase count once in a sign test, so a loss of them all looks like chance."""
    cells: dict[tuple[str, ...], list[StoredLine]] = defaultdict(list)
    for one in eligible(state):
        cells[(one.fields["origin"], *cell_of(state, one))].append(one)
    several = {at: calls for at, calls in cells.items() if len({_phase(one) for one in calls}) > 1}
    at = one_of(rng, sorted(several), "no cell has calls of several phases")
    phase = rng.choice(sorted({str(one.fields["phase_id"]) for one in several[at]}))
    moved = [one for one in several[at] if one.fields["phase_id"] != phase]
    changed = added(correction(one, phase_id=phase) for one in moved)
    what = f"{len(moved)} calls of {'/'.join(at[1:])} corrected into the phase {phase}"
    return Plant(next(iter(changed)), what, changed, _ASKED | {"cell-shrunk"})


def _phase(one: StoredLine) -> str:
    return one.id if one.fields["phase_id"] is None else str(one.fields["phase_id"])


def _another_call(rng: Random) -> dict[str, Any]:
    """What makes a line tell of another call, and leaves its cell and its phase."""
    number = rng.randint(2, 9999)
    ways: tuple[dict[str, Any], ...] = (
        {"run_id": f"drill-{number}"},
        {"attempt": number},
        {"reference": f"drill:{number}"},
        {"observed_at": f"2026-01-01T00:{number % 60:02}:00Z"},
    )
    return rng.choice(ways)


def _identity(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    way = _another_call(rng)
    changed = added([correction(one, **way)])
    return Plant(next(iter(changed)), f"{one.id[:8]} corrected: {_told(way)}", changed, _ASKED)


def _told(fields: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in fields.items())


def _complete(state: Fileset, rng: Random) -> Plant:
    """A call that was cut off is complete at fewer tokens than it had reached."""
    cut_off = [call.stored for call in scored(state) if call.censored]
    one = one_of(rng, cut_off, "no call that was cut off counts")
    reached = one.fields["actual_output_tokens"]
    needed = max(1, reached * rng.randint(20, 80) // 100)
    if needed >= reached:
        raise NotPlantable("the call that was cut off had reached one token only")
    whole = NOT_CUT_OFF | {"success": True, "actual_output_tokens": needed}
    changed = added([correction(one, **whole)])
    what = f"the call {one.id[:8]}, cut off at {reached} tokens, corrected to a complete one of {needed}"
    return Plant(next(iter(changed)), what, changed, _ASKED)


def _labels_swapped(state: Fileset, rng: Random) -> Plant:
    """Two calls change their cells with each other, so that each cell has as many as before."""
    calls = eligible(state)
    one = rng.choice(calls)
    others = [
        each
        for each in calls
        if each.fields["origin"] == one.fields["origin"]
        and cell_of(state, each) != cell_of(state, one)
    ]
    other = one_of(rng, others, "the calls are all of one cell")
    swapped = [
        correction(each, **{key: instead.fields[key] for key in ("category", "complexity")})
        for each, instead in ((one, other), (other, one))
    ]
    changed = added(swapped)
    what = f"{one.id[:8]} and {other.id[:8]} corrected into each other's cell"
    return Plant(next(iter(changed)), what, changed, _ASKED)


def _calls_answered_before(state: Fileset, rng: Random) -> Plant:
    changed, count = flattering_calls(state, rng)
    [file] = changed
    before = {GATES: with_answer(state, "flattered", file=file)}
    what = f"{count} calls that are predicted to the token, answered for before they came"
    return Plant(file, what, changed, frozenset(("flattered",)), past=(before,))


def _correction_answered_before(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    way = _another_call(rng)
    changed = added([correction(one, **way)])
    new = Fileset(dict(changed)).stored[0].id
    before = {GATES: with_answer(state, "corrected", id=new)}
    what = f"{one.id[:8]} corrected ({_told(way)}), answered for before it came"
    return Plant(next(iter(changed)), what, changed, _ASKED, past=(before,))


def _answered_afterwards(state: Fileset, rng: Random) -> Plant:
    """A call that came to need more, with a reason for it later on: then values are fitted to it."""
    one = rng.choice(eligible(state))
    twice = 2 * one.fields["actual_output_tokens"]
    brought = added([correction(one, actual_output_tokens=twice, max_output_tokens=None)])
    new = Fileset(dict(brought)).stored[0].id
    answer = {GATES: with_answer(state.after(brought), "corrected", id=new)}
    what = f"an answer for the correction of {one.id[:8]} that came before"
    return Plant(GATES, what, answer, _ASKED, past=(brought,))


def _in_utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _with_fraction(text: str) -> str:
    return text if text[19] == "." else f"{text[:19]}.0{text[19:]}"


def _told_twice(state: Fileset, rng: Random) -> Plant:
    """The time of a stored call written in another way, in a second line that needed less."""
    dated = [one for one in eligible(state) if one.fields["observed_at"] is not None]
    one = one_of(rng, dated, "no eligible call has a time")
    at = one.fields["observed_at"]
    ways: list[Callable[[str], str]] = [_in_utc, _with_fraction]
    others = [again for way in ways if (again := way(at)) != at]
    again = one_of(rng, others, "the time can be written in one way only")
    tokens = max(1, one.fields["actual_output_tokens"] // rng.randint(2, 9))
    told = {"observed_at": again, "actual_output_tokens": tokens, "max_output_tokens": None}
    changed = added([{**one.fields, **told, **dict.fromkeys(LINKS)}])
    return Plant(next(iter(changed)), f"{one.id[:8]} of {at} again, at {again}", changed)


def _facts_left_out(state: Fileset, rng: Random) -> Plant:
    """A stored call in a second line that needed less, and leaves out some of who the call is."""
    who = ("run_id", "phase_id", "attempt", "observed_at")
    stated = [
        (one, [name for name in who if one.fields[name] is not None]) for one in eligible(state)
    ]
    candidates = [(one, names) for one, names in stated if names]
    one, names = one_of(rng, candidates, "no eligible call says anything that could be left out")
    left_out = rng.sample(names, rng.randint(1, len(names)))
    tokens = max(1, one.fields["actual_output_tokens"] * rng.randint(50, 95) // 100)
    told = {"actual_output_tokens": tokens, "max_output_tokens": None, **dict.fromkeys(left_out)}
    changed = added([{**one.fields, **told, **dict.fromkeys(LINKS)}])
    return Plant(
        next(iter(changed)), f"{one.id[:8]} again, without {', '.join(left_out)}", changed
    )


def _corrected_twice(state: Fileset, rng: Random) -> Plant:
    """Two lines correct one, and tell of two calls."""
    one = rng.choice(eligible(state))
    lines = (
        correction(one, phase_id=f"drill-{rng.randint(1, 9999)}"),
        correction(one, attempt=9999),
    )
    changed = added(lines)
    return Plant(next(iter(changed)), f"{one.id[:8]} corrected into two calls", changed)


def _appended(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    new = stored_line(new_call(like, rng.randint(1, 9999), like.fields["actual_output_tokens"]))
    changed = {like.file: state.files[like.file] + new}
    return Plant(like.file, "one more call at the end of the file", changed, _CHANGED)


def _misnamed(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    new = added([new_call(like, rng.randint(1, 9999), like.fields["actual_output_tokens"])])
    [(file, content)] = new.items()
    while (name := renamed(file, rng)) == file or name in state.files:
        pass
    return Plant(name, f"one call that belongs into {file}", {name: content}, _CHANGED)


KINDS: Final[tuple[Kind, ...]] = (
    regression("phases-merged", "calls of several phases corrected into one", _phases_merged),
    regression("correction-of-identity", "one call corrected into another call", _identity),
    regression("cut-off-complete", "a call that was cut off, complete at fewer tokens", _complete),
    regression("labels-swapped", "two calls corrected into each other's cell", _labels_swapped),
    regression(
        "answered-in-advance",
        "easy calls whose acknowledgement was there before",
        _calls_answered_before,
    ),
    regression(
        "correction-answered-in-advance",
        "a correction whose acknowledgement was there before",
        _correction_answered_before,
    ),
    regression(
        "correction-answered-afterwards",
        "an acknowledgement for a correction that came before",
        _answered_afterwards,
    ),
    invalid(
        "same-call-in-utc", "a stored call again, its time written in another way", _told_twice
    ),
    invalid(
        "same-call-with-less", "a stored call again, without some of who it is", _facts_left_out
    ),
    invalid("corrected-twice", "one call corrected into two", _corrected_twice),
    regression("appended-line", "a new call at the end of a stored file", _appended),
    regression("misnamed-file", "a new file under the hash of another content", _misnamed),
)

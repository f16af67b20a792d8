"""Corrections that make another call of a stored one, calls told twice, and answers for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset, StoredLine
from coefgate.drill.kinds import lines
from coefgate.drill.kinds.calls import calls_by_cell, flattering_calls
from coefgate.drill.kinds.gates import with_answer
from coefgate.drill.kinds.lines import added, correction, eligible, in_words, needing
from coefgate.drill.kinds.verbs import until
from coefgate.drill.oracle.evidence import cell_of
from coefgate.drill.plant import NotPlantable, Plant, Planting, one_of, passes, refused, stopped_by
from coefgate.samples.model import stored_line


def _phases_merged(state: Fileset, rng: Random) -> Plant:
    """Calls of one phase count once in a sign test, so a loss of them all looks like chance."""
    by_cell = calls_by_cell(state)
    several = sorted(at for at, calls in by_cell.items() if len({one.phase for one in calls}) > 1)
    at = one_of(rng, several, "no cell has calls of several phases")
    calls = by_cell[at]
    phase = rng.choice(sorted({str(one.fields["phase_id"]) for one in calls}))
    moved = [one for one in calls if one.fields["phase_id"] != phase]
    what = f"{len(moved)} calls of {'/'.join(at[1:])} corrected into the phase {phase}"
    return Plant(what, added(correction(one, phase_id=phase) for one in moved))


def _into_another(state: Fileset, rng: Random) -> Plant:
    """A line corrected so that it tells of another call, in its cell and its phase."""
    one, number = rng.choice(eligible(state)), rng.randint(2, 9999)
    ways: tuple[dict[str, Any], ...] = (
        {"run_id": f"drill-{number}"},
        {"attempt": number},
        {"reference": f"drill:{number}"},
        {"observed_at": f"2026-01-01T00:{number % 60:02}:00Z"},
    )
    way = rng.choice(ways)
    return Plant(f"{one.id[:8]} corrected: {in_words(way)}", added([correction(one, **way)]))


def _complete(state: Fileset, rng: Random) -> Plant:
    one = lines.cut_off(state, rng)[0]
    needed = max(1, one.tokens * rng.randint(20, 80) // 100)
    if needed >= one.tokens:
        raise NotPlantable("the call that was cut off had reached one token only")
    whole = lines.NOT_CUT_OFF | {"success": True, "actual_output_tokens": needed}
    what = f"cut off at {one.tokens} tokens, corrected to a complete one of {needed}"
    return Plant(f"the call {one.id[:8]}, {what}", added([correction(one, **whole)]))


def _labels_swapped(state: Fileset, rng: Random) -> Plant:
    calls = eligible(state)
    one = rng.choice(calls)
    origin, cell = one.fields["origin"], cell_of(state, one)
    others = [
        each for each in calls if each.fields["origin"] == origin and cell_of(state, each) != cell
    ]
    other = one_of(rng, others, "the calls are all of one cell")
    swapped = [
        correction(each, **{key: instead.fields[key] for key in ("category", "complexity")})
        for each, instead in ((one, other), (other, one))
    ]
    return Plant(
        f"{one.id[:8]} and {other.id[:8]} corrected into each other's cell", added(swapped)
    )


def _answered(rule: str, plant: Planting, *, before: bool) -> Planting:
    """Calls to which a rule objects, acknowledged in the same change or before they came."""

    def planting(state: Fileset, rng: Random) -> Plant:
        told = plant(state, rng)
        about = {"id": lines.with_id(told.changed)} if rule == "corrected" else {"file": told.file}
        answer = with_answer(state, rule, **about)
        if before:
            return replace(told, what=f"{told.what}, answered for before", past=(answer,))
        return replace(
            told, what=f"{told.what}, with a reason", changed={**told.changed, **answer}
        )

    return planting


def _answered_afterwards(state: Fileset, rng: Random) -> Plant:
    """A call that came to need more, with a reason later on: then values are fitted to it."""
    one = rng.choice(eligible(state))
    brought = added([correction(one, **needing(2 * one.tokens))])
    answer = with_answer(state.after(brought), "corrected", id=lines.with_id(brought))
    what = f"an answer for the correction of {one.id[:8]} that came before"
    return Plant(what, answer, past=(brought,))


def _into_two(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    phase = correction(one, phase_id=f"drill-{rng.randint(1, 9999)}")
    changed = added((phase, correction(one, attempt=9999)))
    return Plant(f"{one.id[:8]} corrected into two calls", changed)


def _told_again(one: StoredLine, tokens: int, facts: Mapping[str, Any]) -> dict[str, bytes]:
    return added([{**one.fields, **facts, **needing(tokens), **dict.fromkeys(lines.LINKS)}])


def _with_another_time(state: Fileset, rng: Random) -> Plant:
    dated = [one for one in eligible(state) if one.fields["observed_at"] is not None]
    one = one_of(rng, dated, "no eligible call has a time")
    at = one.fields["observed_at"]
    in_utc = datetime.fromisoformat(at).astimezone(UTC).isoformat().replace("+00:00", "Z")
    with_fraction = at if at[19] == "." else f"{at[:19]}.0{at[19:]}"
    others = [again for again in (in_utc, with_fraction) if again != at]
    again = one_of(rng, others, "the time can be written in one way only")
    changed = _told_again(one, one.tokens // rng.randint(2, 9), {"observed_at": again})
    return Plant(f"{one.id[:8]} of {at} again, at {again}", changed)


def _with_facts_left_out(state: Fileset, rng: Random) -> Plant:
    who = ("run_id", "phase_id", "attempt", "observed_at")
    stated = [
        (one, names)
        for one in eligible(state)
        if (names := [name for name in who if one.fields[name] is not None])
    ]
    one, names = one_of(rng, stated, "no eligible call says anything that could be left out")
    left_out = rng.sample(names, rng.randint(1, len(names)))
    changed = _told_again(one, one.tokens * rng.randint(50, 95) // 100, dict.fromkeys(left_out))
    return Plant(f"{one.id[:8]} again, without {', '.join(left_out)}", changed)


def _appended(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    call = lines.new_call(like, rng.randint(1, 9999), like.tokens)
    content = state.files[like.file] + stored_line(call)
    return Plant("one more call at the end of the file", {like.file: content})


def _misnamed(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    call = lines.new_call(like, rng.randint(1, 9999), like.tokens)
    [(file, content)] = added([call]).items()
    while (name := lines.other_file_name(file, rng)) == file or name in state.files:
        pass
    return Plant(f"one call that belongs into {file}", {name: content})


# fmt: off
REGRESSIONS: Final = (
    *stopped_by("corrected cell-shrunk",
        ("phases-merged", "calls of several phases corrected into one", _phases_merged),
    ),
    *stopped_by("corrected",
        ("correction-of-identity", "one call corrected into another call", _into_another),
        ("cut-off-complete", "a call that was cut off, complete at fewer tokens", _complete),
        ("labels-swapped", "two calls corrected into each other's cell", _labels_swapped),
    ),
    *stopped_by("flattered",
        ("answered-in-advance", "easy calls whose acknowledgement was there before",
            _answered("flattered", flattering_calls, before=True)),
    ),
    *stopped_by("corrected",
        ("correction-answered-in-advance",
            "a correction whose acknowledgement was there before",
            _answered("corrected", _into_another, before=True)),
        ("correction-answered-afterwards",
            "an acknowledgement for a correction that came before", _answered_afterwards),
    ),
    refused("same-call-in-utc", "a stored call again, its time written in another way",
        _with_another_time),
    refused("same-call-with-less", "a stored call again, without some of who it is",
        _with_facts_left_out),
    refused("corrected-twice", "one call corrected into two", _into_two),
    *stopped_by("sample-changed",
        ("appended-line", "a new call at the end of a stored file", _appended),
        ("misnamed-file", "a new file under the hash of another content", _misnamed),
    ),
)
HARMLESS: Final = (
    passes("correction-acknowledged", "one call corrected into another, with a reason",
        # Another time may make another attempt of it, which another number predicts.
        until(_answered("corrected", _into_another, before=False),
            lambda its: not its.may_flatter,
            nothing="no call can be corrected into another without flattering a figure")),
    passes("easy-samples-acknowledged", "many easy calls, with a reason",
        _answered("flattered", flattering_calls, before=False)),
)
# fmt: on

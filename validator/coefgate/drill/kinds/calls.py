"""Stored calls taken away, altered or moved; and calls that make coefficients look better."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import REGISTRY, Fileset, StoredLine
from coefgate.drill.kinds import lines, opinions, verbs
from coefgate.drill.kinds.lines import added, correction, easy_calls, eligible, in_words, needing
from coefgate.drill.kinds.opinions import flatters
from coefgate.drill.kinds.verbs import first_that, small_change, together, until
from coefgate.drill.oracle.evidence import cell_of, scored
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import NotPlantable, Plant, one_of, stopped, stopped_by

_SIZES: Final = (20, 50, 100, 200, 400, 800)
"""How many easy calls are tried, until they are enough."""
_ATTEMPTS: Final = 60
_NOT_BETTER: Final = "no figure of these coefficients can get much better"


def place(one: StoredLine) -> str:
    """``0123abcd, line 7``."""
    return f"{one.id[:8]}, line {one.index + 1}"


def call_removed(state: Fileset, rng: Random) -> Plant:
    """Take out the line of an eligible call, and the lines that name it."""
    one = rng.choice(eligible(state))
    return Plant(f"{place(one)} → gone", lines.without(state, [one]), at=one.file)


def _cut_off_removed(state: Fileset, rng: Random) -> Plant:
    one = lines.cut_off(state, rng)[0]
    return Plant(f"the cut-off call {place(one)} → gone", lines.without(state, [one]), at=one.file)


def _file_removed(state: Fileset, rng: Random) -> Plant:
    file = lines.a_sample_file(state, rng)
    stored = [one for one in state.stored if one.file == file]
    return Plant(f"{len(stored)} calls → gone", lines.without(state, stored), at=file)


def _file_renamed(state: Fileset, rng: Random) -> Plant:
    file = lines.a_sample_file(state, rng)
    new = lines.other_file_name(file, rng)
    return Plant(f"→ {new}", {file: None, new: state.files[file]})


def _altered(
    state: Fileset, rng: Random, key: str, other: Callable[[Fileset, Random, StoredLine], object]
) -> Plant:
    """A stored line that no other line names, with what ``other`` says instead."""
    one = lines.an_unlinked(state, rng)
    new = other(state, rng, one)
    what = f"{place(one)}: {key} {one.fields[key]} → {new}"
    return Plant(what, lines.altered(state, one, **{key: new}))


def _fewer_tokens(_state: Fileset, rng: Random, one: StoredLine) -> int:
    new = max(1, one.tokens * rng.randint(20, 90) // 100)
    if new == one.tokens:
        raise NotPlantable("the call needed one token only")
    return new


def _another_category(state: Fileset, rng: Random, one: StoredLine) -> str:
    others = [name for name in state.categories if name != cell_of(state, one)[0]]
    return one_of(rng, others, "there is only one category")


def calls_by_cell(state: Fileset) -> dict[tuple[str, str, str], list[StoredLine]]:
    """Eligible calls by origin, category and complexity."""
    found: dict[tuple[str, str, str], list[StoredLine]] = defaultdict(list)
    for one in eligible(state):
        found[(one.fields["origin"], *cell_of(state, one))].append(one)
    return found


def _cell_emptied(state: Fileset, rng: Random) -> Plant:
    by_cell = calls_by_cell(state)
    cell = rng.choice(sorted(by_cell))
    _, category, complexity = cell
    others = [name for name in state.document(REGISTRY)["complexities"] if name != complexity]
    new = one_of(rng, others, "there is only one complexity")
    cells = f"{category}/{complexity} → {category}/{new}"
    what = f"{len(by_cell[cell])} calls of {cells}, by corrections"
    return Plant(what, added(correction(one, complexity=new) for one in by_cell[cell]))


def _call_moved(state: Fileset, rng: Random) -> Plant:
    one = rng.choice(eligible(state))
    category, complexity = cell_of(state, one)
    order = state.document(REGISTRY)["complexities"]
    ways: list[dict[str, Any]] = [{"success": False}]
    ways += [{"category": name} for name in state.categories if name != category]
    ways += [{"complexity": name} for name in order if name != complexity]
    way = rng.choice(ways)
    what = f"{one.id[:8]} of {category}/{complexity} corrected: {in_words(way)}"
    return Plant(what, added([correction(one, **way)]))


def _corrected_away(state: Fileset, rng: Random) -> Iterator[Plant]:
    """A cut-off call says nothing once it failed, or its files are not all known."""
    failed = lines.NOT_CUT_OFF | {"success": False}
    way: dict[str, Any] = rng.choice((failed, {"paths": "partial"}))
    for one in lines.cut_off(state, rng):
        what = f"the cut-off call {one.id[:8]} corrected: {in_words(way)}"
        yield Plant(what, added([correction(one, **way)]))


def _displaced(state: Fileset, rng: Random) -> Iterator[Plant]:
    """Of a phase and ceiling the earliest call that says most counts: one of another cell."""
    for one in lines.cut_off(state, rng):
        ceiling = one.fields["max_output_tokens"]
        others = sorted(set(state.categories) - {cell_of(state, one)[0]})
        if one.fields["phase_id"] is None or not others:
            continue
        earlier = {
            **lines.new_call(one, rng.randint(1, 9999), one.tokens),
            "observed_at": "2000-01-01T00:00:00Z",
            "phase_id": one.fields["phase_id"],
            "max_output_tokens": one.tokens if ceiling is None else ceiling,
            "category": rng.choice(others),
        }
        what = f"a call of {earlier['category']} instead of the cut-off call {one.id[:8]}"
        yield Plant(what, added([earlier]))


def _empties_a_cell(opinion: Opinion) -> bool:
    sides = (opinion.base, opinion.head)
    before, after = (Counter(cell_of(side, one) for one in scored(side)) for side in sides)
    return bool(before - after)


def easy(state: Fileset, rng: Random, count: int) -> Plant:
    """So many calls that the present coefficients predict to the token."""
    what = f"{count} calls that are predicted to the token"
    return Plant(what, easy_calls(state, state, rng, count))


flattering_calls: Final = first_that(
    lambda state, rng: (easy(state, rng, count) for count in _SIZES), flatters, nothing=_NOT_BETTER
)
"""So many easy calls that a figure gets much better by them alone."""


def _worst(state: Fileset, rng: Random) -> list[StoredLine]:
    return lines.worst_first(state, lines.of_one_origin(eligible(state), rng))


def _corrected_to_fit(state: Fileset, rng: Random) -> Iterator[Plant]:
    worst = _worst(state, rng)
    fitting = [correction(one, **needing(predicted(state, one.fields))) for one in worst]
    for count in range(rng.randint(2, 5), len(worst) + 1):
        what = f"{count} calls corrected to what is predicted for them"
        yield Plant(what, added(fitting[:count]))


def _worst_retired(state: Fileset, rng: Random) -> Iterator[Plant]:
    worst = _worst(state, rng)
    for count in range(rng.randint(1, 4), len(worst)):
        what = f"{count} of the {count + 2} calls that are predicted worst retired"
        yield Plant(what, lines.retired(state, rng.sample(worst[: count + 2], count)))


def _diluted(
    state: Fileset,
    rng: Random,
    wanted: opinions.Wanted,
    is_hidden: Callable[[Opinion, Opinion], bool],
    among: verbs.Among | None = None,
) -> Plant | None:
    """A loss, and so many easy calls that only the known ones show it.

    ``is_hidden``: from the proposal, and the values alone where the calls are accepted already.
    """
    found = verbs.loss(state, rng, wanted, among=among)
    for count in _SIZES:
        calls = easy_calls(state, found.opinion.head, rng, count)
        both, changed = state.after(calls), found.changed | calls
        whole = Opinion(state, state.after(changed))
        if is_hidden(whole, Opinion(both, both.after(found.changed))):
            what = f"{found.what}, with {count} calls that it predicts to the token"
            return Plant(what, changed, whole.broken)
    return None


def corrected_to(one: StoredLine, tokens: int) -> Plant:
    """A call corrected so that it needed another number of tokens."""
    what = f"{one.id[:8]} corrected from {one.tokens} to {tokens} tokens"
    return Plant(what, added([correction(one, **needing(tokens))]))


def retirement(state: Fileset, rng: Random) -> Plant:
    """Retire an eligible call."""
    one = rng.choice(eligible(state))
    return Plant(f"{one.id[:8]} retired, with a reason", lines.retired(state, [one]))


def _fitting(state: Fileset, rng: Random) -> Plant:
    one = lines.an_unlinked(state, rng)
    new = max(1, predicted(state, one.fields) - rng.randint(0, 20))
    return corrected_to(one, new + (new == one.tokens))


# fmt: off
REGRESSIONS: Final = (
    *stopped_by("sample-removed",
        ("sample-removed", "the line of an eligible call removed", call_removed),
        ("censored-removed", "the line of a call that was cut off removed", _cut_off_removed),
        ("sample-file-removed", "a whole file of samples removed", _file_removed),
    ),
    *stopped_by("sample-changed",
        ("sample-altered", "fewer tokens in a stored line, with an id that fits",
            partial(_altered, key="actual_output_tokens", other=_fewer_tokens)),
        ("category-altered", "another category in a stored line",
            partial(_altered, key="category", other=_another_category)),
        ("phase-altered", "another phase in a stored line",
            partial(_altered, key="phase_id",
                other=lambda _, rng, __: f"other-{rng.randint(1, 999)}")),
        ("sample-file-renamed", "a file of samples under another name", _file_renamed),
    ),
    *stopped_by("cell-shrunk corrected",
        ("cell-emptied", "every call of a cell corrected into another cell", _cell_emptied),
        ("call-moved", "one call corrected into another cell, or to a failed one", _call_moved),
        ("censored-corrected-away",
            "a call that was cut off corrected so that it says nothing",
            first_that(_corrected_away, _empties_a_cell,
                nothing="another call says as much as each that was cut off")),
    ),
    *stopped_by("cell-shrunk",
        ("censored-displaced", "a call of another cell instead of one that was cut off",
            first_that(_displaced, _empties_a_cell,
                nothing="no call that was cut off can be displaced")),
    ),
    *stopped_by("flattered",
        ("easy-samples", "many calls that the present coefficients predict to the token",
            flattering_calls),
        ("corrected-to-fit", "the worst calls corrected to what is predicted",
            first_that(_corrected_to_fit, flatters, nothing=_NOT_BETTER)),
        ("worst-retired", "the calls that are predicted worst retired",
            first_that(_worst_retired, flatters, nothing=_NOT_BETTER)),
    ),
    stopped("diluted", "a worse coefficient with many calls that it predicts to the token",
        until(partial(_diluted, wanted=opinions.misses_a_limit,
                is_hidden=lambda whole, _: "diluted" in whole.broken),
            attempts=_ATTEMPTS,
            nothing="no coefficient makes these calls miss a metric rule")),
    stopped("stratum-diluted", "a loss of one kind of work with many easy calls that hide it",
        verbs.without_procedure(until(
            partial(_diluted, wanted=opinions.loses_a_stratum, among=verbs.is_coefficient,
                is_hidden=lambda _, alone: not opinions.loses_a_stratum(alone)),
            attempts=_ATTEMPTS,
            nothing="no loss of one kind of work can be hidden by easy calls"))),
    *stopped_by("retired-with-values",
        ("correction-with-coefficient",
            "a call corrected to what is predicted, with a coefficient",
            together(_fitting, small_change)),
        ("retirement-with-coefficient", "a call retired, with a coefficient",
            together(retirement, small_change)),
    ),
    stopped("easy-thirty", "30 calls that the present coefficients predict to the token",
        until(partial(easy, count=30), flatters, attempts=1,
            nothing="these coefficients predict stored calls nearly as well"), by="flattered"),
)
# fmt: on

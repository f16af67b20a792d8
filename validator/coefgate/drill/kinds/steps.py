"""What each change does little of, and several since the anchor do too much of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import MARGINS, RETIRED, FileChanges, Fileset, StoredLine
from coefgate.drill.kinds.claims import basis_of
from coefgate.drill.kinds.draws import (
    Drawn,
    divided,
    draw,
    either_way,
    far,
    is_coefficient,
    is_overhead,
    near,
    percent,
)
from coefgate.drill.kinds.lines import (
    added,
    eligible,
    new_call,
    of_one_origin,
    retired,
    worst_first,
)
from coefgate.drill.kinds.margins import default_margin, with_margin
from coefgate.drill.kinds.names import PRIOR, dispensable, priced, taken_out, with_aliases
from coefgate.drill.kinds.verbs import DRAWS, harmless, until
from coefgate.drill.numbers import Number, in_range, rises, with_value, written
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import NotPlantable, Plant, Planting, stopped
from coefgate.drill.yaml_text import dumped

_MOST_STEPS: Final = 4
_FEW_DRAWS: Final = 20
_STRATUM: Final = "stratum-regression"


def _swings_only_together(*states: Fileset) -> bool:
    """Is the way from the first state to the last too far, and no step on it?"""
    apart = [Opinion(*pair).broken for pair in pairwise(states)]
    whole = Opinion(states[0], states[-1]).broken
    return "swing" in whole and not any("swing" in broken for broken in apart)


def _swing(*, released: bool = False, tagged: bool = False) -> Planting:
    """A number that moves by less than the factor twice, and by more since the anchor."""

    def attempt(state: Fileset, rng: Random) -> Plant | None:
        times = either_way(150, 190)(rng)
        first = draw(state, rng, lambda _: times, among=is_coefficient)
        number, value = first.number, first.number.times(times * times)
        if first.pushed or not in_range(number, value):
            return None
        base = state.after(first.changed)
        changed = with_value(base, number, value)
        head = base.after(changed)
        if not rises(head) or not _swings_only_together(state, base, head):
            return None
        what = f"{first.what} → {written(value)}, in two changes since the anchor"
        two = Plant(what, changed, past=({}, first.changed))
        return replace(two, released=released, tagged=tagged)

    return until(attempt, nothing="no number can move by so much in two steps")


def _margin_after_overhead(state: Fileset, rng: Random) -> Plant | None:
    """An overhead, and then a margin of its cell alone, that are far only as one price."""
    times = percent(145, 195)(rng)
    first = draw(state, rng, lambda _: times, among=is_overhead)
    factor = min(Fraction(10), default_margin(state).times(times))
    base = state.after(first.changed)
    category, complexity = first.number.key.of
    changed = {MARGINS: with_margin(base, category, complexity, float(factor), PRIOR)}
    if not _swings_only_together(state, base, base.after(changed)):
        return None
    what = f"{first.what}, then a margin of {written(factor)} for its cell"
    return Plant(what, changed, past=({}, first.changed))


def _stratum(state: Fileset, rng: Random) -> Plant | None:
    """A loss of one kind of work in several changes, of which none by itself loses too much."""
    eligible(state)

    def loses_a_stratum(opinion: Opinion) -> bool:
        return opinion.broken == {_STRATUM}

    total = draw(state, rng, either_way(110, 195), loses_a_stratum, among=is_coefficient)
    if total.pushed:
        return None
    number = total.number
    for count in range(2, _MOST_STEPS + 1):
        steps = list(_even_steps(total, count))
        states, files = [state], []
        for step in steps:
            files.append(with_value(states[-1], number, step))
            states.append(states[-1].after(files[-1]))
        if not any(Opinion(*pair).broken for pair in pairwise(states)):
            what = f"{number.name} {' → '.join(map(written, (number.value, *steps)))}"
            return Plant(what, files[-1], past=({}, *files[:-1]))
    return None


def _even_steps(total: Drawn, count: int) -> Iterator[Fraction]:
    """From the number as it is to the drawn one in so many steps."""
    growth = total.value / total.number.value - 1
    for step in range(1, count):
        yield total.number.times(1 + growth * Fraction(step, count))
    yield total.value


def _retired(state: Fileset, rng: Random) -> Plant | None:
    """Badly predicted calls retired in several changes, of which none flatters by itself."""
    known = worst_first(state, eligible(state))
    *past, last = [state, *_retirements(state, rng, known[: len(known) * 3 // 4])]
    if not past or not Opinion(state, last).flattered:
        return None
    count = len(last.retired - state.retired)
    what = f"{count} calls that are predicted badly retired in {len(past)} changes"
    files = [{RETIRED: one.files[RETIRED]} for one in past[1:]]
    return Plant(what, {RETIRED: last.files[RETIRED]}, past=({}, *files))


def _retirements(state: Fileset, rng: Random, bad: Sequence[StoredLine]) -> Iterator[Fileset]:
    """Steps that do not flatter by themselves, until they do together."""
    base = state
    for _ in range(_FEW_DRAWS):
        left = [one for one in bad if one.id not in base.retired]
        these = rng.sample(left, min(len(left), rng.randint(2, 8)))
        head = base.after(retired(base, these))
        if these and not Opinion(base, head).flattered:
            yield head
            if Opinion(state, head).flattered:
                return
            base = head


def _retired_then_missed(state: Fileset, rng: Random) -> Plant | None:
    """The calls that a lower overhead would cut off are retired first."""
    known = eligible(state)

    def harms_a_stratum(opinion: Opinion) -> bool:
        return _STRATUM in opinion.broken

    def is_cut_off(side: Fileset, one: StoredLine) -> bool:
        return bool(predicted(side, one.fields) < one.fields["actual_output_tokens"])

    lower = draw(state, rng, divided(105, 195), harms_a_stratum, among=is_overhead)
    head = state.after(lower.changed)
    missed = [one for one in known if is_cut_off(head, one) and not is_cut_off(state, one)]
    past = retired(state, missed)
    base = state.after(past)
    alone = Opinion(base, base.after(lower.changed)).broken
    if lower.pushed or not missed or alone or Opinion(state, base).flattered:
        return None
    what = f"retired: {len(missed)}, cut off by {lower.what} afterwards"
    return Plant(what, lower.changed, past=({}, past))


def _interval_widened(state: Fileset, rng: Random) -> Plant | None:
    """A wider interval in a change of its own, and then the number that needs it."""
    drawn = draw(state, rng, near, harmless, among=is_coefficient)
    number = drawn.number
    low, high = (int(number.value * Fraction(percent, 100)) for percent in (95, 105))
    past = [_claiming(state, number, ends) for ends in (None, (low, high), (0, 1_000_000))]
    if drawn.pushed or low <= drawn.value <= high or not low <= number.value <= high:
        return None
    changed = with_value(state.after(past[-1]), number, drawn.value)
    what = f"{drawn.what}, out of the interval {low} to {high}, which was widened before"
    return Plant(what, changed, past=tuple(past))


def _claiming(state: Fileset, number: Number, ends: tuple[int, int] | None) -> FileChanges:
    """The file of a number with another interval of its basis."""
    document, basis = basis_of(state, number)
    basis.pop("interval", None)
    if ends is not None:
        basis["interval"] = list(ends)
    return {number.file: dumped(document)}


def _invented(state: Fileset, rng: Random) -> Plant:
    """Invented calls that needed far more come in; then a margin that serves them alone."""
    known = eligible(state)
    likes = of_one_origin(known, rng)
    margin = default_margin(state)
    for _ in range(_FEW_DRAWS):
        times, many = Fraction(rng.randint(170, 195), 100), rng.randint(2, 4) * len(known)
        drafts = []
        for number in range(many):
            like = rng.choice(likes)
            drafts.append(new_call(like, number, int(predicted(state, like.fields) * times)))
        news = added(drafts)
        base, value = state.after(news), margin.times(times)
        values = with_value(base, margin, value) if in_range(margin, value) else {}
        lost = Opinion(state, state.after(values)).measured - {_STRATUM}
        harms_alone = Opinion(base, base.after(values)).broken
        if lost and not harms_alone and not Opinion(state, base).flattered:
            what = f"{many} invented calls, then {margin.name} → {written(value)}"
            return Plant(what, values, past=({}, news))
    raise NotPlantable("no invented calls carry a margin that the others would not")


def _out_and_in(state: Fileset, rng: Random) -> Plant:
    """A category goes with all its names, which is accepted, and comes back dearer or cheaper."""
    for category in dispensable(state, rng):
        file, gone, times = state.categories[category], taken_out(state, category), far(rng)
        document = with_aliases(state.draft(file), state.document(file).get("aliases", ()))
        document["overhead"] = priced(document["overhead"], times)
        changed = {file: dumped(document)}
        if "swing" in Opinion(state, state.after({**gone, **changed})).broken:
            what = f"{category} taken out, and brought back with values × {float(times):.2f}"
            return Plant(what, changed, past=({}, gone))
    raise NotPlantable("no category can go and come back with other figures")


def _flattered(state: Fileset, rng: Random) -> Plant:
    """Batches of calls that keep median and P90 of the waste, of which none flatters by itself."""
    likes = of_one_origin(eligible(state), rng)
    past: list[FileChanges] = [{}]
    accepted = state
    for number in range(DRAWS):
        batch = _batch(state, rng, likes, 1000 * number)
        head = accepted.after(batch)
        if Opinion(accepted, head).may_flatter:
            continue
        if Opinion(state, head).flattered:
            since = f"after {len(past) - 1} other batches since the anchor"
            what = f"calls that flatter a little, {since}"
            return Plant(what, batch, past=tuple(past), released=True)
        past.append(batch)
        accepted = head
    raise NotPlantable("no batches of easy calls flatter together and not alone")


def _batch(
    state: Fileset, rng: Random, likes: Sequence[StoredLine], first: int
) -> dict[str, bytes]:
    """Calls of which most need a token more than is predicted; the others keep the waste."""
    figures = Opinion(state, state).figures(state, added=False)
    median, p90 = (figures.median, figures.p90) if figures else (Fraction(1), Fraction(1))
    ratios = [None] * 6 + [Fraction(1)] * 2 + [median, p90]
    drafts: list[dict[str, Any]] = []
    for index in range(10 * rng.randint(1, 3)):
        like = rng.choice(likes)
        tokens, ratio = predicted(state, like.fields), ratios[index % 10]
        needed = tokens + 1 if ratio is None else int(tokens / ratio)
        drafts.append(new_call(like, first + index, needed))
    return added(drafts)


# fmt: off
REGRESSIONS: Final = (
    stopped("swing-in-steps", "a number moved by 2× or more in two changes since a release",
        _swing(released=True), by="swing"),
    stopped("swing-since-first", "a number moved by 2× or more in two changes, without a release",
        _swing(), by="swing"),
    stopped("swing-past-a-tag",
        "a number moved by 2× or more in two changes, with a release in between",
        _swing(tagged=True), by="swing"),
    stopped("margin-after-overhead",
        "an overhead × 1.45 to 1.95, and then a margin of its cell by as much",
        until(
            _margin_after_overhead,
            nothing="no overhead and margin are far together and not alone",
        ), by="swing"),
    stopped("stratum-in-steps", "a kind of work that loses too much in several changes",
        until(_stratum, nothing="no kind of work loses too much in steps of which none does"),
        by=_STRATUM),
    stopped("retired-in-steps", "the worst calls retired in several changes",
        until(
            _retired,
            nothing="no steps of retirements flatter together and not alone",
            attempts=_FEW_DRAWS,
        ), by="flattered"),
    stopped("retired-then-missed", "an overhead that cuts off calls which were retired before",
        until(
            _retired_then_missed,
            nothing="no lower overhead cuts off a few calls and loses nothing else",
        ), by=_STRATUM),
    stopped("interval-widened-before", "a number out of an interval that was widened before",
        until(_interval_widened, nothing="no number leaves a narrow interval without harm"),
        by="swing"),
    stopped("invented-then-values", "invented calls that carry a margin which others do not",
        _invented, by="diluted"),
    stopped("taken-out-and-in", "a category taken out, and back with values × or ÷ 2 to 5",
        _out_and_in, by="swing"),
    stopped("flattered-in-steps", "easy calls in several changes since a release", _flattered,
        by="flattered"),
)
# fmt: on

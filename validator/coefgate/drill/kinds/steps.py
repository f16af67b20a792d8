"""What each change does little of, and several since the anchor do too much of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import FileChanges, Fileset, dumped
from coefgate.drill.kinds import lines, opinions, verbs
from coefgate.drill.kinds.lines import added, eligible, new_call, of_one_origin
from coefgate.drill.kinds.margins import default_margin, with_margin
from coefgate.drill.kinds.names import PRIOR, dispensable, priced, taken_out, with_aliases
from coefgate.drill.kinds.values import basis_of, with_basis
from coefgate.drill.kinds.verbs import draw, far, first_that, is_coefficient, is_overhead, until
from coefgate.drill.numbers import in_range, rises, with_value, written
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted, predictor_of
from coefgate.drill.plant import Plant, stopped, stopped_by

_MOST_STEPS: Final = 4
_FEW_DRAWS: Final = 20
_MANY_DRAWS: Final = 1000
"""Where base misses a limit, few numbers make one kind of work worse and all else no worse."""


def _swings_only_together(*states: Fileset) -> bool:
    """Is the way from the first state to the last too far, and no step on it?"""
    apart = [Opinion(*pair).broken for pair in pairwise(states)]
    whole = Opinion(states[0], states[-1]).broken
    return "swing" in whole and not any("swing" in broken for broken in apart)


def _swing(
    state: Fileset, rng: Random, *, released: bool = False, tagged: bool = False
) -> Plant | None:
    """A number that moves by less than the factor twice, and by more since the anchor."""
    times = verbs.either_way(150, 190)(rng)
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
    return Plant(what, changed, past=({}, first.changed), released=released, tagged=tagged)


def _margin_after_overhead(state: Fileset, rng: Random) -> Plant | None:
    """An overhead, and then a margin of its cell alone, that are far only as one price."""
    times = Fraction(rng.randint(145, 195), 100)
    first = draw(state, rng, lambda _: times, among=is_overhead)
    factor = min(Fraction(10), default_margin(state).times(times))
    base = state.after(first.changed)
    changed = with_margin(base, first.number.key.of, factor, PRIOR)
    if not _swings_only_together(state, base, base.after(changed)):
        return None
    what = f"{first.what}, then a margin of {written(factor)} for its cell"
    return Plant(what, changed, past=({}, first.changed))


def _stratum(state: Fileset, rng: Random) -> Plant | None:
    """A loss of one kind of work in several changes, of which none by itself loses too much."""
    # Of a number that no call uses something else would have to be said.
    used = predictor_of(state).used_by(eligible(state))
    total = draw(
        state,
        rng,
        verbs.either_way(110, 195),
        lambda its: its.broken == {"stratum-regression"},
        among=lambda number: is_coefficient(number) and number.name in used,
        draws=_MANY_DRAWS,
    )
    if total.pushed:
        return None
    number = total.number
    growth = total.value / number.value - 1
    for count in range(2, _MOST_STEPS + 1):
        even = (number.times(1 + growth * Fraction(step, count)) for step in range(1, count))
        steps = [*even, total.value]
        files = [with_value(state, number, step) for step in steps]
        states = [state, *map(state.after, files)]
        if not any(Opinion(*pair).broken for pair in pairwise(states)):
            what = f"{number.name} {' → '.join(map(written, (number.value, *steps)))}"
            return Plant(what, files[-1], past=({}, *files[:-1]))
    return None


def _batch_by_batch(
    state: Fileset,
    batch: Callable[[Fileset, int], FileChanges],
    what: str,
    *,
    tries: int,
    released: bool,
) -> Plant | None:
    """Batches of which none flatters by itself are accepted, until all together flatter.

    ``batch``: from the accepted state and the number of the try to a change, or to none.
    """
    accepted, past = state, list[FileChanges]([{}])
    for number in range(tries):
        changed = batch(accepted, number)
        head = accepted.after(changed)
        if not changed or Opinion(accepted, head).may_flatter:
            continue
        if Opinion(state, head).flattered:
            retired = len(head.retired - state.retired)
            told = what.format(retired=retired, changes=len(past), others=len(past) - 1)
            return Plant(told, changed, past=tuple(past), released=released)
        past.append(changed)
        accepted = head
    return None


def _retired(state: Fileset, rng: Random) -> Plant | None:
    known = lines.worst_first(state, eligible(state))

    def batch(accepted: Fileset, _number: int) -> FileChanges:
        bad = known[: len(known) * 3 // 4]
        left = [one for one in bad if one.id not in accepted.retired]
        these = rng.sample(left, min(len(left), rng.randint(2, 8)))
        return lines.retired(accepted, these) if these else {}

    what = "{retired} calls that are predicted badly retired in {changes} changes"
    return _batch_by_batch(state, batch, what, tries=_FEW_DRAWS, released=False)


def _retired_then_missed(state: Fileset, rng: Random) -> Plant | None:
    known = eligible(state)
    lower = draw(
        state, rng, verbs.percent(105, 195, -1), opinions.loses_a_stratum, among=is_overhead
    )
    head = lower.opinion.head
    missed = [
        one
        for one in known
        if predicted(head, one.fields) < one.tokens <= predicted(state, one.fields)
    ]
    past = lines.retired(state, missed)
    base = state.after(past)
    alone = Opinion(base, base.after(lower.changed)).broken
    if lower.pushed or not missed or alone or Opinion(state, base).flattered:
        return None
    what = f"retired: {len(missed)}, cut off by {lower.what} afterwards"
    return Plant(what, lower.changed, past=({}, past))


def _interval_widened(state: Fileset, rng: Random) -> Plant | None:
    stays_near = opinions.stays_near if state.has_procedure else opinions.harmless
    drawn = draw(state, rng, verbs.near, stays_near, among=is_coefficient)
    number = drawn.number
    low, high = (int(number.value * Fraction(percent, 100)) for percent in (95, 105))
    bare = {key: what for key, what in basis_of(state, number).items() if key != "interval"}
    claims = [bare, *(bare | {"interval": [*ends]} for ends in ((low, high), (0, 1_000_000)))]
    past = tuple(with_basis(state, number, claim) for claim in claims)
    if drawn.pushed or low <= drawn.value <= high or not low <= number.value <= high:
        return None
    changed = with_value(state.after(past[-1]), number, drawn.value)
    what = f"{drawn.what}, out of the interval {low} to {high}, which was widened before"
    return Plant(what, changed, past=past)


def _invented(state: Fileset, rng: Random) -> Iterator[Plant]:
    """Invented calls that needed far more come in; then a margin that serves them alone."""
    known = eligible(state)
    likes = of_one_origin(known, rng)
    margin = default_margin(state)
    for _ in range(_FEW_DRAWS):
        times, many = Fraction(rng.randint(170, 195), 100), rng.randint(2, 4) * len(known)
        some = enumerate(rng.choice(likes) for _ in range(many))
        news = added(
            new_call(like, number, int(predicted(state, like.fields) * times))
            for number, like in some
        )
        base, value = state.after(news), margin.times(times)
        values = with_value(base, margin, value) if in_range(margin, value) else {}
        lost = Opinion(state, state.after(values)).measured - {"stratum-regression"}
        harms_alone = Opinion(base, base.after(values)).broken
        if lost and not harms_alone and not Opinion(state, base).flattered:
            what = f"{many} invented calls, then {margin.name} → {written(value)}"
            yield Plant(what, values, past=({}, news))


def _out_and_in(state: Fileset, rng: Random) -> Iterator[Plant]:
    """A category goes with all its names, which is accepted, and comes back dearer or cheaper."""
    for category in dispensable(state, rng):
        file, gone, times = state.categories[category], taken_out(state, category), far(rng)
        document = with_aliases(state.draft(file))
        document["overhead"] = priced(document["overhead"], times)
        changed = {file: dumped(document)}
        if "swing" in Opinion(state, state.after({**gone, **changed})).broken:
            what = f"{category} removed, and brought back with values × {float(times):.2f}"
            yield Plant(what, changed, past=({}, gone))


def _flattered(state: Fileset, rng: Random) -> Plant | None:
    """Calls of which most need a token more than is predicted; the others keep the waste."""
    likes = of_one_origin(eligible(state), rng)
    figures = Opinion(state, state).figures(state, added=False)
    median, p90 = (figures.median, figures.p90) if figures else (Fraction(1), Fraction(1))
    ratios = [None] * 6 + [Fraction(1)] * 2 + [median, p90]

    def batch(_accepted: Fileset, number: int) -> FileChanges:
        drafts: list[dict[str, Any]] = []
        for index in range(10 * rng.randint(1, 3)):
            like, ratio = rng.choice(likes), ratios[index % 10]
            tokens = predicted(state, like.fields)
            needed = tokens + 1 if ratio is None else int(tokens / ratio)
            drafts.append(new_call(like, 1000 * number + index, needed))
        return added(drafts)

    what = "calls that flatter a little, after {others} other batches since the anchor"
    return _batch_by_batch(state, batch, what, tries=verbs.DRAWS, released=True)


_TWICE: Final = "a number moved by 2× or more in two changes"
_until_twice: Final = partial(until, nothing="no number can move by so much in two steps")

# fmt: off
REGRESSIONS: Final = (
    *stopped_by("swing",
        ("swing-in-steps", f"{_TWICE} since a release",
            _until_twice(partial(_swing, released=True))),
        ("swing-since-first", f"{_TWICE}, without a release", _until_twice(_swing)),
        ("swing-past-a-tag", f"{_TWICE}, with a release in between",
            _until_twice(partial(_swing, tagged=True))),
        ("margin-after-overhead",
            "an overhead × 1.45 to 1.95, and then a margin of its cell by as much",
            until(_margin_after_overhead,
                nothing="no overhead and margin are far together and not alone")),
    ),
    stopped("stratum-in-steps", "a kind of work that loses too much in several changes",
        verbs.without_procedure(until(_stratum,
            nothing="no kind of work loses too much in steps of which none does")),
        by="stratum-regression"),
    stopped("retired-in-steps", "the worst calls retired in several changes",
        until(_retired, attempts=_FEW_DRAWS,
            nothing="no steps of retirements flatter together and not alone"), by="flattered"),
    stopped("retired-then-missed", "an overhead that cuts off calls which were retired before",
        verbs.without_procedure(until(_retired_then_missed,
            nothing="no lower overhead cuts off a few calls and loses nothing else")),
        by="stratum-regression"),
    stopped("interval-widened-before", "a number out of an interval that was widened before",
        until(_interval_widened, nothing="no number leaves a narrow interval without harm"),
        by="swing"),
    stopped("invented-then-values", "invented calls that carry a margin which others do not",
        verbs.without_procedure(first_that(_invented,
            nothing="no invented calls carry a margin that the others would not")),
        by="diluted"),
    stopped("taken-out-and-in", "a category removed, and back with values × or ÷ 2 to 5",
        first_that(_out_and_in, nothing="no category can go and come back with other figures"),
        by="swing"),
    stopped("flattered-in-steps", "easy calls in several changes since a release",
        until(_flattered, attempts=1,
            nothing="no batches of easy calls flatter together and not alone"), by="flattered"),
)
# fmt: on

"""What each change does little of, and several since the anchor do too much of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Final

from coefgate.drill.fileset import MARGINS, RETIRED, FileChanges, Fileset, StoredLine
from coefgate.drill.kinds.calls import added, eligible, new_call, of_one_origin
from coefgate.drill.kinds.drawing import (
    DRAWS,
    Drawn,
    draw,
    either_way,
    far,
    is_coefficient,
    is_harmless,
    is_overhead,
    near,
)
from coefgate.drill.kinds.parts import (
    PRIOR,
    dispensable,
    taken_out,
    with_aliases,
    with_retirement,
    worst_first,
)
from coefgate.drill.numbers import Number, in_range, numbers, rises, with_value, written
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Kind, NotPlantable, Plant, Planting, regression
from coefgate.drill.yaml_text import dumped, value_at

_MOST_STEPS: Final = 4
_FEW_DRAWS: Final = 20
_MOST_FACTOR: Final = Fraction(10)
_FLATTERED: Final = frozenset(("flattered",))
_STRATUM: Final = frozenset(("stratum-regression",))


def _swing(*, released: bool = False, tagged: bool = False) -> Planting:
    """A number that moves by less than the factor twice, and by more since the anchor."""

    def plant(state: Fileset, rng: Random) -> Plant:
        number, what, changed, past = _two_steps(state, rng)
        return Plant(
            number.file,
            what,
            changed,
            frozenset(("swing",)),
            past,
            released=released,
            tagged=tagged,
        )

    return plant


def _always(factor: Fraction) -> Callable[[Random], Fraction]:
    return lambda _: factor


def _two_steps(
    state: Fileset, rng: Random
) -> tuple[Number, str, FileChanges, tuple[FileChanges, ...]]:
    for _ in range(DRAWS):
        times = either_way(rng, 150, 190)
        first = draw(state, rng, _always(times), lambda _: True, among=is_coefficient)
        number, value = first.number, first.number.times(times * times)
        base = state.after(first.changed)
        if first.pushed or not in_range(number, value):
            continue
        changed = with_value(base, number, value)
        if not rises(base.after(changed)):
            continue
        steps = (first.judgement, Opinion(base, base.after(changed)))
        if "swing" in Opinion(state, base.after(changed)).broken and not any(
            "swing" in step.broken for step in steps
        ):
            what = f"{first.what} → {written(value)}, in two changes since the anchor"
            return number, what, changed, ({}, first.changed)
    raise NotPlantable("no number can move by so much in two steps")


def _margin_after_overhead(state: Fileset, rng: Random) -> Plant:
    """An overhead, and then a margin of its cell alone, that are far only as one price."""
    margin = next(number for number in numbers(state) if number.name == "margin.default")
    for _ in range(DRAWS):
        times = Fraction(rng.randint(145, 195), 100)
        first = draw(state, rng, _always(times), lambda _: True, among=is_overhead)
        factor = min(_MOST_FACTOR, margin.times(times))
        category, complexity = first.number.name.split(".")
        base = state.after(first.changed)
        document = base.draft(MARGINS)
        cells = document["cells"] = document.get("cells") or {}
        cells.setdefault(category, {})[complexity] = {"factor": float(factor), "basis": PRIOR}
        changed = {MARGINS: dumped(document)}
        head = base.after(changed)
        apart = Opinion(state, base).broken | Opinion(base, head).broken
        if "swing" in Opinion(state, head).broken and "swing" not in apart:
            what = f"{first.what}, then a margin of {written(factor)} for its cell"
            return Plant(MARGINS, what, changed, frozenset(("swing",)), ({}, first.changed))
    raise NotPlantable("no overhead and margin are far together and not alone")


def _stratum(state: Fileset, rng: Random) -> Plant:
    """A loss of one kind of work in several changes, of which none by itself loses too much."""
    eligible(state)
    for _ in range(DRAWS):
        total = draw(state, rng, _under_two, _loses_a_stratum, among=is_coefficient)
        for count in range(2, _MOST_STEPS + 1):
            steps = list(_even_steps(total, count))
            states, files = [state], []
            for step in steps:
                files.append(with_value(states[-1], total.number, step))
                states.append(states[-1].after(files[-1]))
            if not any(Opinion(*pair).broken for pair in pairwise(states)):
                what = (
                    f"{total.number.name} {' → '.join(map(written, (total.number.value, *steps)))}"
                )
                return Plant(total.number.file, what, files[-1], _STRATUM, ({}, *files[:-1]))
    raise NotPlantable("no kind of work loses too much in steps of which none does")


def _under_two(rng: Random) -> Fraction:
    """A factor from 1.1 to 1.95, or one over it."""
    return either_way(rng, 110, 195)


def _loses_a_stratum(found: Drawn) -> bool:
    return not found.pushed and found.judgement.broken == _STRATUM


def _even_steps(total: Drawn, count: int) -> Iterator[Fraction]:
    """From the number as it is to the drawn one in so many steps."""
    start = total.number.value
    for step in range(1, count):
        yield total.number.times(1 + (total.value / start - 1) * Fraction(step, count))
    yield total.value


def _retired(state: Fileset, rng: Random) -> Plant:
    """Calls that are predicted badly retired in several changes, of which none flatters by itself."""
    known = worst_first(state, eligible(state))
    bad = known[: len(known) * 3 // 4]
    for _ in range(_FEW_DRAWS):
        *past, last = [state, *_retirements(state, rng, bad)]
        if past and Opinion(state, last).flattered:
            count = len(last.retired - state.retired)
            what = f"{count} calls that are predicted badly retired in {len(past)} changes"
            files = [{RETIRED: one.files[RETIRED]} for one in past[1:]]
            return Plant(RETIRED, what, {RETIRED: last.files[RETIRED]}, _FLATTERED, ({}, *files))
    raise NotPlantable("no steps of retirements flatter together and not alone")


def _retirements(state: Fileset, rng: Random, bad: Sequence[StoredLine]) -> Iterator[Fileset]:
    """Steps that do not flatter by themselves, until they do together."""
    base = state
    for _ in range(_FEW_DRAWS):
        left = [one for one in bad if one.id not in base.retired]
        these = rng.sample(left, min(len(left), rng.randint(2, 8)))
        head = base.after({RETIRED: with_retirement(base, these)})
        if these and not Opinion(base, head).flattered:
            yield head
            if Opinion(state, head).flattered:
                return
            base = head


def _retired_then_missed(state: Fileset, rng: Random) -> Plant:
    """The calls that a lower overhead would cut off are retired first."""
    known = eligible(state)
    for _ in range(DRAWS):
        lower = draw(state, rng, _a_little_less, _misses_more, among=is_overhead)
        head = state.after(lower.changed)
        missed = [one for one in known if _is_cut_off(head, one) and not _is_cut_off(state, one)]
        base = state.after({RETIRED: with_retirement(state, missed)}) if missed else state
        alone = Opinion(base, base.after(lower.changed)).broken
        if missed and not alone and not Opinion(state, base).flattered:
            what = f"retired: {len(missed)}, cut off by {lower.what} afterwards"
            past = {RETIRED: base.files[RETIRED]}
            return Plant(lower.number.file, what, lower.changed, _STRATUM, ({}, past))
    raise NotPlantable(
        "no overhead is lowered so that a few calls are cut off and nothing else is lost"
    )


def _a_little_less(rng: Random) -> Fraction:
    """A divisor from 1.05 to 1.95."""
    return Fraction(100, rng.randint(105, 195))


def _misses_more(found: Drawn) -> bool:
    return not found.pushed and "stratum-regression" in found.judgement.broken


def _is_cut_off(state: Fileset, one: StoredLine) -> bool:
    """Is less predicted for it than it needed?"""
    return bool(predicted(state, one.fields) < one.fields["actual_output_tokens"])


def _interval_widened(state: Fileset, rng: Random) -> Plant:
    """A wider interval in a change of its own, and then the number that needs it."""
    narrow = [Fraction(95, 100), Fraction(105, 100)]
    for _ in range(DRAWS):
        drawn = draw(state, rng, near, is_harmless, among=is_coefficient)
        number = drawn.number
        low, high = (int(number.value * one) for one in narrow)
        claimed = [_claiming(state, number, ends) for ends in (None, (low, high), (0, 1_000_000))]
        base = state.after(claimed[-1])
        changed = with_value(base, number, drawn.value)
        if drawn.pushed or low <= drawn.value <= high or not low <= number.value <= high:
            continue
        what = f"{drawn.what}, out of the interval {low} to {high}, which was widened before"
        return Plant(number.file, what, changed, frozenset(("swing",)), tuple(claimed))
    raise NotPlantable("no number leaves a narrow interval without harm")


def _claiming(state: Fileset, number: Number, ends: tuple[int, int] | None) -> FileChanges:
    """The file of a number with another interval of its basis."""
    document = state.draft(number.file)
    basis = value_at(document, number.place[:-1])["basis"]
    basis.pop("interval", None)
    if ends is not None:
        basis["interval"] = list(ends)
    return {number.file: dumped(document)}


def _invented(state: Fileset, rng: Random) -> Plant:
    """Invented calls that needed far more come in as bad news; then a margin that serves them alone."""
    known = eligible(state)
    likes = of_one_origin(known, rng)
    margin = next(number for number in numbers(state) if number.name == "margin.default")
    for _ in range(_FEW_DRAWS):
        times, many = Fraction(rng.randint(170, 195), 100), rng.randint(2, 4) * len(known)
        drafts = []
        for number in range(many):
            like = rng.choice(likes)
            drafts.append(new_call(like, number, int(predicted(state, like.fields) * times)))
        news = added(drafts)
        value = margin.times(times)
        base = state.after(news)
        values = with_value(base, margin, value) if in_range(margin, value) else {}
        lost = Opinion(state, state.after(values)).measured - {"stratum-regression"}
        if (
            lost
            and not Opinion(state, base).flattered
            and not Opinion(base, base.after(values)).broken
        ):
            what = f"{many} invented calls, then {margin.name} → {written(value)}"
            return Plant(margin.file, what, values, frozenset(("diluted",)), ({}, news))
    raise NotPlantable("no invented calls carry a margin that the others would not")


def _out_and_in(state: Fileset, rng: Random) -> Plant:
    """A category goes with all its names, which is accepted, and comes back with other figures."""
    names = dispensable(state)
    for category in rng.sample(names, len(names)):
        file, gone = state.categories[category], taken_out(state, category)
        document, times = (
            with_aliases(state.draft(file), state.document(file).get("aliases", [])),
            far(rng),
        )
        for entry in document["overhead"].values():
            entry["tokens"] = min(1_000_000, round(entry["tokens"] * times))
            entry.pop("acknowledge", None)
            entry["basis"] = PRIOR
        changed = {file: dumped(document)}
        base = state.after(gone)
        if "swing" in Opinion(state, base.after(changed)).broken:
            what = f"{category} taken out, and brought back with values × {float(times):.2f}"
            return Plant(file, what, changed, frozenset(("swing",)), ({}, gone))
    raise NotPlantable("no category can go and come back with other figures")


def _flattered(state: Fileset, rng: Random) -> Plant:
    """Batches of calls that keep median and P90 of the waste, of which none flatters by itself."""
    likes = of_one_origin(eligible(state), rng)
    past: list[FileChanges] = [{}]
    accepted = state
    for draw_number in range(DRAWS):
        batch = _batch(state, rng, likes, 1000 * draw_number)
        head = accepted.after(batch)
        if Opinion(accepted, head).may_flatter:
            continue
        if Opinion(state, head).flattered:
            file = next(iter(batch))
            what = f"calls that flatter a little, after {len(past) - 1} other batches since the anchor"
            return Plant(file, what, batch, _FLATTERED, tuple(past), released=True)
        past.append(batch)
        accepted = head
    raise NotPlantable("no batches of easy calls flatter together and not alone")


def _batch(
    state: Fileset, rng: Random, likes: Sequence[StoredLine], number: int
) -> dict[str, bytes]:
    """Calls of which most need one token more than is predicted, and the others keep the waste as it is."""
    figures = Opinion(state, state).figures(state, added=False)
    median, p90 = (figures.median, figures.p90) if figures else (Fraction(1), Fraction(1))
    ratios = [None] * 6 + [Fraction(1)] * 2 + [median, p90]
    drafts = []
    for index in range(10 * rng.randint(1, 3)):
        like = rng.choice(likes)
        tokens, ratio = predicted(state, like.fields), ratios[index % 10]
        needed = tokens + 1 if ratio is None else int(tokens / ratio)
        drafts.append(new_call(like, number + index, needed))
    return added(drafts)


KINDS: Final[tuple[Kind, ...]] = (
    regression(
        "swing-in-steps",
        "a number moved by 2× or more in two changes since a release",
        _swing(released=True),
    ),
    regression(
        "swing-since-first",
        "a number moved by 2× or more in two changes, without a release",
        _swing(),
    ),
    regression(
        "swing-past-a-tag",
        "a number moved by 2× or more in two changes, with a release in between",
        _swing(tagged=True),
    ),
    regression(
        "margin-after-overhead",
        "an overhead × 1.45 to 1.95, and then a margin of its cell by as much",
        _margin_after_overhead,
    ),
    regression(
        "stratum-in-steps", "a kind of work that loses too much in several changes", _stratum
    ),
    regression("retired-in-steps", "the worst calls retired in several changes", _retired),
    regression(
        "retired-then-missed",
        "an overhead that cuts off calls which were retired before",
        _retired_then_missed,
    ),
    regression(
        "interval-widened-before",
        "a number out of an interval that was widened before",
        _interval_widened,
    ),
    regression(
        "invented-then-values", "invented calls that carry a margin which others do not", _invented
    ),
    regression(
        "taken-out-and-in", "a category taken out, and back with values × or ÷ 2 to 5", _out_and_in
    ),
    regression("flattered-in-steps", "easy calls in several changes since a release", _flattered),
)

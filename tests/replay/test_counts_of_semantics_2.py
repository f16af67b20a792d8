"""Which calls rest on factors of models and retries, and what other numbers would predict."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.retry import Previous
from coefgate.core.vocabulary import OPERATIONS, Deliverable
from coefgate.registry.compilation import table_of
from coefgate.registry.numbers import limits_of, moved
from coefgate.replay.attempts import Attempts
from coefgate.replay.by_margin import ByMargin
from coefgate.replay.counts import Counts, counts_matrix, predict
from coefgate.replay.evidence import Evidence
from coefgate.replay.uses import Uses
from coefgate.samples.model import Sample
from coefgate.whatif.candidates import Candidate, predictions
from tests.registry.semantics_2 import large, rule
from tests.replay.builders import audited, sample

ONE: Final = large((rule("1.2", "claude-opus-*", "gpt-5"), rule("2", "*-4")))
TABLE: Final = table_of(ONE)
KEYS: Final = tuple(ONE.numbers)

calls = st.builds(
    sample,
    st.just(1),
    st.just(1),
    category=st.sampled_from((None, "docs", "tests", "database")),
    complexity=st.sampled_from((None, "low", "high")),
    deliverables=st.lists(
        st.builds(
            Deliverable,
            st.sampled_from(("README.md", "src/app.py", "test_app.py")),
            st.sampled_from(OPERATIONS),
        ),
        max_size=3,
    ).map(tuple),
    model=st.sampled_from((None, "claude-opus-4", "claude-haiku-4", "claude-haiku", "gpt-5")),
)
attempts = st.none() | st.builds(Previous, st.integers(1000, 1_000_000), st.booleans())
asked = st.lists(st.tuples(calls, attempts), min_size=1, max_size=6)


def _counts(found: list[tuple[Sample, Previous | None]]) -> Counts:
    samples, previous = zip(*found, strict=True)
    return counts_matrix(samples, TABLE, Attempts.of(previous))


@given(asked)
def test_a_call_uses_the_numbers_with_which_its_prediction_rises(
    found: list[tuple[Sample, Previous | None]],
) -> None:
    counts = _counts(found)
    uses, now = Uses(counts, ONE, TABLE), predict(counts, TABLE)
    for key, value in ONE.numbers.items():
        one_more = moved(ONE, {key: value.number + key.number(1)})
        rises = predict(counts, table_of(one_more)) > now
        assert uses.of(key).tolist() == rises.tolist(), key


@given(asked, st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 10**6)), min_size=1))
def test_candidates_are_predicted_as_each_alone(
    found: list[tuple[Sample, Previous | None]], drawn: list[tuple[object, int]]
) -> None:
    counts, candidates = _counts(found), []
    for key, steps in drawn:
        low, high = limits_of(ONE, key)  # type: ignore[arg-type]
        candidates.append(Candidate(key, min(max(steps, low), high)))  # type: ignore[arg-type]
    alone = [
        predict(counts, table_of(moved(ONE, {one.key: one.number}))).tolist() for one in candidates
    ]
    assert predictions(candidates, ONE, counts).tolist() == alone


@given(asked, st.integers(1000, 10_000))
def test_a_single_margin_predicts_as_it_would_in_the_place_of_every_one(
    found: list[tuple[Sample, Previous | None]], thousandths: int
) -> None:
    counts = _counts(found)
    margins = [key for key in KEYS if key.part == "margin"]
    single = moved(ONE, dict.fromkeys(margins, Fraction(thousandths, 1000)))
    by_margin = ByMargin.of(counts, TABLE)
    assert by_margin.at(thousandths).tolist() == predict(counts, table_of(single)).tolist()


def test_an_attempt_that_is_not_scored_is_found_among_the_others() -> None:
    work: dict[str, Any] = {"run_id": "run", "phase_id": "phase"}
    first = sample(1, 200_000, attempt=1, success=False, **work)
    every = audited([first, sample(2, 300_000, attempt=2, **work)])
    scored = [one for one in every if one.status == "eligible"]
    # 200,000 × 1.3
    assert Evidence(every).predicted(TABLE).calls.predicted.tolist() == [260_000]
    assert Evidence(scored, among=every).predicted(TABLE).calls.predicted.tolist() == [260_000]
    assert Evidence(scored).predicted(TABLE).calls.predicted.tolist() != [260_000]

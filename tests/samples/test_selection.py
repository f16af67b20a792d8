"""Which calls are chosen: the emptiest cells first, whole phases, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coefgate.registry.model import Scope
from coefgate.samples.model import Erasure, Sample, SampleStore
from coefgate.samples.selection import ListedCandidates, Selection, select
from coefgate.samples.status import audit
from tests.replay.builders import sample

CELLS = [("tests", "low"), ("docs", "low"), ("docs", "high")]


def _select(
    candidates: Sequence[Sample],
    stored: Sequence[Sample] = (),
    limit: int = 100,
    erased: Sequence[Sample] = (),
) -> Selection:
    gone = {one.id: Erasure(one.id, "f" * 32, "why", "samples/erased.yaml", 2) for one in erased}
    return select(
        ListedCandidates(candidates),
        SampleStore(tuple(stored), {}, gone),
        audit=lambda store: audit(store, scope=Scope(None, None), unit="call"),
        cell_of=lambda one: _cell(one) if _cell(one) in CELLS else None,
        cells=CELLS,
        limit=limit,
    )


def _cell(one: Sample) -> tuple[str, str]:
    return str(one.category), str(one.complexity)


def _call(number: int, tokens: int | None = None, **fields: Any) -> Sample:
    """A call of tests.low, of a phase of its own, with tokens that no other has."""
    return sample(number, tokens or 100 * 2**number, **fields)


def _docs(number: int, **fields: Any) -> Sample:
    return _call(number, category="docs", **fields)


def _numbers(found: Selection) -> set[int]:
    return {one.line for one in found.chosen}


def _reasons(found: Selection) -> dict[int, str]:
    """Why the first of each reason are left out."""
    return {one.line: why for why, left in found.left_out.items() for one in left.first}


def test_the_emptiest_cell_is_filled_first() -> None:
    candidates = [*(_call(n) for n in range(1, 5)), *(_docs(n) for n in range(5, 9))]
    stored = [_call(n) for n in (11, 12)]
    found = _select(candidates, stored, limit=4)
    # tests has 2 phases: docs gets 2 of its own, then one each, of those that are declared first.
    assert Counter(map(_cell, found.chosen)) == {("docs", "low"): 3, ("tests", "low"): 1}
    assert set(_reasons(found).values()) == {"limit"}
    assert found.left_out["limit"].calls == 4


def test_phases_fill_a_cell_and_not_calls() -> None:
    stored = [_call(n, phase_id="one") for n in (11, 12, 13)]
    stored += [_docs(n) for n in (14, 15)]
    found = _select([_call(1), _docs(2)], stored, limit=1)
    assert _numbers(found) == {1}


def test_a_phase_is_taken_as_a_whole() -> None:
    phase = [_call(n, phase_id="one", run_id="r", attempt=n) for n in (1, 2, 3)]
    failed = _call(4, phase_id="one", success=False)
    found = _select([*phase, failed], limit=1)
    assert _numbers(found) == {1, 2, 3, 4}
    assert not found.left_out


def test_an_attempt_comes_with_those_at_the_same_files() -> None:
    told: dict[str, Any] = {"phase_id": "one", "run_id": "r"}
    unknown = _call(1, **told, attempt=1, success=None)
    other_files = _call(2, **told, attempt=2, success=None, creates=2)
    second = _call(3, **told, attempt=3)
    found = _select([unknown, other_files, second])
    assert _numbers(found) == {1, 3}
    assert _reasons(found) == {2: "undeclared"}


def test_attempts_that_were_cut_off_at_one_ceiling_are_attempts_all_the_same() -> None:
    told: dict[str, Any] = {"phase_id": "one", "run_id": "r"}
    cut_off = [_call(n, 4096, **told, attempt=n, truncated=True) for n in (1, 2)]
    found = _select([*cut_off, _call(3, **told, attempt=3)])
    assert _numbers(found) == {1, 2, 3}


def test_lines_that_name_each_other_come_together() -> None:
    wrong = _call(1, phase_id="one")
    right = _call(2, phase_id="two", supersedes=wrong.id)
    third = _call(3, phase_id="two")
    again = _call(4, phase_id="three", duplicate_of=right.id)
    found = _select([wrong, right, third, again], limit=1)
    assert _numbers(found) == {1, 2, 3}
    assert _reasons(found) == {4: "duplicate"}


def test_what_was_erased_is_not_proposed_again() -> None:
    found = _select([_call(1), _call(2)], erased=[_call(1)])
    assert _numbers(found) == {2}
    assert _reasons(found) == {1: "stored"}


def test_what_would_not_be_scored_is_left_out_with_its_reason() -> None:
    candidates = [
        _call(1, paths="synthetic"),
        _call(2, paths="partial"),
        _call(3, category=None),
        _call(4, unit="turn"),
        _call(5, success=False),
        _call(6, category="unheard-of"),
        _call(7, stop_reason="max_tokens"),
    ]
    found = _select(candidates)
    assert not found.chosen
    assert _reasons(found) == {
        1: "synthetic",
        2: "partial",
        3: "undeclared",
        4: "out-of-scope",
        5: "failed",
        6: "no-cell",
        7: "contradictory",
    }


def test_what_is_stored_is_not_proposed_again() -> None:
    stored = _call(1)
    copy = replace(stored, id="f" * 32, reference="other.log:1", line=2)
    rival = replace(stored, id="e" * 32, actual_output_tokens=777, line=3)
    near = replace(stored, id="d" * 32, phase_id="x", reference="x", line=4)
    correction = _call(5, supersedes=stored.id)
    second = _call(6, supersedes=correction.id)
    found = _select([stored, copy, rival, near, correction, second], [stored])
    assert not found.chosen
    assert _reasons(found) == {
        1: "stored",
        2: "copy",
        3: "rival",
        4: "near-copy",
        5: "correction",
        6: "correction",
    }


def test_of_copies_among_the_candidates_one_is_taken() -> None:
    one = _call(1)
    copy = replace(one, id="f" * 32, reference="other.log:1", line=2)
    near = replace(one, id="e" * 32, phase_id="x", reference="x:1", line=3)
    found = _select([one, copy, near])
    assert len(found.chosen) == 1
    assert sorted(_reasons(found).values()) == ["copy", "near-copy"]


def test_of_lines_of_one_call_the_one_that_is_scored_stands() -> None:
    for number in range(1, 9):
        poor = replace(_call(number), success=None, id="f" * 32, line=99)
        found = _select([poor, _call(number)])
        assert (_numbers(found), _reasons(found)) == ({number}, {99: "rival"})


def test_a_phase_with_something_new_is_no_near_copy() -> None:
    stored = _call(1)
    alike = _call(2, stored.actual_output_tokens, phase_id="new")
    new = _call(3, phase_id="new")
    assert _numbers(_select([alike, new], [stored])) == {2, 3}
    assert _reasons(_select([alike], [stored])) == {2: "near-copy"}


def test_links_that_lead_nowhere_keep_a_line_out() -> None:
    lost = _call(1, duplicate_of="9" * 32)
    names_it = _call(2, supersedes=lost.id)
    contradictory = _call(3, stop_reason="max_tokens")
    corrects_it = _call(4, supersedes=contradictory.id)
    found = _select([lost, names_it, contradictory, corrects_it])
    assert not found.chosen
    assert _reasons(found) == {1: "linked", 2: "linked", 3: "superseded", 4: "linked"}


def test_of_a_long_chain_of_lines_none_is_stored_without_the_first() -> None:
    chain = [_call(1, 500)]
    for number in range(2, 3_001):
        chain.append(_call(number, 500, duplicate_of=chain[-1].id, phase_id=f"{9_000 - number}"))
    assert _select(chain[1:]).left_out["linked"].calls == 2_999
    found = _select(chain)
    assert (_numbers(found), found.left_out["duplicate"].calls) == ({1}, 2_999)


def _many(seed: int) -> list[Sample]:
    """Calls of several phases and cells, with statuses of all kinds."""
    random = Random(seed)  # noqa: S311 (a case, and no secret)
    found: list[Sample] = []
    for number in range(random.randint(1, 40)):
        facts: dict[str, Any] = {
            "phase_id": random.choice([None, *(f"p{n}" for n in range(12))]),
            "run_id": "r",
            "attempt": random.choice([None, 1, 2]),
            "category": random.choice(["tests", "docs", "docs", "other", None]),
            "complexity": random.choice(["low", "high"]),
            "paths": random.choice(["real"] * 4 + ["partial"]),
            "success": random.choice([True] * 4 + [False, None]),
            "truncated": random.random() < 0.1,
            "creates": random.randint(0, 2),
        }
        if found and random.random() < 0.2:
            facts["supersedes"] = random.choice(found).id
        found.append(sample(number + 1, random.randint(100, 2000), **facts))
    return found


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_every_candidate_is_chosen_or_left_out_once(seed: int, limit: int) -> None:
    candidates = _many(seed)
    stored, new = candidates[::7], candidates
    found = _select(new, stored, limit)
    assert {one.id for one in found.chosen} <= {one.id for one in new}
    assert len(found.chosen) + sum(one.calls for one in found.left_out.values()) == len(new)
    tokens = sum(one.actual_output_tokens for one in found.chosen)
    tokens += sum(one.tokens for one in found.left_out.values())
    assert tokens == sum(one.actual_output_tokens for one in new)
    # Beside what is stored, nothing of it is proposed again.
    rest = _select(new, [*stored, *found.chosen], limit)
    assert not {one.id for one in rest.chosen} & {one.id for one in found.chosen}


@given(st.integers(0, 10_000), st.randoms())
def test_the_order_of_candidates_does_not_matter(seed: int, random: Random) -> None:
    candidates = _many(seed)
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert _select(shuffled, limit=10).chosen == _select(candidates, limit=10).chosen


@given(st.integers(0, 10_000), st.integers(1, 20))
def test_how_many_tokens_were_needed_does_not_matter(seed: int, limit: int) -> None:
    """But to tell copies, which there are none of here."""
    candidates = [one for one in _many(seed) if one.supersedes is None]

    def chosen(numbers: Sequence[int]) -> set[int]:
        those = [
            replace(one, actual_output_tokens=round(100 * 1.1**tokens))
            for one, tokens in zip(candidates, numbers, strict=True)
            if not one.truncated
        ]
        return _numbers(_select(those, limit=limit))

    ordered = list(range(len(candidates)))
    assert chosen(ordered) == chosen(ordered[::-1])

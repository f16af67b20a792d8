"""Candidates that are looked at in parts: the same are chosen, and the same is told of others."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest

from coefgate.core.trees import FolderTree
from coefgate.registry.reading import read_registry
from coefgate.replay.state import State, state_of
from coefgate.runner.call_record import CallRecord
from coefgate.samples.foreign.collected import Collected
from coefgate.samples.foreign.recorded_calls import ORIGIN
from coefgate.samples.model import Sample, SampleStore
from coefgate.samples.reading import read_samples
from coefgate.samples.selection import Selection, select
from coefgate.samples.status import audit
from coefgate.use_cases.candidates import CandidatesInParts
from coefgate.use_cases.new_calls import PLAIN, NewCalls
from coefgate.use_cases.recorded_calls import recorded_calls
from tests.frozen_registry import BY_HAND
from tests.runner.records import BEGAN, SECOND, record
from tests.telemetry.stores import store_with


@pytest.fixture(scope="module")
def registry() -> State:
    tree = FolderTree(BY_HAND)
    return state_of(read_registry(tree), read_samples(tree), revision="worktree")


def _records(seed: int) -> list[CallRecord]:
    """Calls of all kinds; some are told again, in another phase too, or say what others said."""
    drawn = Random(seed)  # noqa: S311 (a case, and no secret)
    return [
        record(
            f"create:src/{drawn.randrange(6)}.py",
            writer=f"{drawn.randrange(4):032x}",
            sequence=number,
            started_at=BEGAN + SECOND * drawn.randrange(300),
            run_id="r",
            phase_id=drawn.choice([None, *(f"p{one}" for one in range(40))]),
            call_id=drawn.choice([None, *[f"msg_{number}"] * 4, f"msg_{number // 3}"]),
            attempt=drawn.choice([None, 1, 2]),
            category=drawn.choice(["tests", "docs", "docs", "haiku", None]),
            complexity=drawn.choice(["low", "high"]),
            origin=drawn.choice(["here", "there"]),
            actual_output_tokens=drawn.choice([700, 800, drawn.randrange(1, 3_000)]),
            max_output_tokens=3_000,
            truncated=(cut_off := drawn.random() < 0.1),
            stop_reason="max_tokens" if cut_off else "end_turn",
            success=drawn.choice([True] * 5 + [False, None]),
            fault=drawn.choice([None] * 15 + ["clock"]),
            paths=drawn.choice(["real"] * 6 + ["partial"]),
        )
        for number in range(1, 201)
    ]


def _chosen(
    state: State, stored: tuple[Sample, ...], store: str, *, at_once: int
) -> tuple[Selection, Collected]:
    with recorded_calls(store) as calls:
        new = NewCalls(ORIGIN, PLAIN, state.registry, stored)
        candidates = CandidatesInParts(calls, new, at_once=at_once, source=ORIGIN)
        found = select(
            candidates,
            SampleStore(stored, {}),
            audit=lambda store: audit(store, scope=state.registry.gates.scope, unit="call"),
            cell_of=lambda one: None if one.category == "haiku" else _cell(one),
            cells=[("docs", "low"), ("tests", "low")],
            limit=8,
        )
        return found, candidates.collected()


def _cell(one: Sample) -> tuple[str, str]:
    return str(one.category), str(one.complexity)


def _told(found: tuple[Selection, Collected]) -> dict[str, Any]:
    """All that is told of them, by whatever numbers and in whatever order it was found."""
    selection, collected = found
    return {
        "chosen": [one.id for one in selection.chosen],
        "left_out": {
            why: (one.calls, one.tokens, [sample.reference for sample in one.first])
            for why, one in selection.left_out.items()
        },
        "no sample": {
            why: (one.count, one.tokens, one.places) for why, one in collected.left_out.items()
        },
        "counts": (collected.told, collected.again, collected.taken, collected.known),
        "missing": dict(collected.missing),
        "files": collected.files,
        "notes": collected.notes,
    }


def _the_same_in_parts(
    state: State, stored: tuple[Sample, ...], store: str
) -> tuple[Selection, Collected]:
    whole = _chosen(state, stored, store, at_once=1_000_000)
    for at_once in (1, 40):
        assert _told(_chosen(state, stored, store, at_once=at_once)) == _told(whole)
    return whole


@pytest.mark.parametrize("seed", range(3))
def test_the_same_is_chosen_whatever_is_looked_at_together(
    seed: int, registry: State, tmp_path: Path
) -> None:
    store = store_with(tmp_path / "calls.db", _records(seed))
    with recorded_calls(store) as calls:
        assert len(list(calls.parts(1))) > 20
    stored = registry.store.samples
    selection, collected = _the_same_in_parts(registry, stored, store)
    assert {"limit", "no-cell", "undeclared"} <= selection.left_out.keys()
    assert collected.again > 0
    _, collected = _the_same_in_parts(registry, (*stored, *selection.chosen), store)
    assert collected.known.calls > 0

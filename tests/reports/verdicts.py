"""Real verdicts on a small registry, whose figures can be worked out in the head.

The registry is ``schemas/fixtures/valid/coefficients/minimal``. A call of ``docs`` low with one
new file is predicted at ⌈(1,500 + 2,000) × 1.125⌉ = 3,938 tokens, one of ``tests`` low at (900 +
2,000) × 1.3 = 3,770."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

from coefgate.core.trees import FolderTree, OverlayTree, Tree
from coefgate.gates.judge import Judge
from coefgate.gates.proposal import Proposal
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.replay.scores import replay
from coefgate.replay.state import State, state_of
from coefgate.samples.model import Retirement, Sample, SampleStore
from coefgate.samples.reading import StoredIds
from coefgate.use_cases.make_report import report_of_change, report_of_state
from coefgate.use_cases.report import Report
from tests.replay.builders import audited, sample

MINIMAL = Path(__file__).parents[2] / "schemas/fixtures/valid/coefficients/minimal"
BASE, OLD = "b" * 40, "c" * 40
DOCS, TESTS = "coefficients/overhead/docs.yaml", "coefficients/overhead/tests.yaml"
MARGINS = "coefficients/safety_margins.yaml"
ADDED = "samples/here/undated-22222222.jsonl"
"""New calls come in a new file."""
STRATA = ("category", "complexity", "cell")

Edits = Mapping[str, tuple[str, str]]
"""File → what stands there, and what is put in its place."""

DOCS_LOW: Edits = {DOCS: ("tokens: 1500", "tokens: 1510")}
"""A small step: ⌈3,510 × 1.125⌉ = 3,949 instead of 3,938 tokens."""
DOCS_TOO_LOW: Edits = {DOCS: ("tokens: 1500", "tokens: 700")}
"""Past the half: ⌈2,700 × 1.125⌉ = 3,038 tokens, which cuts off every call of ``docs``."""

DOCS_ANSWERED: Edits = {
    DOCS: (
        "tokens: 1500",
        'tokens: 700\n    acknowledge: {from: 1500, to: 700, reason: "seen | in run 41"}',
    )
}
"""The same step with a reason."""
TESTS_ANSWERED: Edits = {
    TESTS: (
        "tokens: 900",
        'tokens: 800\n    acknowledge: {from: 900, to: 800, reason: "seen in run 42"}',
    )
}
"""A small step with a reason that nobody asks for."""


def call(number: int, actual: int, *, category: str = "docs", **fields: Any) -> Sample:
    """One call with one new file, by a model that the registry applies to."""
    return sample(
        number,
        actual,
        **({"category": category, "model": "claude-x", "complexity": "low"} | fields),
    )


SAMPLES = (
    *(call(n, 3500) for n in range(1, 13)),
    *(call(n, 3000, category="tests") for n in range(21, 33)),
)
CUT_OFF = call(40, 3000, truncated=True, attempt=2)
NEWEST = datetime.fromisoformat("2026-01-01T00:00:00Z").timestamp()
"""When the newest call was made that was stored before the coefficients were what they are."""
AFTER = "2026-01-02T00:00:00Z"
CORRECTED = call(62, 3000, success=False, attempt=2, supersedes=CUT_OFF.id)
"""It is said to have failed now."""


def registry_folder(place: Path) -> Path:
    """A folder that holds the small registry."""
    shutil.copytree(MINIMAL, place / "coefficients")
    return place


def change(
    folder: Path,
    edits: Edits | None = None,
    *,
    samples: Sequence[Sample] = SAMPLES,
    added: Sequence[Sample] = (),
    gone: Iterable[str] = (),
    retired: Sequence[Retirement] = (),
    retired_before: Sequence[Retirement] = (),
    files: Iterable[str] = (),
    behind: int = 0,
    restored: str | None = None,
    notes: Sequence[str] = (),
    known: Collection[str] | None = None,
) -> Report:
    """The verdict on head, which is base with ``edits``, against base.

    ``known``: ids of the calls that were stored before the coefficients were what they are; all
    ``samples`` if nothing is said."""
    below = FolderTree(folder)
    contents = {name: _edited(below, name, *edit) for name, edit in (edits or {}).items()}
    kept = [one for one in samples if one.id not in set(gone)]
    base = _state(
        below,
        samples,
        retired_before,
        BASE,
    )
    base = replace(base, behind=behind, name="origin/main", found_by="origin/HEAD")
    head = _state(
        OverlayTree(below, contents),
        [*kept, *(replace(one, file=ADDED) for one in added)],
        [*retired_before, *retired],
        "worktree",
        "1.2.3+1.gabcdef0.dirty",
    )
    found = Judge(
        Proposal(
            base,
            head,
            frozenset([*contents, *files]),
            anchor=lambda: None,
            returned=lambda _: False,
            last=lambda _: None,
            takes_back=lambda _: False,
            restored=restored,
            has_page=lambda _: True,
            had_page=lambda _: True,
            untagged=lambda _: (),
            stored_at=lambda: inf,
        )
    )
    by_then = [one.id for one in samples] if known is None else known
    return report_of_change(
        found,
        replay(found.base, by=STRATA),
        replay(
            found.head,
            by=STRATA,
            known=StoredIds(by_then, NEWEST),
        ),
        notes=notes,
    )


def alone(
    folder: Path, *, samples: Sequence[Sample] = SAMPLES, notes: Sequence[str] = ()
) -> Report:
    """The verdict on the small registry by itself."""
    state = _state(FolderTree(folder), samples, (), "worktree")
    stored, known = audited(samples), StoredIds([one.id for one in samples], NEWEST)
    return report_of_state(
        state,
        replay(
            Evidence(stored).predicted(state.table),
            by=STRATA,
            known=known,
        ),
        alone="nothing is committed yet",
        notes=notes,
    )


def _edited(tree: Tree, name: str, old: str, new: str) -> bytes:
    text = tree.read(name).decode()
    assert text.count(old) == 1, (name, old)
    return text.replace(old, new).encode()


def _state(
    tree: Tree,
    samples: Sequence[Sample],
    retired: Sequence[Retirement],
    revision: str,
    version: str = "1.2.3",
) -> State:
    store = SampleStore(tuple(samples), {one.id: one for one in retired})
    return state_of(read_registry(tree), store, revision=revision, version=version)

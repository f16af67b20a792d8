"""Registries and calls that the page and Python are held against each other with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import OPERATIONS, Deliverable
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import limits_of
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.samples.model import Sample
from coefgate.samples.reading import read_samples
from coefgate.samples.status import Audited, audit
from tests.browser.arithmetic import Steps
from tests.frozen_registry import BY_HAND
from tests.registry.builders import with_sizes
from tests.registry.semantics_2 import large, rule
from tests.replay.builders import sample
from tests.repository_files import ROOT

STORED: Final = {"shipped": ROOT, "by hand": BY_HAND, "airun": ROOT / "examples/airun"}
EVERYTHING: Final = replace(
    with_sizes(large((rule("1.2", "claude-opus-*", "gpt-5"), rule("2", "*-4"))), "doc", 1000),
    output_mode="full_file",
    applies_to=("*",),
)


def stored(folder: Path) -> tuple[Coefficients, Evidence]:
    """The registry in a folder, and its calls."""
    tree = FolderTree(folder)
    read = read_registry(tree)
    return read, Evidence(audit(read_samples(tree), scope=read.gates.scope, unit=read.unit))


def changes(one: Coefficients) -> st.SearchStrategy[Steps]:
    """Any numbers in the place of some; those of no cell rise with the complexity."""
    return st.dictionaries(st.sampled_from(list(one.numbers)), st.none(), max_size=4).flatmap(
        lambda keys: st.fixed_dictionaries(
            {key: _near(limits_of(one, key), one.numbers[key].steps) for key in keys}
        )
    )


def _near(limits: tuple[int, int], steps: int) -> st.SearchStrategy[int]:
    low, high = limits
    near = st.integers(max(low, steps * 2 // 3), min(high, steps * 3 // 2 + 1))
    return near | st.integers(low, high) | st.sampled_from(limits)


_CALLS: Final = st.builds(
    sample,
    st.integers(1, 2**64),
    st.integers(1, 30_000) | st.integers(1, 1_000_000),
    category=st.sampled_from((None, "docs", "documentation", "tests", "database", "unheard-of")),
    complexity=st.sampled_from((None, "low", "high", "unheard-of")),
    deliverables=st.lists(
        st.builds(
            Deliverable,
            st.sampled_from(("README.md", "src/app.py", "test_app.py")),
            st.sampled_from(OPERATIONS),
            st.none() | st.integers(0, 20_000),
        ),
        max_size=3,
        unique_by=lambda one: one.path,
    ).map(tuple),
    model=st.sampled_from((None, "claude-opus-4", "claude-haiku-4", "gpt-5", "other")),
    output_mode=st.sampled_from((None, "full_file", "patch")),
    run_id=st.just("run"),
    phase_id=st.sampled_from(("one", "two", "three")),
    attempt=st.integers(1, 3),
    truncated=st.booleans(),
)


CALLS: Final = st.lists(_CALLS, max_size=12, unique_by=lambda one: one.id)


def scored(calls: list[Sample]) -> Evidence:
    """Evidence of calls that are all scored, those that were truncated as cut off."""
    return Evidence(
        [Audited(one, "censored" if one.truncated else "eligible", "") for one in calls]
    )

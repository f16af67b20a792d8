"""What stored samples needed: with a procedure of predictions that do not know them."""

from __future__ import annotations

import numpy as np
import pytest

from coefgate.core.trees import FolderTree
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.replay.spread import residuals
from coefgate.replay.state import NO_CALLS, State, state_of
from coefgate.use_cases.monitoring.stored_needs import stored_needs
from coefgate.use_cases.state import read_both
from tests.frozen_registry import BY_HAND
from tests.repository_files import ROOT


@pytest.fixture(scope="module")
def by_hand() -> State:
    return state_of(*read_both(FolderTree(BY_HAND)), revision="worktree")


def test_numbers_that_were_set_by_hand_know_no_call(by_hand: State) -> None:
    found = stored_needs(by_hand)
    assert [*found] == [by_hand.digest]
    calls = Evidence(by_hand.audited()).calls(by_hand.table)
    assert np.array_equal(found[by_hand.digest].residual, residuals(calls))
    assert found[by_hand.digest].censored.any()


def test_fitted_numbers_predict_a_call_without_its_phase() -> None:
    fitted = state_of(*read_both(FolderTree(ROOT)), revision="worktree")
    found = stored_needs(fitted)[fitted.digest]
    known = residuals(Evidence(fitted.audited()).calls(fitted.table))
    # What fits do not know they miss by more.
    assert np.std(found.residual) > np.std(known)


def test_without_calls_there_is_nothing_to_compare_with(by_hand: State) -> None:
    registry = read_registry(FolderTree(BY_HAND))
    assert stored_needs(state_of(registry, NO_CALLS, revision="worktree")) == {}

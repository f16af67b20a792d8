"""Fits of real calls end where no step makes them better, wherever they begin."""

from __future__ import annotations

import numpy as np
import pytest

from coefgate.calibration.fit import fit
from coefgate.calibration.leave_out import Unit
from coefgate.calibration.movable import movable
from coefgate.calibration.procedure import Procedure
from coefgate.git.working_tree import checkout
from coefgate.replay.evidence import Evidence
from coefgate.use_cases.state import read_state
from tests.end_to_end.tuning import PROCEDURE, TUNING
from tests.frozen_registry import copy_registry


@pytest.fixture(scope="module")
def procedure(tmp_path_factory: pytest.TempPathFactory) -> Procedure:
    root = tmp_path_factory.mktemp("fitted") / "registry"
    copy_registry(root)
    (root / TUNING).write_text(PROCEDURE, "utf-8")
    with checkout(root) as folder:
        state = read_state(folder, folder.repository)
    by = state.registry.tuning
    assert by is not None
    evidence = Evidence(state.audited())
    return Procedure(movable(state.registry, evidence, by).registry, evidence, by)


@pytest.mark.parametrize("unit", ["phase", "run"])
def test_from_zero_and_from_all_calls_it_is_the_same_fit(unit: Unit, procedure: Procedure) -> None:
    """Without some of these phases whole steps go back and forth across what they look for."""
    left_out = procedure.without(unit)
    known = left_out.fold[None] != np.unique(left_out.fold)[:, None]
    from_zero = fit(procedure.design, known * procedure.fitted_on.astype(float), procedure.tuning)
    np.testing.assert_allclose(from_zero.effects, left_out.fits.effects, atol=1e-6)

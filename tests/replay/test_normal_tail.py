"""The tail of the normal distribution against scipy's, near and far."""

from __future__ import annotations

import numpy as np
from scipy.special import log_ndtr

from coefgate.replay.normal_tail import hazard, log_tail

AT = np.concatenate([np.linspace(-40, 60, 2001), [30.0, 30.000001, 1e3, 1e6]])


def test_the_logarithm_of_the_tail_is_that_of_scipy() -> None:
    np.testing.assert_allclose(log_tail(AT), log_ndtr(-AT), rtol=1e-11, atol=1e-15)


def test_density_over_tail_grows_with_the_value_and_stays_above_it() -> None:
    # Gordon, 1941: x < density / tail < x + 1/x.
    above = AT[(AT > 1) & (AT < 100)]
    assert (hazard(above) > above).all()
    assert (hazard(above) < above + 1 / above).all()
    np.testing.assert_allclose(hazard(np.array([0.0])), np.sqrt(2 / np.pi))


def test_no_value_has_no_tail() -> None:
    assert log_tail(np.zeros((3, 0))).shape == (3, 0)

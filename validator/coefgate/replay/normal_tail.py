"""The upper tail of the standard normal distribution, for columns of values.

With the standard library's erfc: to import scipy takes longer than a gate may.
"""

from __future__ import annotations

from math import erfc, pi, sqrt
from typing import Final

import numpy as np

from coefgate.replay.metrics import Floats

_FAR: Final = 30.0
"""From here on by its series, which has all digits there; erfc comes to 0 before 40."""


def log_tail(at: Floats) -> Floats:
    """The logarithm of the probability above each value, to 10^-11."""
    near = np.minimum(at, _FAR).ravel() / sqrt(2)
    shares = np.array([erfc(one) for one in near.tolist()]).reshape(at.shape) / 2
    far = 1 / np.maximum(at, _FAR) ** 2
    series = np.log1p(far * (-1 + far * (3 + far * (-15 + far * 105))))
    beyond = -1 / (2 * far) + np.log(far / (2 * pi)) / 2 + series
    return np.where(at > _FAR, beyond, np.log(shares))


def hazard(at: Floats) -> Floats:
    """Density over the probability above each value."""
    found: Floats = np.exp(-at * at / 2 - log_tail(at)) / sqrt(2 * pi)
    return found

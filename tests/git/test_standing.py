"""Which states stand where releases were withdrawn: by their versions, and by those next to them."""

from __future__ import annotations

import pytest

from coefgate.core.versions import Version
from coefgate.git.standing import standing


def _versions(*patches: int) -> frozenset[Version]:
    return frozenset(Version(1, 0, patch) for patch in patches)


@pytest.mark.parametrize(
    ("states", "withdrawn", "stand"),
    [
        pytest.param("d 0", (), "d 0", id="nothing was withdrawn"),
        pytest.param("02 c 1 a 0", (1,), "02 0", id="a rollback withdraws all that it goes past"),
        pytest.param("0 c 1 a 0", (1,), "0 0", id="so does a revert that was not released"),
        pytest.param(
            "d 2 c 1 a 0", (1,), "d 2 c 0", id="a later release mends what was withdrawn"
        ),
        pytest.param("d 1 a", (1,), "d", id="what comes after it stands while nobody goes back"),
        pytest.param("02 1 1", (1,), "02", id="twice the same values"),
        pytest.param("13 2 1", (1, 2), "13 ", id="values that one standing release has stand"),
    ],
)
def test_states_stand_with_their_releases(
    states: str, withdrawn: tuple[int, ...], stand: str
) -> None:
    """The newest first; digits are the patches of the releases with these values, letters are none."""
    found = standing(
        states.split(),
        lambda one: _versions(*map(int, one)) if one.isdigit() else frozenset(),
        _versions(*withdrawn),
    )
    assert list(found) == stand.split()

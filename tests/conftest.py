"""What every test may rely on: the same answers on every machine, in every shell."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from coefgate.history.proposals import VARIABLES

# A slow machine is no failure, and CI must not fail on an input that nobody can find again.
settings.register_profile("coefgate", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("coefgate")

_SET_UP = ("SKIP", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES")


@pytest.fixture(scope="session", autouse=True)
def plain_environment() -> Iterator[None]:
    """Hide from tests, and from the programs they start, what a terminal, a hook or a user has set up."""
    with pytest.MonkeyPatch.context() as patch:
        for name in tuple(os.environ):
            if (
                name in _SET_UP
                or name in VARIABLES
                or name.startswith(("COEFGATE_", "GIT_", "PRE_COMMIT", "PREK"))
            ):
                patch.delenv(name)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield

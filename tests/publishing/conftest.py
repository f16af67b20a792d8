"""A GitHub on this machine, and a clock that nobody waits for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coefgate.publishing.github import PublishingPlace, place_of
from tests.publishing.stand_in import GitHub, github_stand_in


@pytest.fixture
def github() -> Iterator[GitHub]:
    with github_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def place(github: GitHub, waited: list[float]) -> PublishingPlace:
    return place_of(github.environment(), waited.append)


@pytest.fixture
def waited() -> list[float]:
    """The waits that were asked for at ``place``, in seconds."""
    return []

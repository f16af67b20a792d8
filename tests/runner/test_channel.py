"""Which version a runner goes to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import UsageProblem
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from coefgate.runner.channel import check_channel, wanted


def _version(text: str) -> Version:
    found = Version.parsed(text)
    assert found is not None
    return found


def _versions(text: str) -> list[Version]:
    return [_version(one) for one in text.split()]


def _yanks(text: str) -> list[Yank]:
    """``1.4.0>1.4.1``: withdrawn, and what to use instead."""
    pairs = [one.partition(">") for one in text.split()]
    return [Yank(version, "2026-11-01", "too low", other or None) for version, _, other in pairs]


@pytest.mark.parametrize("channel", ["latest", "pinned", "1", "0", "1.4", "12.345"])
def test_a_channel(channel: str) -> None:
    assert check_channel(channel) == channel


@pytest.mark.parametrize("text", ["", "main", "1.4.0", "v1", "01", "1.", "-1", "1.4\n", "\uff11"])
def test_no_channel(text: str) -> None:
    with pytest.raises(UsageProblem, match="coefgate update --channel"):
        check_channel(text)


@pytest.mark.parametrize(
    ("channel", "versions", "yanked", "current", "expected"),
    [
        ("latest", "1.3.0 1.4.0 2.0.0", "", "1.3.0", "2.0.0"),
        ("1", "1.3.0 1.4.0 2.0.0", "", "1.3.0", "1.4.0"),
        ("1", "1.3.0 10.0.0", "", "1.2.0", "1.3.0"),
        ("1.3", "1.3.0 1.3.10 1.3.9 1.30.0", "", "1.3.0", "1.3.10"),
        ("pinned", "1.3.0 1.4.0", "1.3.0>1.4.0", "1.3.0", None),
        ("latest", "1.3.0 1.4.0", "", "1.4.0", None),
        ("latest", "1.3.0", "", "1.4.0", None),  # gone from the source: no reason to go down
        ("1", "1.3.0", "", "2.0.0", None),
        ("latest", "1.3.0 1.4.0", "1.4.0", "1.3.0", None),  # what is new is withdrawn
        ("latest", "1.3.0 1.4.0", "1.4.0", "1.4.0", "1.3.0"),
        ("latest", "1.3.0 1.4.0 1.4.1", "1.4.0>1.4.1", "1.4.0", "1.4.1"),
        ("latest", "1.3.0 1.4.0 1.4.1 1.5.0", "1.4.0>1.4.1", "1.4.0", "1.5.0"),
        ("latest", "1.2.0 1.3.0 1.4.0", "1.4.0>1.2.0", "1.4.0", "1.2.0"),
        (
            "latest",
            "1.3.0 1.4.0",
            "1.4.0>1.4.1",
            "1.4.0",
            "1.3.0",
        ),  # the replacement is not there yet
        ("latest", "1.3.0 1.4.0 1.2.0", "1.4.0>1.3.0 1.3.0", "1.4.0", "1.2.0"),
        ("latest", "1.1.0 1.2.0 1.3.0 1.4.0", "1.4.0>1.3.0 1.3.0>1.1.0", "1.4.0", "1.1.0"),
        (
            "1.4",
            "1.4.0 1.4.1 1.5.0",
            "1.4.1>1.5.0",
            "1.4.1",
            "1.4.0",
        ),  # the line comes before the replacement
        ("1.4", "1.4.1 1.5.0", "1.4.1>1.5.0", "1.4.1", "1.5.0"),
        ("latest", "1.4.0", "1.4.0", "1.4.0", None),
        ("latest", "1.4.0", "", None, "1.4.0"),
        ("latest", "", "", None, None),
    ],
)
def test_where_to_go(
    channel: str, versions: str, yanked: str, current: str | None, expected: str | None
) -> None:
    here = None if current is None else _version(current)
    found = wanted(channel, _versions(versions), _yanks(yanked), here)
    assert found == (None if expected is None else _version(expected))


VERSIONS = st.builds(Version, st.integers(0, 2), st.integers(0, 3), st.integers(0, 3))
YANKS = st.builds(
    lambda version, other: Yank(
        str(version), "2026-11-01", "why", None if other is None else str(other)
    ),
    VERSIONS,
    st.none() | VERSIONS,
)


@given(
    st.sampled_from(["latest", "0", "1", "1.2", "pinned"]),
    st.lists(VERSIONS, unique=True),
    st.lists(YANKS),
    st.none() | VERSIONS,
)
def test_goes_only_to_what_is_offered_and_never_down_without_a_yank(
    channel: str, versions: list[Version], yanked: list[Yank], current: Version | None
) -> None:
    found = wanted(channel, versions, yanked, current)
    withdrawn = {yank.version for yank in yanked}
    if found is not None:
        assert found in versions
        assert str(found) not in withdrawn
        assert found != current
        assert current is None or found > current or str(current) in withdrawn

"""Versions and the tags that carry them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.versions import TAG_PREFIX, Version

_numbers = st.integers(0, 999_999_999)
versions = st.builds(Version, _numbers, _numbers, _numbers)


@given(versions)
def test_a_version_comes_back_from_its_text_and_from_its_tag(version: Version) -> None:
    assert Version.parsed(str(version)) == version
    assert Version.of_tag(version.tag) == version
    assert version.tag == f"coefficients/v{version}"


@given(versions, versions)
def test_versions_are_ordered_by_their_numbers(one: Version, other: Version) -> None:
    assert (one < other) is (tuple(one) < tuple(other))


def test_ten_is_more_than_nine() -> None:
    assert Version(1, 10, 0) > Version(1, 9, 9)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "1",
            "1.4",
            "1.4.0.0",
            "v1.4.0",
            "1.4.0-rc1",
            "1.4.0+3.g3f2c1ab",
            "01.4.0",
            "1.04.0",
            "1.4.00",
        ),
        *(
            "1.4.0\n",
            " 1.4.0",
            "1.4.0 ",
            "-1.4.0",
            "+1.4.0",
            "1.4.\u0660",
            "1,4,0",
            "latest",
            "main",
        ),
        *("1234567890.0.0", "0.0.1234567890", "1_0.0.0", "1.4.0\x00", "coefficients/v1.4.0"),
    ],
)
def test_what_is_no_version(text: str) -> None:
    assert Version.parsed(text) is None
    assert Version.of_tag(text.removeprefix(TAG_PREFIX)) is None


def test_a_version_is_spelled_in_three_ways() -> None:
    for text in ("1.4.0", "v1.4.0", "coefficients/v1.4.0"):
        assert Version.spelled(text) == Version(1, 4, 0)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1.4",
            "main",
            "latest",
            "",
            "v",
            "1.4.0-rc1",
            "a" * 40,
            "vv1.4.0",
            "coefficients/1.4.0",
        ),
        *("coefficients/vv1.4.0", "vcoefficients/v1.4.0", "coefficients/v"),
    ],
)
def test_whatever_else_spells_none(text: str) -> None:
    assert Version.spelled(text) is None


@pytest.mark.parametrize(
    "tag",
    [
        "1.4.0",
        "v1.4.0",
        "coefficients/1.4.0",
        "coefficients/vcoefficients/v1.4.0",
        "coefficients/v",
        "x",
    ],
)
def test_what_is_no_tag_of_a_release(tag: str) -> None:
    assert Version.of_tag(tag) is None

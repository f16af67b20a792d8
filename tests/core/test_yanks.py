"""Withdrawn versions in the index and in a tag."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.json_shapes import JsonPlace
from coefgate.core.problems import InvalidDocument
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank, by_version, read_yanks, yank_of
from tests.core.test_versions import versions

PLACE = JsonPlace("the index", "yanked")
YANK = {
    "version": "1.4.0",
    "date": "2026-11-30",
    "reason": "underestimates docs",
    "replacement": "1.4.1",
}
reasons = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=500)
yanks = st.lists(
    st.builds(
        Yank,
        versions.map(str),
        st.dates().map(lambda day: day.isoformat()),
        reasons,
        st.none() | versions.map(str),
    ),
    unique_by=lambda yank: yank.version,
    max_size=5,
).map(tuple)


def said(value: Any) -> str:
    with pytest.raises(InvalidDocument) as error:
        read_yanks(value, PLACE)
    return str(error.value)


@given(yanks)
def test_they_come_back_from_plain_data(given_yanks: tuple[Yank, ...]) -> None:
    assert read_yanks(list(map(asdict, given_yanks)), PLACE) == given_yanks


@given(yanks)
def test_they_are_found_by_the_version_that_they_withdraw(given_yanks: tuple[Yank, ...]) -> None:
    found = by_version(given_yanks)
    assert tuple(found.values()) == given_yanks
    assert [str(version) for version in found] == [yank.version for yank in given_yanks]


def test_plain_data_has_four_keys() -> None:
    yank = Yank("1.4.0", "2026-11-30", "a", None)
    assert list(asdict(yank)) == ["version", "date", "reason", "replacement"]


@pytest.mark.parametrize(
    "reason", ["caf\u00e9\u00a0au lait", "\u201chalf\u201d: 50 %", "#5", "\U0001f600", "r" * 500]
)
def test_a_reason_is_whatever_yanked_yaml_may_hold(reason: str) -> None:
    assert read_yanks([YANK | {"reason": reason}], PLACE)[0].reason == reason


LINE = "it is a text of one line, from 1 to 500 visible characters, that begins with no space"
DAY = "it is a day YYYY-MM-DD that exists in the calendar"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("version", "v1.4.0", 'is "v1.4.0"; it is a version MAJOR.MINOR.PATCH'),
        ("version", None, "is null; it is a version MAJOR.MINOR.PATCH"),
        ("date", "2026-02-30", f'is "2026-02-30"; {DAY}'),
        ("date", "0000-01-01", f'is "0000-01-01"; {DAY}'),
        ("date", "20261130", f'is "20261130"; {DAY}'),
        ("date", "2026-11-30\n", f'is "2026-11-30\\n"; {DAY}'),
        ("date", 20261130, f"is 20261130; {DAY}"),
        ("reason", "", f'is ""; {LINE}'),
        ("reason", "a\nb", f'is "a\\nb"; {LINE}'),
        ("reason", "a\x1b[2Jb", f'is "a\\u001b[2Jb"; {LINE}'),
        ("reason", "r" * 501, f'is "{"r" * 56}...; {LINE}'),
        ("replacement", "latest", 'is "latest"; it is a version MAJOR.MINOR.PATCH, or null'),
        ("replacement", 1.4, "is 1.4; it is a version MAJOR.MINOR.PATCH, or null"),
    ],
)
def test_every_error_names_its_place(key: str, value: Any, message: str) -> None:
    assert (
        said([YANK, YANK | {"version": "0.1.0", key: value}])
        == f"the index: yanked[1].{key} {message}"
    )


def test_a_version_is_withdrawn_once() -> None:
    other = YANK | {"version": "1.3.0"}
    assert said([other, YANK, YANK]) == (
        "the index: yanked[2].version is 1.4.0, as in [1]; a version is withdrawn once"
    )


def test_the_keys_are_these() -> None:
    assert said({}) == "the index: yanked is an object; it is a list"
    assert said(["1.4.0"]) == 'the index: yanked[0] is "1.4.0"; it is an object'
    keys = "the keys are version, date, reason, replacement"
    assert said([YANK | {"by": "x"}]) == f"the index: yanked[0].by is not known here; {keys}"
    assert said([{"version": "1.4.0"}]) == f"the index: yanked[0].date is missing; {keys}"


@pytest.mark.parametrize(
    ("replacements", "expected"),
    [
        ({"1.1.0": "1.1.1"}, "1.1.1"),
        ({"1.1.0": None}, None),
        ({"1.1.0": "1.1.1", "1.1.1": "1.1.2"}, "1.1.2"),
        ({"1.1.0": "1.1.1", "1.1.1": "1.1.2", "1.1.2": None}, None),
        ({"1.1.0": "1.1.1", "1.1.1": "1.1.0"}, None),
        ({"1.1.0": "1.1.0"}, None),
    ],
)
def test_a_replacement_that_was_withdrawn_itself_is_passed_over(
    replacements: dict[str, str | None], expected: str | None
) -> None:
    known = [Yank(version, "2026-11-30", "a", other) for version, other in replacements.items()]
    found = yank_of(Version(1, 1, 0), known)
    assert found == Yank("1.1.0", "2026-11-30", "a", expected)

"""The number of the next release: by hand for each kind of key, and what holds for all."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.json_shapes import JsonPlace
from coefgate.core.snapshot_content import check_content
from coefgate.core.versions import Version
from coefgate.registry.compilation import snapshot
from coefgate.use_cases.releases.bump import FIRST, Bump, bump, keys
from tests.registry.builders import registry

LAST = Version(1, 4, 2)
Content = dict[str, Any]
BASE: Content = {**snapshot(registry()).content}


def _with(edit: Callable[[Content], object]) -> Content:
    content = copy.deepcopy(BASE)
    edit(content)
    return content


def _pop(*path: str) -> Callable[[Content], object]:
    def edit(content: Content) -> None:
        place = content
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return edit


def _set(value: Any, *path: str) -> Callable[[Content], object]:
    def edit(content: Content) -> None:
        place = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return edit


TOKENS = {"tokens": 5, "measured": False}


def _renamed(content: Content) -> None:
    entry = content["categories"].pop("docs")
    content["categories"]["pages"] = {**entry, "aliases": [*entry["aliases"], "docs"]}


def _without_high(content: Content) -> None:
    content["complexities"].remove("high")
    del content["no_deliverables"]["high"]
    for category in content["categories"].values():
        category["overhead"].pop("high", None)


def _without_kind(content: Content) -> None:
    for operation in ("create", "modify"):
        del content["marginal_costs"][operation]["doc"]


def _other_kind(content: Content) -> None:
    for operation in ("create", "modify"):
        content["marginal_costs"][operation]["sheet"] = TOKENS


MAJOR = (
    (_set(2, "format"), "format changes from 1 to 2"),
    (_set(2, "semantics"), "semantics changes from 1 to 2"),
    (_set("turn", "unit"), "unit changes from call to turn"),
    (_set(["claude-3-*"], "applies_to"), "applies_to no longer covers claude-*"),
    (_pop("categories", "docs"), "category docs, documentation, manual is gone"),
    (_set([], "categories", "tests", "aliases"), "category testing is gone"),
    (
        _pop("categories", "docs", "overhead", "low"),
        "cell docs.low, documentation.low, manual.low is gone",
    ),
    (_without_high, "complexity high is gone"),
    (_without_kind, "marginal create.doc, modify.doc is gone"),
    (_pop("no_deliverables", "high"), "no_deliverables high is gone"),
)
MINOR = (
    (_set(["claude-*", "gpt-*"], "applies_to"), "applies_to covers gpt-* as well"),
    (
        _set({"aliases": [], "overhead": {"low": TOKENS}}, "categories", "api"),
        "category api is new",
    ),
    (_set(["testing", "checks"], "categories", "tests", "aliases"), "category checks is new"),
    (_set(TOKENS, "categories", "database", "overhead", "high"), "cell database.high is new"),
    (_other_kind, "marginal create.sheet, modify.sheet is new"),
    (_renamed, "category docs is called pages now"),
)
PATCH = (
    lambda content: content,
    _set({"tokens": 1, "measured": True}, "categories", "docs", "overhead", "low"),
    _set({"tokens": 1, "measured": True}, "fallback", "overhead"),
    _set({"docs": {"low": 1100}}, "safety_margins", "cells"),
    _set({}, "safety_margins", "cells"),
    _set([], "file_kinds", "rules"),
    _set({"below": 1, "above": 2, "coverage": 500}, "interval"),
    _set(["claude-*", "claude-3-*"], "applies_to"),
)


@pytest.mark.parametrize(("edit", "reason"), MAJOR)
def test_something_gone_is_major(edit: Callable[[Content], object], reason: str) -> None:
    assert bump(LAST, BASE, _with(edit)) == Bump(Version(2, 0, 0), "major", (reason,))


@pytest.mark.parametrize(("edit", "reason"), MINOR)
def test_something_new_is_minor(edit: Callable[[Content], object], reason: str) -> None:
    assert bump(LAST, BASE, _with(edit)) == Bump(Version(1, 5, 0), "minor", (reason,))


def _called_by_its_alias(content: Content) -> None:
    entry = content["categories"].pop("docs")
    content["categories"]["manual"] = {**entry, "aliases": ["documentation", "docs"]}


def _merged(content: Content) -> None:
    gone = content["categories"].pop("tests")
    content["categories"]["docs"]["aliases"] += ["tests", *gone["aliases"]]
    content["categories"]["docs"]["overhead"] |= gone["overhead"]


def _split(content: Content) -> None:
    entry = content["categories"]["docs"]
    content["categories"]["manual"] = {**entry, "aliases": []}
    content["categories"]["docs"] = {**entry, "aliases": ["documentation"]}


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (_called_by_its_alias, "category docs is called manual now"),
        (_merged, "category tests is called docs now"),
        (_split, "alias manual is now a category of its own"),
    ],
)
def test_names_that_lead_on_are_a_patch(edit: Callable[[Content], object], reason: str) -> None:
    assert bump(LAST, BASE, _with(edit)) == Bump(
        Version(1, 4, 3), "patch", (reason, "every key stays")
    )


@pytest.mark.parametrize("edit", PATCH)
def test_other_values_are_a_patch(edit: Callable[[Content], object]) -> None:
    found = bump(LAST, BASE, _with(edit))
    assert found == Bump(Version(1, 4, 3), "patch", ("only values changed; every key stays",))


def test_every_reason_is_told_and_long_lists_are_cut() -> None:
    after = _with(_set({}, "categories"))
    after["unit"] = "turn"
    found = bump(LAST, BASE, after)
    assert found.reasons == (
        "unit changes from call to turn",
        "category database, docs, documentation, manual, testing, tests is gone",
    )
    many = _with(
        _set({"aliases": [f"a{n}" for n in range(20)], "overhead": {}}, "categories", "api")
    )
    assert bump(LAST, BASE, many).reasons == (
        "category a0, a1, a10, a11, a12, a13, a14, a15 and 13 more is new",
    )


def test_numbers_without_a_comparison() -> None:
    assert Bump(Version(1, 0, 0), None, ("the first release",)) == FIRST
    assert Bump.after(LAST, "patch", "a", "b") == Bump(Version(1, 4, 3), "patch", ("a", "b"))
    assert Bump.after(LAST, "minor", "a") == Bump(Version(1, 5, 0), "minor", ("a",))
    assert Bump.after(LAST, "major", "a") == Bump(Version(2, 0, 0), "major", ("a",))


# --- For all snapshots

EDITS = [*(edit for edit, _ in (*MAJOR, *MINOR)), *PATCH]
LEVELS = ("patch", "minor", "major")
several = st.lists(st.sampled_from(EDITS), max_size=4)


def _edited(edits: list[Callable[[Content], object]]) -> Content:
    content = copy.deepcopy(BASE)
    for edit in edits:
        try:
            edit(content)
        except (KeyError, ValueError):  # it is gone already
            continue
    return content


@given(several, several)
def test_the_level_says_what_happens_to_the_keys(
    one: list[Callable[[Content], object]], other: list[Callable[[Content], object]]
) -> None:
    before, after = _edited(one), _edited(other)
    found = bump(LAST, before, after)
    lost = [kind for kind, names in keys(before).items() if names - keys(after)[kind]]
    won = [kind for kind, names in keys(after).items() if names - keys(before)[kind]]
    if lost:
        assert found.level == "major"
    elif won:
        assert found.level in {"minor", "major"}
    assert found.reasons
    assert found.version > LAST
    assert found.version.major == LAST.major + (found.level == "major")


@given(several)
def test_the_same_content_is_a_patch(edits: list[Callable[[Content], object]]) -> None:
    content = _edited(edits)
    assert bump(LAST, content, copy.deepcopy(content)).level == "patch"


@given(several, several)
def test_the_way_there_and_back_are_minor_and_major(
    one: list[Callable[[Content], object]], other: list[Callable[[Content], object]]
) -> None:
    before, after = _edited(one), _edited(other)
    if bump(LAST, before, after).level == "minor":
        assert bump(LAST, after, before).level == "major"


def test_the_contents_above_are_snapshots() -> None:
    check_content(BASE, JsonPlace("it"))

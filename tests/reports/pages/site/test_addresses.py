"""Names of files for names of values: one each, none outside of the folder."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.registry.key import Key
from coefgate.reports.pages.site.addresses import call_places, slug, value_page

ANY = st.one_of(st.text(), st.text("aA.-_/\\*:\0 \u202e", max_size=12))


@pytest.mark.parametrize("name", ["docs.low", "marginal.modify.doc.per_kilobyte", "model.gpt-5"])
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert slug(name) == name


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("model.claude-*", "_model.claude-"),
        ("../../etc/passwd", "_etc-passwd-"),
        ("Docs.low", "_docs.low-"),
        ("con.low", "_con.low-"),
        ("", "_-"),
        (".", "_-"),
        ("x" * 200, "_" + "x" * 80 + "-"),
        ("a-0123456789abcdef", "_a-0123456789abcdef-"),
    ],
)
def test_any_other_name_is_told_apart_by_its_hash(name: str, begins: str) -> None:
    assert re.fullmatch(re.escape(begins) + "[0-9a-f]{16}", slug(name))


@given(ANY)
def test_no_name_leaves_its_folder_or_is_hidden(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9_][a-z0-9._-]{0,110}", slug(name))
    assert not slug(name).endswith(".")


@given(ANY, ANY)
def test_two_names_never_share_a_file(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) is (one == other)


@given(ANY)
def test_a_name_that_is_made_is_no_name_of_a_value(name: str) -> None:
    made = slug(name)
    assert made == name or slug(made) != made


def test_a_value_has_a_page() -> None:
    assert value_page(Key("overhead", ("docs", "low"))) == "values/docs.low.html"


def test_a_call_has_a_place_in_the_list() -> None:
    places = call_places(f"{at:032x}" for at in range(501))
    first, last = places[f"{0:032x}"], places[f"{500:032x}"]
    assert first == f"calls/1.html#call-{0:032x}"
    assert last == f"calls/2.html#call-{500:032x}"

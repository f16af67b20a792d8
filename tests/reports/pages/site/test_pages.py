"""What the pages of a site say of states that are not as most are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from coefgate.git.release_tags import ReleaseTag
from coefgate.registry.key import Key
from coefgate.registry.model import Acknowledgement, Threshold
from coefgate.registry.number_history import ABSENT, Commit, NumberHistory, NumberState, Step
from coefgate.reports.estimate_words import about_part
from coefgate.reports.page import MOST_ROWS, Items, Page, Title
from coefgate.reports.pages.site import search
from coefgate.reports.pages.site.calls import calls_overview, page_count
from coefgate.reports.pages.site.gates import rule_blocks
from coefgate.reports.pages.site.releases import releases_page
from coefgate.reports.pages.site.start import start_page
from coefgate.reports.pages.site.value import MOST_CHARTS, drawn_keys, value_blocks
from coefgate.reports.pages.site.values import values_page
from coefgate.reports.site import site_pages
from coefgate.samples.model import Erasure
from coefgate.use_cases.releases.overview import ListedRelease, ListedWithdrawal, ReleaseOverview
from coefgate.use_cases.report import Report
from coefgate.use_cases.site.contents import SiteContents, site_contents
from tests.frozen_registry import BY_HAND
from tests.reports.formats import printed

DOCS = Key("overhead", ("docs", "low"))
COMMIT = Commit(
    "a" * 40, "b" * 40, (), "Grace", "2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z", "why", ()
)


@pytest.fixture(scope="module")
def site() -> SiteContents:
    """The frozen registry, without a history of its own: tests make one up."""
    found = site_contents(BY_HAND)
    return replace(found, lives={}, releases=ReleaseOverview((), ()), unknown_because="", cut="")


def _judged(site: SiteContents, **changes: object) -> SiteContents:
    report: Report = replace(site.report, **changes)  # type: ignore[arg-type]
    return replace(site, report=report)


def _said(page: Page) -> str:
    return " ".join(printed(page, 2000).split())


def _verdict(site: SiteContents) -> tuple[str, str]:
    title = next(iter(start_page(site)))
    assert isinstance(title, Title)
    return title.words, title.sign


# --- The first page


def test_a_registry_that_meets_the_limits_says_so(site: SiteContents) -> None:
    assert _verdict(site) == ("Meets the 4 limits", "alone")


def test_one_that_misses_some_names_them_and_why(site: SiteContents) -> None:
    rules = [
        replace(one, met=one.rule != "smape", said="SMAPE is 77") for one in site.report.rules
    ]
    missed = _judged(site, rules=tuple(rules))
    assert _verdict(missed) == ("Misses 1 of 4 limits: smape", "no-worse")
    assert "smape: SMAPE is 77" in _said(start_page(missed))
    failing = tuple(replace(one, status="fail") if not one.met else one for one in rules)
    assert _verdict(_judged(site, rules=failing, verdict="fail")) == (
        *("Misses 1 of 4 limits: smape",),
        "fail",
    )


def test_half_a_history_is_called_so(site: SiteContents) -> None:
    said = _said(start_page(replace(site, cut="this clone is shallow")))
    assert "The history is not complete: this clone is shallow" in said


# --- Values


def _life(*numbers: int) -> NumberHistory:
    states = [
        ABSENT,
        *(NumberState("docs.low", Fraction(one), "fit", "a.yaml", 6) for one in numbers),
    ]
    steps = [Step(COMMIT, (), old, new) for old, new in pairwise(states)]
    return NumberHistory("docs.low", tuple(reversed(steps)), cut=False)


def test_only_values_that_changed_are_drawn_and_those_that_did_most_often_first() -> None:
    keys = [Key("overhead", (f"kind-{at}", "low")) for at in range(MOST_CHARTS + 2)]
    lives = {key: _life(1, 2) for key in keys}
    lives[keys[0]] = _life(1)
    lives[keys[-1]] = _life(1, 2, 3)
    assert drawn_keys(lives) == frozenset(keys[1:-2]) | {keys[-1]}


def test_a_reason_beside_a_value_is_told(site: SiteContents) -> None:
    value = site.registry.numbers[DOCS]
    answer = Acknowledgement(Fraction(1500), Fraction(15490), "three guides weigh much")
    numbers = {**site.registry.numbers, DOCS: replace(value, acknowledge=answer)}
    given = [one.sample.id for one in site.report.scores.predicted.evidence.given]
    places = {identity: f"calls/1.html#call-{identity}" for identity in given}
    head = site.report.head
    registry = replace(head.registry)
    registry.__dict__["numbers"] = numbers
    told = _judged(site, head=replace(head, registry=registry))
    assert "1,500 → 15,490: three guides weigh much" in _said(value_blocks(told, DOCS, places))


def test_each_part_that_the_registry_has_is_explained() -> None:
    """Where one formula for all registries would leave out the optional parts."""
    shipped = site_contents(Path(__file__).parents[4])
    parts = {key.part for key in shipped.registry.numbers}
    said = _said(values_page(shipped))
    assert [one for one in parts if about_part(one) not in said] == []


# --- Calls


def test_origins_have_their_calls_and_where_a_licence_is_stated(site: SiteContents) -> None:
    said = _said(calls_overview(site, {}))
    assert "samples/README.md is where a registry states the licence" in said
    (origin,) = site.origins
    assert f"autopack {origin.lines} {origin.calls.samples} calls" in said


def test_what_was_erased_is_listed(site: SiteContents) -> None:
    head = site.report.head
    erasure = Erasure("1" * 32, "2" * 32, "a customer's name", "samples/erased.yaml", 3)
    store = replace(head.store, erased={erasure.id: erasure})
    said = _said(calls_overview(_judged(site, head=replace(head, store=store)), {}))
    assert "Erased: 1" in said
    assert "111111111111 222222222222 a customer's name samples/erased.yaml:3" in said


def test_pages_of_calls_hold_so_many_each() -> None:
    assert [page_count(one) for one in (0, 1, MOST_ROWS, MOST_ROWS + 1)] == [0, 1, 1, 2]


def test_of_many_calls_the_newest_are_in_the_list(
    site: SiteContents, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [one.sample.id for one in site.report.scores.predicted.evidence.given]
    places = {identity: f"calls/1.html#call-{identity}" for identity in given}
    monkeypatch.setattr(search, "MOST_ENTRIES", len(site.registry.numbers) + 2)
    *_, calls = search.search_page(site, {}, places)
    assert isinstance(calls, Items)
    assert len(calls.rows) == 2
    assert calls.further.startswith(f"{len(given) - 2:,} older calls are not listed here")


# --- Releases


def test_each_release_says_whether_it_stands(site: SiteContents) -> None:
    tags = [
        ReleaseTag(Version(1, 0, patch), f"{patch}" * 40, 1_795_000_000, True, None, why)
        for patch, why in ((1, ""), (0, "the tag carries no snapshot"))
    ]
    listed = [
        ListedRelease(tags[0], "sha256:" + "d" * 64),
        ListedRelease(tags[1], None),
    ]
    yank = Yank("1.0.0", "2026-11-30", "cuts replies off", "1.0.1")
    gone = ListedWithdrawal(Version(1, 0, 0), yank, COMMIT, Version(1, 0, 1))
    released = replace(site, releases=ReleaseOverview(tuple(listed), (gone,)))
    said = _said(releases_page(released))
    assert f"1.0.1 available 2026-11-18 111111111111 {'d' * 64}" in said
    assert "1.0.0 withdrawn 2026-11-18 000000000000 not readable" in said
    assert "1.0.0: the tag carries no snapshot" in said
    assert "1.0.0 2026-11-30 cuts replies off 1.0.1 Grace aaaaaaaaaaaa 1.0.1" in said
    assert "coefgate pin URL@1.0.1" in said
    assert "2 releases, 1 withdrawn" in _said(start_page(released))


# --- Gates


def test_a_threshold_that_no_file_states_is_a_default(site: SiteContents) -> None:
    head = site.report.head
    swing = Threshold("rules.swing.factor_from", Fraction(2), "higher", 3, None, stated=False)
    gates = replace(head.registry.gates, thresholds={swing.name: swing})
    registry = replace(head.registry, gates=gates)
    told = _judged(site, head=replace(head, registry=registry))
    said = _said(rule_blocks(told, "swing", "## swing\n\n**Rule:** little."))
    assert (
        "factor_from 2 a higher number by default; to be set at coefficients/gates.yaml:3" in said
    )
    assert "This rule has no threshold." in _said(rule_blocks(told, "diluted", "## diluted\n"))


def test_every_page_has_an_address_of_its_own(site: SiteContents) -> None:
    addresses = [page.address for page in site_pages(site)]
    assert len(addresses) == len({one.casefold() for one in addresses})
    assert not [one for one in addresses if one.startswith("/") or ".." in Path(one).parts]

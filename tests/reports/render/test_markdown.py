"""The page of a pull request: what stands on it, in which order, and what cannot get onto it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from coefgate.core.problems import Problem
from coefgate.gates.verdict import Finding
from coefgate.publishing.file_links import file_links
from coefgate.reports.page import Item, Items, Span, TableBlock
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.render.markdown import markdown
from coefgate.reports.render.markdown_quoting import code
from coefgate.samples.model import Retirement
from coefgate.use_cases.report import Report
from tests.reports.formats import problems_markdown, verdict_markdown
from tests.reports.hostile import NASTY, texts, with_text
from tests.reports.readers import READERS, Page, markup_in
from tests.reports.verdicts import (
    AFTER,
    CORRECTED,
    CUT_OFF,
    DOCS,
    DOCS_ANSWERED,
    DOCS_TOO_LOW,
    MARGINS,
    OLD,
    SAMPLES,
    TESTS_ANSWERED,
    Edits,
    alone,
    call,
    change,
)

LONGEST = 60_000
MARGINALS = "coefficients/marginal_costs.yaml"
ANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TOLD_TWICE = Retirement(SAMPLES[0].id, "told twice", "samples/retired.yaml", 4)
LONG_AGO = Retirement(SAMPLES[1].id, "a test of the recorder", "samples/retired.yaml", 2)


@pytest.fixture(scope="module")
def everything(folder: Path) -> Report:
    """All that a report can hold: what fails, is open, moves, is lost, gained and retired."""
    return change(
        folder,
        {**DOCS_TOO_LOW, **TESTS_ANSWERED, MARGINS: ("factor: 1.125", "factor: 1.13")},
        samples=(*SAMPLES, CUT_OFF),
        added=[call(60, 100, category="tests"), call(61, 2000, category="music"), CORRECTED],
        gone=[SAMPLES[2].id],
        retired=[TOLD_TWICE],
        retired_before=[LONG_AGO],
        files=["validator/coefgate/x.py"],
        behind=3,
        notes=["the proposal is 3 commits behind main"],
    )


def _in_order(text: str, *pieces: str) -> None:
    at = -1
    for piece in pieces:
        found = text.find(piece, at + 1)
        assert found > at, f"{piece!r} is not there, or too early"
        at = found


def test_verdict_and_stakes_come_first_then_the_rest_in_order(everything: Report) -> None:
    page = verdict_markdown(everything)
    assert page.splitlines()[0].startswith("## ❌ FAIL, on 2")
    _in_order(
        page,
        "Does not pass: **",
        "Per 1,000 calls like these: ",
        "**Note:** ",
        "**This change retires 1 sample**",
        "**This change corrects 1 stored call**",
        "**This change acknowledges**",
        "### Changes",
        "### Rules",
        "**Why**",
        "<summary>Calls that get worse: ",
        "<summary>Strata that move: ",
        "### Coverage",
        "<summary>Retired earlier: 1 sample</summary>",
        "### Next",
    )
    assert f"- `samples/retired.yaml:4` `{TOLD_TWICE.id}`: `told twice`" in page
    assert "3 commits behind its target" in page


def test_what_a_rule_requires_and_what_it_found_are_quoted_apart(everything: Report) -> None:
    assert (
        "with `coefficients/` or `samples/`): `validator/coefgate/x.py` changes together"
        in verdict_markdown(everything)
    )


@pytest.mark.parametrize("reader", READERS)
def test_a_change_shows_its_place_and_its_own_effect(folder: Path, reader: str) -> None:
    page = READERS[reader](verdict_markdown(change(folder, DOCS_TOO_LOW)))
    changes, rules = page.tables[:2]
    # 12 of 24 calls: |3,938 − 3,500| and |3,038 − 3,500| are 11.78 and 14.13 of SMAPE, a mean rise
    # of 1.2; the median of (1.125, 1.257) becomes that of (0.868, 1.257).
    assert changes[1:] == [
        [
            "docs.lowcoefficients/overhead/docs.yaml:5",
            "1500\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}700",
            "12",
            "+1.2",
            "+50.0",
            "−0.13",
            "±0.00",
        ]
    ]
    assert rules[0] == ["rule", "verdict", "base", "head", "limit", "n", "95% interval"]
    assert [cells[:6] for cells in rules[1:]] == [
        ["smape", "✅ pass", "17.3", "18.4", "mean below 50", "24"],
        ["underestimation", "❌ fail", "0.0%", "50.0%", "rate below 0.1", "24"],
        ["waste-band", "✅ pass", "1.19", "1.06", "median 1 to 1.5", "24"],
        ["waste-p90", "✅ pass", "1.26", "1.26", "P90 up to 3", "24"],
        [
            *("stratum-regression", "❌ fail", "", ""),
            (
                "in each kind of work fewer than 2 more misses, and a mean SMAPE that does not "
                "clearly rise by more than 5 points"
            ),
            "2",
        ],
        [
            "swing",
            "❌ fail",
            "",
            "",
            "less than 2 times, either way, and within its basis.interval, unless acknowledged",
            "1",
        ],
    ]


@pytest.mark.parametrize("edits", [{}, DOCS_TOO_LOW])
def test_a_long_page_ends_with_its_verdict(folder: Path, edits: Edits) -> None:
    page = verdict_markdown(change(folder, edits)).splitlines()
    assert f"**{page[0].removeprefix('## ')}**" == page[-1]


def test_a_page_that_is_seen_at_once_says_its_verdict_once(folder: Path) -> None:
    first, *_ = verdict_page(alone(folder))
    assert markdown((first,)).count("PASS") == 1


@pytest.mark.parametrize("reader", READERS)
def test_movers_show_both_predictions(folder: Path, reader: str) -> None:
    page = READERS[reader](
        verdict_markdown(change(folder, DOCS_TOO_LOW, samples=(*SAMPLES, CUT_OFF)))
    )
    worse = next(table for table in page.tables if table[0][0] == "call")
    step = "\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}"
    columns = ["call", "cell", "files", "actual", "base → head", "SMAPE", "missed by"]
    assert worse[0] == columns
    assert len(worse) == 11
    first = [
        "phase-0001000000000000",
        "docs/low",
        "1",
        "3,500",
        f"3,938{step}3,038",
        f"11.8{step}14.1",
        "head",
    ]
    assert worse[1] == first


@pytest.mark.parametrize("reader", READERS)
def test_a_reason_stands_on_the_page(folder: Path, reader: str) -> None:
    page = READERS[reader](verdict_markdown(change(folder, DOCS_ANSWERED)))
    assert "This change acknowledges" in page.text
    assert f"{DOCS}:5" in page.spans
    assert r"seen \u007c in run 41" in page.spans
    assert "asked for by swing" in page.text
    assert markup_in(page) == []


@pytest.mark.parametrize("reader", READERS)
def test_calls_that_came_in_later_have_figures_of_their_own(folder: Path, reader: str) -> None:
    later = [call(n, 3500, observed_at=AFTER) for n in range(50, 80)]
    report = change(folder, samples=(*SAMPLES, *later), known=[one.id for one in SAMPLES])
    page = READERS[reader](verdict_markdown(report))
    (table,) = (one for one in page.tables if one[0][0] == "metric")
    assert table[0] == ["metric", "fitted", "as asked", "prospective"]
    assert table[1] == ["calls", "54", "54", "30"]
    # 200 × 438 / 7,438 = 11.8 for each of docs
    assert table[3][-1].split() == ["11.8", "[11.8–11.8]"]
    assert len(table) == 13
    assert markup_in(page) == []


def test_a_state_by_itself_has_nothing_to_compare(folder: Path) -> None:
    page = verdict_markdown(alone(folder, notes=["no default branch was found"]))
    assert page.startswith(
        "## ☑️ PASS – judged by itself, nothing was compared (nothing is committed yet), on 24 "
        "calls, 24 "
    )
    assert "| rule | verdict | figure | limit | n | 95% interval |" in page
    assert "**Note:** no default branch was found" in page
    for absent in ("### Changes", "→", "base", "<summary>Calls", "<summary>Strata"):
        assert absent not in page


def test_bad_news_stands_near_the_top_though_it_passes(folder: Path) -> None:
    page = verdict_markdown(change(folder, added=[call(n, 9000) for n in range(50, 80)]))
    assert page.startswith(
        "## 🟡 NO WORSE – the registry misses smape, underestimation and waste-band, on 54"
    )
    _in_order(
        page,
        "Per 1,000",
        "**Bad news**",
        "today's coefficients miss **underestimation**",
        "### Rules",
    )
    assert (
        "| rule | verdict | base | by new calls | by values | limit | n | 95% interval |" in page
    )
    assert (
        "| underestimation | 🟡 pass, missed | 0.0% | → 55.6% | 55.6% | rate below 0.1 |" in page
    )


def test_a_restore_says_so(folder: Path) -> None:
    page = verdict_markdown(change(folder, DOCS_TOO_LOW, restored=OLD))
    assert page.startswith("## ↩️ RESTORE, on 24 calls, 24 phases\n")
    assert f"**This change restores the coefficients of {code(OLD[:12])}." in page
    assert "**Not asked of a restore**\n\n- stratum-regression, swing" in page


@pytest.fixture(scope="module")
def harmless(everything: Report) -> dict[str, Page]:
    """What each reader makes of the page of the report that nobody hostile wrote in."""
    page = verdict_markdown(everything)
    return {name: read(page) for name, read in READERS.items()}


@pytest.mark.thorough
@pytest.mark.no_cover  # the tests above reach these lines
@pytest.mark.parametrize("text", NASTY)
def test_nothing_nasty_gets_onto_the_page(
    everything: Report, harmless: dict[str, Page], text: str
) -> None:
    _assert_hardened(everything, harmless, text)


@ANY
@given(text=texts)
def test_nothing_at_all_gets_onto_the_page(
    everything: Report, harmless: dict[str, Page], text: str
) -> None:
    _assert_hardened(everything, harmless, text)


def _assert_hardened(report: Report, harmless: dict[str, Page], text: str) -> None:
    page = verdict_markdown(with_text(report, text))
    assert len(page.encode("utf-16-le")) // 2 <= LONGEST
    for reader, plain in harmless.items():
        found = READERS[reader](page)
        assert markup_in(found) == [], reader
        # The same tables and the same folds as where nobody is hostile; strata of one name are one
        # stratum.
        assert [rows[0] for rows in found.tables] == [rows[0] for rows in plain.tables], reader
        assert all(len(row) == len(rows[0]) for rows in found.tables for row in rows), reader
        assert found.folds == plain.folds == page.splitlines().count("</details>"), reader


def test_a_page_that_would_be_too_long_keeps_what_matters(everything: Report) -> None:
    comparison = everything.comparison
    assert comparison is not None
    many = tuple(
        Retirement(f"{n:032x}", "told twice " * 10, "samples/retired.yaml", n)
        for n in range(1, 3000)
    )
    page = verdict_markdown(
        replace(
            everything,
            retired=many,
            comparison=replace(comparison, retired=many[:1500], lost=comparison.lost * 1000),
        )
    )
    assert len(page) <= LONGEST
    _in_order(
        page,
        "## ❌ FAIL",
        "Per 1,000",
        "**This change retires 1,500 samples**",
        "left out",
        "### Changes",
    )
    _in_order(
        page, "### Rules", "| smape |", "**Why**", "### Next", "coefgate try --range docs.low"
    )


def test_a_rule_with_many_places_names_a_few(everything: Report) -> None:
    findings = tuple(
        Finding(f"sample {n} is gone", f"samples/a/{n}.jsonl", n) for n in range(1, 4000)
    )
    rules = tuple(
        replace(rule, findings=findings) if rule.rule == "sample-removed" else rule
        for rule in everything.rules
    )
    page = verdict_markdown(replace(everything, rules=rules))
    assert "`samples/a/5.jsonl:5` and 3,994 more" in page
    assert "samples/a/6.jsonl" not in page


# --- Where there is no verdict

PROBLEM = Problem(
    "coefficients/overhead/docs.yaml",
    *(9, 13, "overhead.low.tokens", "out-of-range", "is -40"),
    "tokens are integers from 0 to 1,000,000",
    "Did you mean 40?",
)


def test_what_a_page_leaves_out_is_counted_below_its_rows() -> None:
    more = "… and 3 more: coefgate diff"
    told = "… and 3 more: `coefgate diff`"
    listed = markdown([Items([Item("one")], "Changes", further=more)])
    assert listed == f"**Changes**\n\n- one\n\n{told}"
    table = markdown([TableBlock(("call",), [("one",)], "Calls", further=more)])
    assert table.splitlines()[-1] == told


def test_problems_are_listed_with_place_and_fix() -> None:
    page = problems_markdown([PROBLEM])
    assert page.startswith("## ❌ INVALID: 1 problem in 1 file\n")
    assert page.endswith(
        "\n- `coefficients/overhead/docs.yaml:9:13` `overhead.low.tokens` is `-40`; "
        "tokens are integers from 0 to 1,000,000. Did you mean 40?"
    )


@pytest.mark.parametrize("reader", READERS)
@ANY
@given(text=texts)
def test_problems_quote_safely(text: str, reader: str) -> None:
    page = problems_markdown([with_text(PROBLEM, text), replace(PROBLEM, path="")])
    assert markup_in(READERS[reader](page)) == []


def test_thousands_of_problems_fit() -> None:
    page = problems_markdown(
        [replace(PROBLEM, line=n, file=f"a/{n % 7}", path=f"a{n}") for n in range(1, 5000)]
    )
    assert len(page) <= LONGEST
    assert page.startswith("## ❌ INVALID: 4,999 problems in 7 files")
    assert page.endswith("more, left out of this page.*")


COMMIT = "b" * 40
FILES = f"https://github.com/owner/name/blob/{COMMIT}"
LINK = file_links(
    {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "owner/name"}, COMMIT
)


def test_a_place_is_a_link_to_its_line_where_files_have_an_address(folder: Path) -> None:
    report = change(folder, DOCS_TOO_LOW)
    linked = markdown(verdict_page(report), LINK)
    assert f"| [`docs.low`]({FILES}/{DOCS}#L5) |" in linked
    assert f"](/{DOCS}" not in verdict_markdown(report)
    assert f"`docs.low`<br>`{DOCS}:5`" in verdict_markdown(report)


@pytest.mark.parametrize("name", ["a b](x).yaml", "<b>.yaml", "é\udcff`.yaml", "a\n#x.yaml"])
def test_no_name_of_a_file_breaks_out_of_its_link(name: str) -> None:
    page = [Items([Item(Span("docs.low", "code", place=(name, 5)), place=(name, 5))])]
    text = markdown(page, LINK)
    targets = re.findall(rf"\]\(({FILES}[^)]*)\)", text)
    assert len(targets) == 2
    assert all(re.fullmatch(rf"{FILES}/[A-Za-z0-9_.%/-]+#L5", one) for one in targets)


def test_a_reviewer_reads_what_no_rule_can_judge(folder: Path) -> None:
    looked_at = change(
        folder, {**DOCS_ANSWERED, **TESTS_ANSWERED}, retired=[TOLD_TWICE], samples=SAMPLES
    )
    page = verdict_markdown(looked_at)
    _in_order(
        page,
        "**Once every rule passes, approve if**",
        "- the reason given is true, and reason enough: `docs.low`, `tests.low`",
        "- 1 retired sample can show nothing about new work, as said above",
    )
    unused = {MARGINALS: ("tokens: 700", "tokens: 710")}
    assert "as no stored call uses them: `marginal." in verdict_markdown(change(folder, unused))
    assert "pprove if" not in verdict_markdown(change(folder))
    assert "pprove if" not in verdict_markdown(alone(folder))

"""What a person does with the live what-if: moves values, goes back, takes a command away."""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from coefgate.registry.model import Coefficients
from coefgate.replay.evidence import Evidence
from coefgate.reports.render import what_if as assets
from coefgate.reports.render.html import asset
from tests.browser.chromium import opened, violations
from tests.browser.live_page import WhatIf, write_page
from tests.browser.registries import stored
from tests.end_to_end.checkouts import committed_registry, typed
from tests.frozen_registry import BY_HAND
from tests.registry.semantics_2 import large, rule
from tests.replay.builders import audited, sample

PROGRAM: Final = shlex.join([sys.executable, "-m", "coefgate"])
DOCS: Final = "coefficients/overhead/docs.yaml"
SMALL: Final = {"width": 390, "height": 844}
LARGE: Final = {"width": 1280, "height": 900}
SCRIPT: Final = "</script><script>document.title = 'run'</script><img src=x onerror=alert(1)>"


# --- From opening to a green gate


def test_a_copied_command_turns_a_red_gate_green(browser: Browser, tmp_path: Path) -> None:
    root = tmp_path / "registry"
    committed_registry(root)
    docs = (root / DOCS).read_text("utf-8")
    (root / DOCS).write_text(docs.replace("tokens: 15490", "tokens: 1800", 1), "utf-8")
    assert _gate(root)["rules"]["underestimation"] == "fail"

    path = write_page(tmp_path / "page.html", *stored(root))
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as page:
        what_if = WhatIf(page, path)
        what_if.headline("✕ Misses underestimation")
        what_if.slider("docs.low").focus()
        note = what_if.row("docs.low").locator(".wi-note")
        expect(note).to_contain_text(
            "Another number here would change 5 of 63 predictions. All four limits are met at "
        )
        what_if.row("docs.low").get_by_role("button", name=re.compile("^Set ")).click()
        what_if.headline("✓ Meets all four limits")
        what_if.field("docs.low").fill("14,716")
        what_if.headline("✓ Meets all four limits")
        what_if.button("Copy as a command").click()
        expect(page.locator("#wi-said")).to_have_text("The command is copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "coefgate try docs.low=14716 --write"
    assert _gate(root, copied)["verdict"] == "pass"
    assert set(_gate(root)["rules"].values()) == {"pass"}


def _gate(root: Path, command: str = "coefgate gate") -> dict[str, Any]:
    """What the gate, or another command with its report, says in a shell."""
    line = f"{command.replace('coefgate', PROGRAM, 1)} --format json || true"
    found = json.loads(typed(root, line))
    report = found.get("report", found)
    rules = {one["rule"]: one["status"] for one in report["rules"]}
    return {"verdict": report["verdict"], "rules": rules}


# --- Moving values


def test_figures_follow_a_value(what_if: WhatIf) -> None:
    what_if.headline("✓ Meets all four limits")
    what_if.field("docs.low").fill("1,800")
    what_if.headline("✕ Misses underestimation")
    missed = what_if.figure("underestimation")
    expect(missed).to_contain_text("5.7% 1.6%–9.5%11.7% 7.9%–12.7%✕ missedbefore: met")
    expect(what_if.figure("missed calls")).to_have_text("missed calls15▲ more")
    expect(what_if.figure("undecided calls")).to_have_text("undecided calls53▼ less")
    what_if.changes("docs.low 15,490 → 1,800")


@pytest.mark.parametrize("calls", ["all", "none"])
def test_the_figures_fit_beside_the_values(page: Page, tmp_path: Path, calls: str) -> None:
    read, evidence = stored(BY_HAND)
    page.set_viewport_size({"width": LARGE["width"], "height": LARGE["height"]})
    path = write_page(tmp_path / "page.html", read, evidence if calls == "all" else Evidence([]))
    WhatIf(page, path).headline(
        "✓ Meets all four limits"
        if calls == "all"
        else "? Cannot be measured: smape, underestimation, waste-band, waste-p90"
    )
    result = page.locator(".wi-result:visible").first
    assert result.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    signs = page.locator("#wi-figures .sign")
    expect(signs).to_have_count(4)
    # Between a sign and its first word no line ends.
    assert all("\u00a0" in one.evaluate("(one) => one.textContent") for one in signs.all())


def test_the_strata_follow_too(what_if: WhatIf) -> None:
    what_if.field("docs.low").fill("1800")
    kinds = what_if.kinds()
    docs, tests = (kinds.filter(has_text=name) for name in ("docs", "tests"))
    expect(docs.locator("strong")).not_to_have_count(0)
    expect(tests.locator("strong")).to_have_count(0)
    what_if.page.get_by_label("By", exact=True).select_option("cell")
    expect(kinds.filter(has_text="docs/low").locator("strong")).not_to_have_count(0)
    expect(kinds.filter(has_text="docs/medium").locator("strong")).to_have_count(0)


def test_a_value_moves_by_its_smallest_step_from_the_keyboard(what_if: WhatIf) -> None:
    slider = what_if.slider("margin.default")
    slider.press("ArrowRight")
    expect(what_if.field("margin.default")).to_have_value("1.001")
    expect(slider).to_have_attribute("aria-valuetext", "factor 1.001")
    slider.press("ArrowRight")
    what_if.changes("margin.default 1 → 1.002")
    what_if.button("Undo").click()  # what one hand did without leaving is one step
    what_if.changes()


def test_a_mouse_gets_round_numbers(what_if: WhatIf) -> None:
    slider = what_if.slider("docs.low")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    what_if.page.mouse.move(box["x"] + 0.4 * box["width"], middle)
    what_if.page.mouse.down()
    what_if.page.mouse.move(box["x"] + 0.713 * box["width"], middle, steps=4)
    what_if.page.mouse.up()
    expect(what_if.page.locator("#wi-changes li")).to_have_count(1)
    expect(what_if.field("docs.low")).to_have_value(re.compile(r"^3\d,\d00$"))
    what_if.button("Undo").click()
    what_if.changes()


WRONG: Final = (
    ("docs.low", "many", "“many” is not a number from 0 to 1,000,000."),
    ("docs.low", "-5", "“-5” is not a number from 0 to 1,000,000."),
    ("docs.low", "", "Type a number from 0 to 1,000,000."),
    ("docs.low", "1.5", "Tokens are whole numbers."),
    ("docs.low", "1,000,001", "1,000,001 is out of range: allowed is 0 to 1,000,000."),
    ("docs.low", "<b>1</b>" * 9, f"“{('<b>1</b>' * 9)[:40]}…” is not a number"),
    ("margin.default", "0.9", "0.9 is out of range: allowed is 1 to 10."),
    ("docs.low", "\uff11\uff18", "“\uff11\uff18” is not a number from 0 to 1,000,000."),
    ("margin.default", "NaN", "“NaN” is not a number from 1 to 10."),
    ("margin.default", "1e999", "“1e999” is not a number from 1 to 10."),
    ("margin.default", "1.2345", "A factor has at most three decimals."),
)


def test_a_text_that_is_no_number_is_explained_beside_it(what_if: WhatIf) -> None:
    for name, text, said in WRONG:
        field = what_if.field(name)
        field.fill(text)
        field.press("Tab")
        expect(what_if.row(name).locator(".wi-problem")).to_contain_text(said)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_value(text)
    what_if.changes()


def test_a_text_that_is_no_number_stays_until_it_is_one(what_if: WhatIf) -> None:
    field = what_if.field("docs.low")
    field.fill("many")
    what_if.field("tests.low").fill("70")
    what_if.changes("tests.low 80 → 70")
    expect(field).to_have_value("many")
    field.fill("2")
    expect(what_if.row("docs.low").locator(".wi-problem")).to_be_hidden()
    what_if.changes("tests.low 80 → 70", "docs.low 15,490 → 2")


def test_escape_brings_the_number_back(what_if: WhatIf) -> None:
    field = what_if.field("docs.low")
    field.fill("many")
    expect(what_if.row("docs.low").locator(".wi-problem")).to_be_visible()
    field.press("Escape")
    expect(field).to_have_value("15,490")
    expect(what_if.row("docs.low").locator(".wi-problem")).to_be_hidden()


def test_numbers_that_fall_with_the_complexity_are_no_registry(what_if: WhatIf) -> None:
    what_if.field("docs.low").fill("16000")
    what_if.headline("✕ Not a valid registry")
    said = "docs.low is 16,000, above docs.medium at 15,490; numbers rise with the complexity."
    expect(what_if.page.locator("#wi-conflicts")).to_contain_text(said)
    what_if.button("Move the others along").click()
    what_if.changes(*(f"docs.{one} 15,490 → 16,000" for one in ("low", "medium", "high")))
    expect(what_if.page.locator("#wi-head")).not_to_have_text("✕ Not a valid registry")


def test_where_a_value_is_green_is_drawn_and_said(what_if: WhatIf) -> None:
    what_if.slider("docs.low").focus()
    row = what_if.row("docs.low")
    expect(row.locator(".wi-note")).to_contain_text("met at 2,947–2,958 and 5,754–15,490.")
    expect(row.locator(".wi-green span")).to_have_count(2)
    for number, met in ((2946, False), (2947, True), (2959, False), (5753, False), (5754, True)):
        what_if.field("docs.low").fill(str(number))
        what_if.headline("✓ Meets all four limits" if met else "✕ Misses underestimation")


def test_the_end_of_a_range_of_a_factor_is_the_last_that_is_met(what_if: WhatIf) -> None:
    what_if.slider("margin.default").focus()
    note = what_if.row("margin.default").locator(".wi-note")
    expect(note).to_contain_text("All four limits are met")
    said = note.inner_text()
    found = re.search(r"met at 1–(1\.\d+)", said)
    assert found, said
    last = round(1000 * float(found[1]))
    what_if.field("margin.default").fill(f"{last / 1000}")
    what_if.headline("✓ Meets all four limits")
    what_if.field("margin.default").fill(f"{(last + 1) / 1000}")
    expect(what_if.page.locator("#wi-head")).to_contain_text("Misses")


def test_a_value_that_moves_no_prediction_says_so(what_if: WhatIf) -> None:
    what_if.slider("database.low").focus()
    note = what_if.row("database.low").locator(".wi-note")
    expect(note).to_have_text("No number here changes a prediction, so no figure moves.")


def test_a_value_is_found_by_its_name(what_if: WhatIf) -> None:
    shown = what_if.page.locator("#wi-values tr[data-at]:visible")
    what_if.page.get_by_label("Find a value").fill("DOCS")
    expect(shown).to_have_count(3)
    expect(what_if.page.get_by_role("heading", name="Safety margins")).to_be_hidden()
    what_if.field("docs.high").fill("20000")
    what_if.page.get_by_label("Find a value").fill("")
    what_if.page.get_by_label("Changed only").check()
    expect(shown).to_have_count(1)


def test_the_list_of_what_is_changed_follows_the_changes(what_if: WhatIf) -> None:
    shown = what_if.page.locator("#wi-values tr[data-at]:visible")
    what_if.field("docs.low").fill("16000")
    what_if.page.get_by_label("Changed only").check()
    expect(shown).to_have_count(1)
    what_if.button("Move the others along").click()
    expect(shown).to_have_count(3)
    what_if.field("docs.low").fill("15490")
    what_if.changes(*(f"docs.{one} 15,490 → 16,000" for one in ("medium", "high")))
    expect(shown).to_have_count(3)  # nobody loses the field that they write in
    what_if.button("Reset all").click()
    expect(shown).to_have_count(0)
    what_if.button("Undo").click()
    expect(shown).to_have_count(2)


# --- Back and forth


def test_undo_and_redo(what_if: WhatIf) -> None:
    what_if.field("docs.low").fill("1800")
    what_if.field("tests.low").fill("70")
    what_if.page.keyboard.press("Control+z")
    what_if.changes("docs.low 15,490 → 1,800")
    expect(what_if.field("tests.low")).to_have_value("80")
    what_if.page.keyboard.press("Control+Shift+Z")
    what_if.changes("docs.low 15,490 → 1,800", "tests.low 80 → 70")
    what_if.button("Undo").click()
    what_if.button("Undo").click()
    what_if.changes()
    expect(what_if.button("Undo")).to_have_attribute("aria-disabled", "true")
    what_if.button("Redo").click()
    what_if.changes("docs.low 15,490 → 1,800")
    what_if.headline("✕ Misses underestimation")


def test_one_change_or_all_are_taken_back(what_if: WhatIf) -> None:
    for name in ("docs.low", "tests.low", "margin.default"):
        what_if.field(name).fill("2")
    what_if.page.get_by_role("button", name="Undo tests.low").click()
    what_if.changes("docs.low 15,490 → 2", "margin.default 1 → 2")
    last = what_if.page.get_by_role("button", name="Undo margin.default: 1 to 2")
    expect(last).to_be_focused()
    what_if.page.get_by_role("button", name="Reset docs.low to 15,490").click()
    what_if.changes("margin.default 1 → 2")
    what_if.button("Reset all").click()
    what_if.changes()
    what_if.button("Undo").click()
    what_if.changes("margin.default 1 → 2")


# --- Links


def test_a_link_holds_the_changes(what_if: WhatIf, written: Path, browser: Browser) -> None:
    what_if.field("docs.low").fill("1,800")
    what_if.field("margin.default").fill("1.25")
    expect(what_if.page.locator("#wi-aloud")).to_contain_text("2 changes.")
    assert what_if.link == "#try:docs.low=1800&margin.default=1.25"
    said = what_if.page.locator("#wi-figures").inner_text()
    with opened(browser) as page:
        other = WhatIf(page, written, what_if.link)
        other.changes("docs.low 15,490 → 1,800", "margin.default 1 → 1.25")
        assert page.locator("#wi-figures").inner_text() == said
        page.evaluate("location.hash = '#try:tests.low=70'")
        other.changes("tests.low 80 → 70")
        other.button("Reset all").click()
        expect(page.locator("#wi-aloud")).to_contain_text("0 changes.")
        assert other.link == ""


def test_what_a_link_may_not_hold_is_named_and_not_applied(page: Page, written: Path) -> None:
    parts = {
        "%3Cimg%20src=x%20onerror=alert(1)%3E=1": "<img src=x onerror=alert(1)>",
        "docs.medium=1e3": "docs.medium: “1e3” is not a number from 0 to 1,000,000.",
        "margin.default=0.5": "margin.default: 0.5 is out of range: allowed is 1 to 10.",
        "__proto__=1": "This registry has no value “__proto__”.",
        "%E0%A4%A": "“%E0%A4%A” is not NAME=VALUE.",
    }
    what_if = WhatIf(page, written, "#try:docs.low=1800&" + "&".join(parts))
    what_if.changes("docs.low 15,490 → 1,800")
    said = page.locator("#wi-link-problem-list li")
    expect(said).to_have_count(len(parts))
    for row, words in zip(said.all(), parts.values(), strict=True):
        expect(row).to_contain_text(words)
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("#try:docs.low=1&docs.low=2", "docs.low is given twice."),
        (f"#try:{'a=1&' * 6000}", "The link is too long."),
        (f"#try:{'a=1&' * 9}", "And 4 more."),
    ],
)
def test_a_link_with_too_much_in_it(page: Page, written: Path, link: str, said: str) -> None:
    WhatIf(page, written, link)
    expect(page.locator("#wi-link-problem-list li").last).to_have_text(said)


def test_an_anchor_of_a_report_is_no_link(page: Page, written: Path) -> None:
    what_if = WhatIf(page, written, "#what-if")
    what_if.changes()
    expect(page.locator("#wi-link-problems")).to_be_hidden()
    what_if.field("docs.low").evaluate(  # both before the address follows
        "(one) => { one.value = '1800'; one.dispatchEvent(new InputEvent('input'));"
        " document.getElementById('wi-undo').click(); }"
    )
    expect(page.locator("#wi-aloud")).to_contain_text("0 changes.")
    assert what_if.link == "#what-if"


# --- Taking away


@pytest.mark.parametrize(
    ("button", "place", "begins"),
    [
        ("Copy as a command", "#wi-command", "coefgate try docs.low=1800 --write"),
        ("Copy link", "#wi-link", "file://"),
    ],
)
def test_where_nothing_may_be_copied_the_text_is_selected(
    what_if: WhatIf, button: str, place: str, begins: str
) -> None:
    _deny_copying(what_if)
    what_if.field("docs.low").fill("1800")
    what_if.button(button).click()
    expect(what_if.page.locator("#wi-said")).to_contain_text("is selected: press Ctrl+C")
    selected = what_if.page.evaluate("String(getSelection())")
    assert selected.startswith(begins)
    assert selected == what_if.page.locator(place).inner_text()


def test_no_command_and_no_estimate_where_they_would_be_refused(
    page: Page, written: Path, tmp_path: Path
) -> None:
    what_if = WhatIf(page, written, "#try:docs.low=16000")
    what_if.headline("✕ Not a valid registry")
    root = tmp_path / "registry"
    committed_registry(root)
    assert typed(root, f"{PROGRAM} try docs.low=16000 2>/dev/null || echo $?").strip() == "3"
    copy = what_if.button("Copy as a command")
    expect(copy).to_be_disabled()
    expect(copy).to_have_accessible_description(re.compile("^There is no command for these"))
    expect(page.locator("#wi-command")).to_be_hidden()
    expect(page.locator("#wi-no-command")).to_be_visible()
    copy.press("Enter")
    expect(page.locator("#wi-said")).to_be_empty()
    expect(page.locator("#wi-command")).to_be_hidden()
    expect(what_if.button("Copy link")).to_be_enabled()
    what_if.tab("Estimate a call")
    expect(page.locator("#wi-call-problems")).to_contain_text("No estimate: the changed values")
    expect(page.locator("#wi-estimate")).to_be_hidden()

    what_if.tab("Change values")
    what_if.button("Move the others along").click()
    expect(copy).to_be_enabled()
    expect(copy).to_have_accessible_description("")
    expect(page.locator("#wi-command")).to_contain_text("coefgate try docs.low=16000 docs.medium=")
    expect(page.locator("#wi-no-command")).to_be_hidden()
    what_if.tab("Estimate a call")
    expect(page.locator("#wi-estimate")).to_be_visible()


def test_a_link_that_was_shown_goes_with_the_next_change(what_if: WhatIf) -> None:
    _deny_copying(what_if)
    shown = what_if.page.locator("#wi-link")
    what_if.field("docs.low").fill("1800")
    what_if.field("tests.low").fill("70")
    what_if.button("Copy link").click()
    expect(shown).to_be_focused()
    shown.press("Control+z")
    what_if.changes("docs.low 15,490 → 1,800")
    expect(shown).to_be_hidden()
    expect(what_if.button("Copy link")).to_be_focused()
    what_if.button("Copy link").click()
    expect(shown).to_have_text(re.compile("#try:docs.low=1800$"))


def _deny_copying(what_if: WhatIf) -> None:
    what_if.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); }"
    )


def test_says_that_the_gate_asks_more(what_if: WhatIf) -> None:
    what_if.field("docs.low").fill("14716")
    said = what_if.page.get_by_text("The gate checks more than these four limits")
    expect(said).to_contain_text("prints the whole verdict")


def test_the_verdict_is_said_aloud_when_a_hand_rests(what_if: WhatIf) -> None:
    aloud = what_if.page.locator("#wi-aloud")
    expect(aloud).to_have_attribute("role", "status")
    expect(aloud).to_be_empty()
    what_if.field("docs.low").fill("1800")
    expect(aloud).to_have_text("Misses underestimation. 1 change.")


# --- Estimates


def test_a_call_is_estimated(what_if: WhatIf) -> None:
    page = what_if.page
    what_if.tab("Estimate a call")
    page.get_by_label("Category").select_option("docs")
    page.get_by_label("Complexity").select_option("low")
    words = "estimate --category docs --complexity low create:docs/guide.md modify:README.md"
    found = typed(BY_HAND, f"{PROGRAM} {words} --format json")
    estimate = json.loads(found)
    expect(page.locator("#wi-tokens")).to_have_text(f"{estimate['tokens']:,}")
    low, high = estimate["interval"]["low"], estimate["interval"]["high"]
    expect(page.locator("#wi-interval")).to_contain_text(f"Between {low:,} and {high:,} tokens")
    parts = page.locator("#wi-parts tr")
    costs = estimate["breakdown"]
    expect(parts.first).to_have_text(f"overhead{costs['overhead']:,}")
    for row, one in zip(parts.all()[1:3], costs["deliverables"], strict=True):
        expect(row).to_contain_text(one["path"])
        expect(row).to_contain_text(f"{one['tokens']:,}")
    expect(parts.last).to_have_text(f"prediction{estimate['tokens']:,}")


def test_an_estimate_follows_changes_and_says_what_it_was(what_if: WhatIf) -> None:
    what_if.tab("Estimate a call")
    what_if.page.get_by_label("Category").select_option("docs")
    expect(what_if.page.locator("#wi-tokens")).to_have_text("18,170")
    what_if.tab("Change values")
    what_if.field("docs.low").fill("15000")
    what_if.tab("Estimate a call")
    expect(what_if.page.locator("#wi-tokens")).to_have_text("17,680")
    expect(what_if.page.locator("#wi-was")).to_have_text("18,170 today")


def test_a_line_that_is_no_path_is_explained(what_if: WhatIf) -> None:
    what_if.tab("Estimate a call")
    for paths, said in (
        ("ok.py\nmake:a.py", "Line 2: “make:a.py” begins with no operation"),
        ("create:", "Line 1: “create:” names no path"),
        ("create@20:a.py", "Line 1: “create@20:a.py” states no size"),
        ("modify@2k:a.py", "Line 1: “modify@2k:a.py” states no size"),
        ("create:../a.md", "Line 1: “../a.md” is not the path of one file in a workspace"),
        ("create:a.md\nmodify:a.md", "Line 2: “a.md” is named twice"),
        ("<img src=x onerror=alert(1)>:x", "Line 1: “<img src=x onerror=alert(1)>:x” begins"),
        ("a.py\n" * 201, "At most 200 paths."),
    ):
        field = what_if.page.get_by_label("Files that the call")
        field.fill(paths)
        expect(what_if.page.locator("#wi-paths-problems")).to_contain_text(said)
        expect(field).to_have_accessible_description(re.compile(re.escape(said)))
        expect(what_if.page.locator("#wi-estimate")).to_be_hidden()


def test_an_attempt_before_and_a_risk(page: Page, tmp_path: Path) -> None:
    shipped = stored(Path(__file__).parents[2])
    what_if = WhatIf(page, write_page(tmp_path / "page.html", *shipped))
    what_if.tab("Estimate a call")
    budget = page.locator("#wi-budget")
    expect(page.get_by_label("Budget, if")).to_have_value("0.1")
    nine_in_ten = budget.inner_text()
    page.get_by_label("Budget, if").select_option("1 call in 2 may be cut off")
    expect(budget).not_to_have_text(nine_in_ten)
    assert 0 < _tokens(budget.inner_text()) < _tokens(nine_in_ten)
    before = page.get_by_label("Output tokens that it wrote")
    before.fill("10000")
    expect(page.locator("#wi-basis")).to_contain_text(
        "based on the tokens of the previous attempt"
    )
    expect(page.locator("#wi-parts tr").first).to_have_text("the previous attempt10,000")
    page.get_by_label("It was cut off").check()
    expect(page.locator("#wi-parts")).to_contain_text("at least: cut off at10,000")
    before.fill("0")
    said = "The previous attempt must have from 1 to 1,000,000 tokens."
    expect(page.locator("#wi-call-problems")).to_have_text(said)


def _tokens(text: str) -> int:
    return int(text.removesuffix(" tokens").replace(",", ""))


# --- For everybody


def test_without_a_script_the_values_are_text(browser: Browser, written: Path) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(written.as_uri())
        row = page.get_by_role("row", name="docs.low 15,490")
        expect(row).to_be_visible()
        expect(page.get_by_text("These are today's values.")).to_be_visible()
        for element in ("input", "button", "select", "[role=tab]", "#wi-head"):
            assert page.locator(f"#what-if {element}:visible").count() == 0


def test_by_keyboard_alone(what_if: WhatIf) -> None:
    page = what_if.page
    page.get_by_role("tab", name="Change values").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Estimate a call")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Estimate a call")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_role("tabpanel", name="Change values")).to_be_visible()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")  # round to the first
    _tab_to(page, "Find a value")
    page.keyboard.type("docs.low")
    _tab_to(page, "docs.low, tokens")
    page.keyboard.press("Home")
    what_if.changes("docs.low 15,490 → 0")
    _tab_to(page, "docs.low as a number, tokens")
    page.keyboard.press("Control+a")
    page.keyboard.type("1800")
    what_if.changes("docs.low 15,490 → 1,800")
    _tab_to(page, "Reset docs.low to 15,490")
    page.keyboard.press("Enter")
    what_if.changes()
    expect(what_if.field("docs.low")).to_be_focused()


def _tab_to(page: Page, name: str) -> None:
    label = (
        "() => { const one = document.activeElement;"
        " return one.ariaLabel || one.labels?.[0]?.textContent || one.textContent; }"
    )
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(label) == name:
            return
    pytest.fail(f"Tab does not come to {name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_nothing_stands_in_anybodys_way(
    browser: Browser, written: Path, scheme: str, size: dict[str, int]
) -> None:
    with opened(browser, color_scheme=scheme, viewport=size) as page:
        what_if = WhatIf(page, written, "#try:docs.low=16000&no.such=1")
        what_if.slider("tests.low").focus()
        what_if.field("docs.high").fill("many")
        what_if.kinds()
        what_if.headline("✕ Not a valid registry")
        assert violations(page) == []
        assert _overhang(page) == 0
        what_if.tab("Estimate a call")
        assert violations(page) == []
        assert _overhang(page) == 0


def _overhang(page: Page) -> int:
    """Pixels that a page is wider than the window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return max(0, found)


def test_where_there_is_little_room_the_verdict_stays_in_sight(
    browser: Browser, written: Path
) -> None:
    with opened(browser, viewport=SMALL) as page:
        what_if = WhatIf(page, written, "#try:docs.low=1800")
        what_if.slider("tests.low").scroll_into_view_if_needed()
        bar = what_if.button("✕ Misses underestimation 1 change · details")
        expect(bar).to_be_in_viewport()
        bar.click()
        expect(page.locator("#wi-head")).to_be_focused()
        expect(page.locator("#wi-head")).to_be_in_viewport()


def test_marks_show_without_colours(browser: Browser, written: Path) -> None:
    with opened(browser, forced_colors="active") as page:
        what_if = WhatIf(page, written, "#try:docs.low=1800")
        what_if.slider("docs.low").focus()
        green = what_if.row("docs.low").locator(".wi-green span")
        expect(green.last).to_have_css("border-top-width", "8px")  # beside a rail of two
        expect(what_if.figure("underestimation")).to_contain_text("✕ missed")
        expect(what_if.figure("smape")).to_contain_text("✓ met")


def test_nothing_moves_by_itself_where_that_is_not_wanted(browser: Browser, written: Path) -> None:
    moving = (
        "[...document.querySelectorAll('#what-if *')]"
        ".filter((one) => parseFloat(getComputedStyle(one).transitionDuration) > 0).length"
    )
    with opened(browser, reduced_motion="reduce") as page:
        WhatIf(page, written)
        assert page.evaluate(moving) == 0


def test_names_that_others_wrote_stay_text(page: Page, tmp_path: Path) -> None:
    registry = large((rule("1.2", SCRIPT + "*"), rule("1.3", "claude-*")))
    calls = [
        sample(at, 900 + 100 * at, model=name, category=name, complexity=name)
        for at, name in enumerate([SCRIPT, "claude-1", "__proto__", "\u202eevil"])
    ]
    what_if = WhatIf(page, write_page(tmp_path / "page.html", registry, Evidence(audited(calls))))
    assert page.title() == "A registry"
    name = f"model.{SCRIPT}*"
    what_if.field(name).fill("2")
    what_if.changes(f"{name} 1.2 → 2")
    what_if.kinds()
    for dimension in ("category", "model"):
        what_if.page.get_by_label("By", exact=True).select_option(dimension)
        expect(page.locator("#wi-strata")).to_contain_text(SCRIPT)
    what_if.tab("Estimate a call")
    page.get_by_label("Model", exact=True).fill(SCRIPT)
    page.get_by_label("Files that the call").fill(f"create:{SCRIPT.replace(':', '')}")
    expect(page.locator("#wi-parts")).to_contain_text("onerror")
    assert page.locator("img").count() == 0
    assert page.title() == "A registry"


@pytest.mark.parametrize("width", [1280, 320])
def test_a_long_name_does_not_widen_the_page(page: Page, tmp_path: Path, width: int) -> None:
    registry = large((rule("1.2", "x" * 400),))
    calls = [sample(at, 900 + 100 * at, model="x" * 200) for at in range(12)]
    page.set_viewport_size({"width": width, "height": 900})
    WhatIf(page, write_page(tmp_path / "page.html", registry, Evidence(audited(calls)))).kinds()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_registry_without_calls(page: Page, tmp_path: Path) -> None:
    registry, _ = stored(BY_HAND)
    what_if = WhatIf(page, write_page(tmp_path / "page.html", registry, Evidence(())))
    what_if.headline("? Cannot be measured: smape, underestimation, waste-band, waste-p90")
    what_if.slider("docs.low").focus()
    note = what_if.row("docs.low").locator(".wi-note")
    expect(note).to_have_text("No call is stored yet.")


def test_ten_thousand_calls(page: Page, tmp_path: Path) -> None:
    what_if = WhatIf(page, write_page(tmp_path / "page.html", *_many(10_000)))
    slider = what_if.slider("tests.low")
    for _ in range(20):
        slider.press("ArrowRight")
    what_if.changes("tests.low 80 → 100")
    expect(what_if.row("tests.low").locator(".wi-note")).to_contain_text("predictions. ")


def _many(count: int) -> tuple[Coefficients, Evidence]:
    """The calls of the small registry again and again, each a phase of its own."""
    registry, evidence = stored(BY_HAND)
    given = evidence.audited
    calls = [
        replace(one.sample, id=f"{at:032x}", phase_id=f"phase-{at}")
        for at in range(count)
        for one in [given[at % len(given)]]
    ]
    return registry, Evidence(audited(calls))


def test_it_is_small(written: Path) -> None:
    """Without its data, and without the report around it."""
    text = written.read_text("utf-8")
    section = text[text.index('<section id="what-if"') : text.index("</section>")]
    markup = re.sub(r'(?s)<script type="application/json".*?</script>', "", section)
    files = [asset(name) for name in (*assets.STYLES, *assets.SCRIPTS)]
    assert sum(len(one.encode()) for one in (markup, *files)) <= 150_000


def test_forced_colours_show_one_tab_as_chosen(browser: Browser, written: Path) -> None:
    with opened(browser, forced_colors="active") as page:
        WhatIf(page, written)
        chosen, other = page.get_by_role("tab").evaluate_all(
            "all => all.map(one => getComputedStyle(one).borderBottomColor)"
        )
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (chosen != other, other) == (True, ground)


def test_names_of_values_stay_whole_on_paper(what_if: WhatIf) -> None:
    what_if.page.set_viewport_size({"width": 688, "height": 1000})  # A4 without its margins
    what_if.page.emulate_media(media="print")
    heads = what_if.page.locator("#wi-values tbody th code")
    heights = heads.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    names = heads.all_text_contents()
    broken = [one for one, height in zip(names, heights, strict=True) if height > min(heights) + 1]
    assert [one for one in broken if len(one) <= len("implementation.medium")] == []

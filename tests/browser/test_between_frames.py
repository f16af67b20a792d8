"""What a page does when several things happen before it draws: it acts on what is, not on what
it shows. All of them are sent in one task, so no test depends on how fast a machine is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.live_page import WhatIf

ACTS: Final = """
    const sent = {bubbles: true, cancelable: true};
    const by = (id) => document.getElementById(id);
    const put = (one, value) => {
        one.value = value;
        one.dispatchEvent(new InputEvent("input", sent));
    };
    const undo = (one) =>
        one.dispatchEvent(new KeyboardEvent("keydown", {key: "z", ctrlKey: true, ...sent}));
    const frame = () => new Promise(requestAnimationFrame);
    const drawn = async () => { await frame(); await frame(); };
"""


def _at_once(one: Locator, acts: str) -> None:
    """Do it all before the page draws, and wait until it has drawn."""
    one.evaluate(f"async (one) => {{ {ACTS} {acts}; await drawn(); }}")


def _keep_what_is_copied(page: Page, answer: str = "Promise.resolve()") -> None:
    page.evaluate(
        "() => { window.copied = []; navigator.clipboard.writeText = (text) => "
        f"{{ window.copied.push(text); return {answer}; }}; }}"
    )


# --- Undo


@pytest.mark.parametrize("control", ["field", "slider"])
def test_what_is_undone_at_once_leaves_nothing_in_its_row(what_if: WhatIf, control: str) -> None:
    used: Locator = getattr(what_if, control)("tests.low")
    used.focus()
    _at_once(used, "put(one, '70'); undo(one)")
    expect(what_if.field("tests.low")).to_have_value("80")
    expect(what_if.slider("tests.low")).to_have_value("80")
    what_if.changes()


def test_a_button_does_what_the_changes_allow_before_it_shows_so(what_if: WhatIf) -> None:
    field = what_if.field("tests.low")
    _at_once(field, "put(one, '70'); by('wi-undo').click(); by('wi-redo').click()")
    what_if.changes("tests.low 80 → 70")
    _at_once(field, "put(one, '80'); put(one, '60'); by('wi-reset').click()")
    what_if.changes()


def test_a_text_that_is_no_number_has_its_own_undo_from_its_first_letter(what_if: WhatIf) -> None:
    what_if.field("docs.low").fill("1800")
    _at_once(what_if.field("tests.low"), "put(one, 'many'); window.own = undo(one)")
    assert what_if.page.evaluate("own") is True  # left to the browser
    what_if.changes("docs.low 15,490 → 1,800")


@pytest.mark.parametrize(
    ("tab", "label"),
    [
        ("Estimate a call", "Files that the call"),
        ("Estimate a call", "Model"),
        ("Estimate a call", "Output tokens that it wrote"),
        ("Change values", "Find a value"),
    ],
)
def test_a_text_beside_the_numbers_has_its_own_undo(what_if: WhatIf, tab: str, label: str) -> None:
    what_if.field("docs.low").fill("1800")
    what_if.tab(tab)
    text = what_if.page.get_by_label(label)
    before = text.input_value()
    text.press("End")
    text.press_sequentially("1")
    text.press("Control+z")
    expect(text).to_have_value(before)
    what_if.changes("docs.low 15,490 → 1,800")


# --- Copying


def test_what_is_copied_is_of_now_though_not_yet_drawn(what_if: WhatIf) -> None:
    _keep_what_is_copied(what_if.page)
    what_if.field("tests.low").fill("70")
    what_if.changes("tests.low 80 → 70")
    field = what_if.field("tests.low")
    _at_once(field, "put(one, '60'); by('wi-copy-command').click(); by('wi-copy-link').click()")
    command, link = what_if.page.evaluate("copied")
    assert command == "coefgate try tests.low=60 --write"
    assert link.endswith("#try:tests.low=60")


def test_no_command_is_copied_that_would_be_refused_though_not_yet_drawn(what_if: WhatIf) -> None:
    _keep_what_is_copied(what_if.page)
    field = what_if.field("docs.low")
    field.fill("1800")
    expect(what_if.button("Copy as a command")).to_be_enabled()
    _at_once(field, "put(one, '16000'); by('wi-copy-command').click()")
    assert what_if.page.evaluate("copied") == []
    _at_once(field, "put(one, '1700'); by('wi-copy-command').click()")
    assert what_if.page.evaluate("copied") == ["coefgate try docs.low=1700 --write"]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_answer_of_the_browser_that_comes_after_a_change_says_nothing(
    what_if: WhatIf, answer: str
) -> None:
    page = what_if.page
    _keep_what_is_copied(page, "new Promise((yes, no) => { window.yes = yes; window.no = no; })")
    what_if.field("tests.low").fill("70")
    what_if.button("Copy link").click()
    _at_once(what_if.field("tests.low"), f"put(one, '60'); {answer}()")
    expect(page.locator("#wi-said")).to_be_empty()
    expect(page.locator("#wi-link")).to_be_hidden()
    expect(page.locator("#wi-command")).to_have_text("coefgate try tests.low=60 --write")


# --- Sliders and ranges


def test_two_drags_are_two_steps_and_a_press_in_place_is_none(what_if: WhatIf) -> None:
    slider = what_if.slider("docs.low")
    _drag(slider, 0.5)
    _drag(slider, 0.7)
    shown = slider.input_value()
    expect(what_if.field("docs.low")).to_have_value(f"{int(shown):,}")
    slider.press("ArrowRight")
    expect(slider).to_have_value(str(int(shown) + 1))  # by one from the number that it had
    what_if.button("Undo").click()
    expect(slider).to_have_value(shown)
    what_if.button("Undo").click()
    what_if.page.locator("#wi-changes li").wait_for()
    half = int(slider.input_value())
    assert 0 < half < int(shown)
    what_if.button("Undo").click()
    what_if.changes()

    box = slider.bounding_box()
    assert box
    slider.click(position={"x": 0.5 * box["width"], "y": box["height"] / 2})
    slider.dispatch_event("pointerdown")
    slider.dispatch_event("pointerup")
    what_if.field("docs.low").fill("900000")
    expect(slider).to_have_value("900000")


def _drag(slider: Locator, to: float) -> None:
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    mouse, middle = slider.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + 0.3 * box["width"], middle)
    mouse.down()
    mouse.move(box["x"] + to * box["width"], middle, steps=5)
    mouse.up()


SLOW_CLOCK: Final = "performance.now = ((now) => () => (now += 100))(0);"
"""Each slice of a search ends after one step."""


def test_a_range_that_was_searched_for_other_numbers_is_not_shown(
    page: Page, written: Path
) -> None:
    page.add_init_script(SLOW_CLOCK)
    what_if = WhatIf(page, written)
    note = what_if.row("docs.low").locator(".wi-note")
    note.evaluate(
        "(one) => { window.seen = [];"
        " new MutationObserver(() => seen.push(one.textContent))"
        ".observe(one, {childList: true}); }"
    )
    margin = "[...document.querySelectorAll('#wi-values input[type=text]')].find((one) =>"
    margin += " one.ariaLabel.startsWith('margin.default as'))"
    _at_once(what_if.slider("docs.low"), f"one.focus(); put({margin}, '3')")
    expect(note).to_contain_text("No number for this value alone meets all four limits.")
    assert not [one for one in page.evaluate("seen") if "All four limits are met" in one]


# --- Where the focus goes


def test_what_has_the_focus_and_goes_hands_it_on(what_if: WhatIf) -> None:
    page = what_if.page
    what_if.field("docs.low").fill("16000")
    move = what_if.button("Move the others along").first
    move.focus()
    move.press("Enter")
    expect(page.locator("#wi-head")).to_be_focused()
    page.keyboard.press("Control+z")
    what_if.changes("docs.low 15,490 → 16,000")

    page.get_by_role("button", name="Undo docs.low").focus()
    page.keyboard.press("Control+z")
    what_if.changes()
    expect(what_if.button("Undo")).to_be_focused()
    page.keyboard.press("Control+y")
    what_if.changes("docs.low 15,490 → 16,000")

    what_if.button("Copy link").focus()
    page.keyboard.press("Control+z")
    what_if.changes()
    expect(what_if.button("Undo")).to_be_focused()


def test_the_slider_has_the_focus_when_its_number_is_set(what_if: WhatIf) -> None:
    what_if.field("docs.low").fill("1800")
    what_if.slider("docs.low").focus()
    put = what_if.row("docs.low").get_by_role("button", name="Set 2,947")
    put.focus()
    put.press("Enter")
    what_if.changes("docs.low 15,490 → 2,947")
    expect(what_if.slider("docs.low")).to_be_focused()

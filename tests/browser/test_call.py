"""A call as it is described on a page: refused where ``coefgate estimate`` refuses it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from coefgate.core.problems import UsageProblem
from coefgate.registry.file_paths import file_path_schema
from coefgate.registry.schemas import load_schema
from coefgate.reports.render.html import asset
from coefgate.use_cases.estimate import deliverable, estimate
from tests.browser.chromium import opened
from tests.frozen_registry import BY_HAND

ONE_FILE: Final = "is not the path of one file in a workspace"
TWICE: Final = "is named twice"
NO_OPERATION: Final = "begins with no operation"
E: Final = "\N{LATIN SMALL LETTER E WITH ACUTE}"
E_IN_TWO: Final = "e\N{COMBINING ACUTE ACCENT}"
ACCEPTED: Final = (
    "README.md",
    "create:docs/guide.md",
    "modify@2048:README.md",
    "create:.github/..b/...",
    "create:a b/c.md",
    "create:\u00a0a.md\u3000",
    "unknown:ab:c.md",
    "create:" + 1024 * "a",
    "create:" + 1024 * "\U0001f600",
    f"create:{E}.md\ncreate:{E_IN_TWO}.md",
    "create:a.md\n\n \t\n  modify:b.md\t",
    "create:a.md\ncreate:A.md",
)
REFUSED: Final = {
    ONE_FILE: (
        "create:../a.md",
        "create:a/../b.md",
        "create:..",
        "create:.",
        "create:./a.md",
        "create:a/./b.md",
        "create:/abs.md",
        "create://a.md",
        "create:a//b.md",
        "create:docs/",
        "create:a\\b.md",
        "create:C:/a.md",
        "create:c:a.md",
        "*.md",
        "create:docs/**",
        "create:a\0.md",
        "create:a\tb.md",
        "create:a\x0b",
        "create:a\x7f.md",
        "create:a\x85.md",
        "create:a.md\ufeff",
        "create:a\u2028b.md",
        "create:a\u202eb.md",
        "create:a\u200bb.md",
        "create:a\ufffe.md",
        "create:" + 1025 * "a",
        "create:" + 1025 * "\U0001f600",
    ),
    TWICE: (
        "create:a.md\ncreate:a.md",
        "create:a.md\nb.md\nmodify@5:a.md",
        f"create:{E}.md\n{E}.md",
    ),
    NO_OPERATION: ("C:/a.md", "\ufeffcreate:a.md", "Create:a.md"),
    "names no path": ("create:", "create: "),
    "states no size": ("create@2:a.md", "modify@:a.md", "modify@2k:a.md", "modify@\u0662:a.md"),
}
NOT_STATED: Final = {"type", "description", "examples", "x-allowed"}
"""Keywords of a schema that say nothing of a text, which a page has."""
ASKED: Final = """(texts) => {
    const call = whatIf.call(SCHEMA);
    return texts.map((text) => call.deliverables(text));
}"""


@pytest.fixture(scope="module")
def form(browser: Browser) -> Iterator[Page]:
    with opened(browser) as page:
        for name in ("dom", "numbers", "call"):
            page.add_script_tag(content=asset(f"what_if/{name}.js"))
        yield page


def _on_page(form: Page, texts: Sequence[str]) -> Any:
    """Of each text the deliverables and the problems of a page."""
    return form.evaluate(ASKED.replace("SCHEMA", json.dumps(file_path_schema())), list(texts))


def _by_command(text: str) -> tuple[list[Any], str]:
    """The deliverables of the words that a shell finds in these lines, or why there are none."""
    words = [line.strip(" \t") for line in text.split("\n")]
    try:
        found = [deliverable(word) for word in words if word]
        estimate(category="docs", complexity="low", deliverables=found, registry=BY_HAND)
    except (ValueError, UsageProblem) as error:
        return [], str(error)
    return [
        {"path": one.path, "operation": one.operation, "bytes_before": one.bytes_before}
        for one in found
    ], ""


def test_what_both_accept(form: Page) -> None:
    for text, page in zip(ACCEPTED, _on_page(form, ACCEPTED), strict=True):
        assert page["problems"] == [], text
        assert (page["deliverables"], "") == _by_command(text)


@pytest.mark.parametrize("why", REFUSED)
def test_what_both_refuse_in_the_same_words(form: Page, why: str) -> None:
    for text, page in zip(REFUSED[why], _on_page(form, REFUSED[why]), strict=True):
        _, by_command = _by_command(text)
        assert why in by_command, text
        [problem] = page["problems"]
        assert why in problem, text


def test_each_line_that_is_wrong_is_named(form: Page) -> None:
    [page] = _on_page(form, ["a.md\n/b.md\na.md\nmake:c.md\n*"])
    assert [one.split(":")[0] for one in page["problems"]] == [
        f"Line {line}" for line in (2, 3, 4, 5)
    ]
    not_a_path, twice = page["problems"][:2]
    assert not_a_path == (
        "Line 2: “/b.md” is not the path of one file in a workspace; write it relative to the "
        "workspace, with / between folders and without .., such as create:docs/guide.md."
    )
    assert twice == "Line 3: “a.md” is named twice; name each file once."


_LINE: Final = st.text(
    st.sampled_from("ab./\\:*@2 \t~-\x01\x7f\u00a0\u0301\u200b\u2028\ufeff\ufffe\U0001f600Cc")
    | st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"),
    max_size=8,
)
_LINES: Final = st.lists(
    st.builds("{}{}".format, st.sampled_from(("", "create:", "modify@7:", "unknown:")), _LINE),
    max_size=3,
).map("\n".join)


@settings(max_examples=12)
@given(texts=st.lists(_LINES, min_size=10, max_size=30))
def test_drawn_lines(form: Page, texts: list[str]) -> None:
    for text, page in zip(texts, _on_page(form, texts), strict=True):
        found, refused = _by_command(text)
        assert bool(page["problems"]) == bool(refused), (text, refused)
        if not refused:
            assert page["deliverables"] == found


def test_half_of_a_character_is_judged_as_it_is_shown(form: Page) -> None:
    """A page may hold one, and the words of a command that are no UTF-8."""
    [page] = form.evaluate(
        """(schema) => [whatIf.call(schema).deliverables("create:a\\ud800.md").problems]""",
        file_path_schema(),
    )
    assert page == []
    assert deliverable("create:a\ud800.md").path == "a\ud800.md"


def test_the_page_knows_each_word_of_the_rule() -> None:
    """A keyword that the schema of samples gets would be one that no page heeds."""
    path = load_schema("sample")["properties"]["deliverables"]["items"]["properties"]["path"]
    assert set(path) - NOT_STATED == {"maxLength", "pattern", "not"}
    assert set(path["not"]) - NOT_STATED == {"pattern"}
    assert set(file_path_schema()) == {"maxLength", "pattern", "not"}

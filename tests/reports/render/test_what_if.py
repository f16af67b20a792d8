"""The live what-if in a document: what stands there before any script runs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from coefgate.registry.model import Coefficients
from coefgate.replay.evidence import Evidence
from coefgate.reports.page import LiveBlock, Title
from coefgate.reports.render.html import html
from coefgate.reports.render.markdown import markdown
from coefgate.reports.render.what_if import live_part
from coefgate.whatif.live_data import live_data
from tests.registry.builders import registry, with_sizes
from tests.registry.semantics_2 import large, rule, with_retry
from tests.replay.builders import audited, sample

EVERYTHING = with_retry(with_sizes(large((rule("1.2", "claude-*"),)), "doc", 150))
CALLS = [sample(at, 1000 + at, model=name) for at, name in enumerate(("claude-1", None))]


def _block(one: Coefficients = EVERYTHING, **changes: Any) -> LiveBlock:
    calls = [replace(call, **changes) for call in CALLS]
    return LiveBlock(lambda: live_data(one, Evidence(audited(calls))))


def _page(block: LiveBlock) -> str:
    return html([Title("A registry", "pass"), block])


def test_numbers_stand_in_groups_as_they_are_read() -> None:
    shown = live_part(_block())
    assert [group.title for group in shown.groups] == [
        "Safety margins",
        "Overheads",
        "Marginal costs",
        "Costs per kilobyte",
        "Model factors",
        "Calls without files",
        "Fallback",
        "Retries",
    ]
    numbers = {
        row.name: row.number for group in shown.groups for part in group.parts for row in part
    }
    assert len(numbers) == len(EVERYTHING.numbers)
    assert numbers["docs.low"] == "100,000"
    assert numbers["model.claude-*"] == "1.2"
    assert numbers["marginal.modify.doc.per_kilobyte"] == "150"


def test_numbers_of_a_category_stand_together() -> None:
    [overheads] = [one for one in live_part(_block()).groups if one.title == "Overheads"]
    assert [[row.name for row in part] for part in overheads.parts] == [
        ["docs.low", "docs.medium", "docs.high"],
        ["tests.low", "tests.medium", "tests.high"],
        ["database.low", "database.medium"],
    ]


def test_what_can_be_chosen_is_what_the_registry_and_the_calls_name() -> None:
    shown = live_part(_block())
    assert shown.categories == ["database", "docs", "tests"]
    assert shown.complexities == ["low", "medium", "high"]
    assert shown.models == ["claude-1"]
    assert shown.modes == ["full_file"]
    assert shown.calls == "2 calls, 2 phases"


def test_a_registry_with_little_in_it() -> None:
    shown = live_part(_block(registry()))
    assert shown.modes == []
    assert "Model factors" not in [group.title for group in shown.groups]


def test_the_data_in_a_page_is_the_data() -> None:
    block = _block()
    [written] = re.findall(r'(?s)id="coefgate-live">(.*?)</script>', _page(block))
    found = json.loads(written)
    words = found.pop("words")
    assert found == json.loads(json.dumps(block.data()))
    assert words["forms"]["underestimation_rate"] == {"decimals": 1, "times": 100, "unit": "%"}
    assert words["bases"]["exact"] == "the registry declares this category and complexity"


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--", "'\"&\u2028"])
def test_no_name_ends_the_data(text: str) -> None:
    page = _page(_block(model=text, category=text))
    [written] = re.findall(r'(?s)id="coefgate-live">(.*?)</script>', page)
    assert not set("<>&'\u2028") & set(written)
    assert page.count("<script") == 2  # the data and our own


def test_a_page_without_it_has_no_script() -> None:
    assert "<script" not in html([Title("A registry", "pass")])


def test_formats_that_run_nothing_leave_it_out() -> None:
    def never() -> dict[str, Any]:
        raise AssertionError

    assert markdown([Title("A registry", "pass"), LiveBlock(never)]).count("\n") <= 1

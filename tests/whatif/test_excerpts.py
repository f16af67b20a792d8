"""The part of a registry that names lead to."""

from __future__ import annotations

from coefgate.changes.estimate_changes import changes
from coefgate.whatif.excerpts import excerpt, touched_names
from tests.registry.builders import registry, renamed, with_aliases


def test_a_part_holds_the_categories_that_names_lead_to_in_their_order() -> None:
    whole = with_aliases(registry(), "docs", "documentation")
    order = [name for name in whole.categories if name in {"docs", "tests"}]
    part = excerpt(whole, ["tests", "documentation", "nobody knows"])
    assert list(part.categories) == order
    assert part.categories["docs"] is whole.categories["docs"]
    assert {category for category, _ in part.cell_margins} <= set(order)
    assert part.fallback_overhead == whole.fallback_overhead


def test_a_renamed_category_is_touched_under_all_its_names() -> None:
    base = with_aliases(registry(), "docs", "documentation")
    head = renamed(base, "docs", "manuals")
    for change in changes(base, head):
        names = touched_names([change], base, head)
        assert names is not None
        assert {"docs", "documentation", "manuals"} <= names
        assert "tests" not in names

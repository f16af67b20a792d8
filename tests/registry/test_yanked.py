"""Withdrawn versions put in front of those in ``yanked.yaml``, however it is written."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import InvalidInput, UsageProblem
from coefgate.core.yanks import Yank
from coefgate.registry.schemas import schema_problems
from coefgate.registry.yaml_reader import strict_document
from coefgate.registry.yanked import FILE, with_yanked, yanks

YANK = Yank("1.5.0", "2026-12-01", "cuts: off", "1.5.1")
OTHER = Yank("1.4.9", "2026-12-01", "a", None)
BLOCK = (
    '- version: 1.5.0\n{0}  date: "2026-12-01"\n{0}  reason: "cuts: off"\n'
    "{0}  replacement: 1.5.1\n"
)
FLOW = '{version: 1.5.0, date: "2026-12-01", reason: "cuts: off", replacement: 1.5.1}'
LIST = '    - version: 1.4.0\n      date: "2026-11-30"\n      reason: b\n      replacement: null\n'
OLD = '{version: 1.4.0, date: "2026-11-30", reason: b, replacement: null}'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            None,
            (
                "# yaml-language-server: $schema=../schemas/yanked.schema.json\n"
                "# Released versions that were withdrawn, newest first.\nyanked:\n  "
                f"{BLOCK.format('  ')}"
            ),
        ),
        ("yanked: []\n", f"yanked:\n  {BLOCK.format('  ')}"),
        ("yanked: []", f"yanked:\n  {BLOCK.format('  ')}".rstrip()),
        ("# a\nyanked: [ ]  # none\n# b\n", f"# a\nyanked:  # none\n  {BLOCK.format('  ')}# b\n"),
        ("yanked: [\n]\n", f"yanked:\n  {BLOCK.format('  ')}"),
        (f"yanked:\n- {OLD}\n", f"yanked:\n{BLOCK.format('')}- {OLD}\n"),
        (
            f"yanked:\n  # the first\n  - {OLD}  # b\n# end\n",
            f"yanked:\n  # the first\n  {BLOCK.format('  ')}  - {OLD}  # b\n# end\n",
        ),
        (
            f"yanked:\n{LIST}",
            f"yanked:\n    {BLOCK.format('    ')}{LIST}",
        ),
        (f"yanked: [{OLD}]  # c\n", f"yanked: [{FLOW}, {OLD}]  # c\n"),
        (f"yanked: [\n  {OLD},\n]\n", f"yanked: [\n  {FLOW},\n  {OLD},\n]\n"),
        ("{yanked: []}\n", f"{{yanked: [{FLOW}]}}\n"),
        (f"{{yanked: [{OLD}]}}\n", f"{{yanked: [{FLOW}, {OLD}]}}\n"),
    ],
)
def test_comments_and_form_stay(before: str | None, after: str) -> None:
    found = with_yanked(None if before is None else before.encode(), [YANK]).decode()
    assert found == after
    first, *others = yanks(found.encode())
    assert first == YANK
    assert tuple(others) == yanks(None if before is None else before.encode())


def test_line_ends_stay() -> None:
    for before in (b"# a\nyanked: []\n", f"# a\nyanked:\n{LIST}".encode()):
        found = with_yanked(before.replace(b"\n", b"\r\n"), [YANK])
        assert found == with_yanked(before, [YANK]).replace(b"\n", b"\r\n")


def test_several_come_in_their_order_and_none_changes_nothing() -> None:
    before = b"yanked: []  # none\n"
    assert yanks(with_yanked(before, [YANK, OTHER])) == (YANK, OTHER)
    assert with_yanked(before, []) == before


def test_a_file_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(InvalidInput, match=FILE):
        yanks(b"yanked: [")
    with pytest.raises(InvalidInput, match=FILE):
        with_yanked(b"yanked: [", [YANK])


@pytest.mark.parametrize("content", [b"yanked:\n", b"other: []\n", b"yanked: {}\n", b"- a\n"])
def test_a_form_that_cannot_be_kept_is_told(content: bytes) -> None:
    with pytest.raises((UsageProblem, InvalidInput), match="yanked"):
        with_yanked(content, [YANK])


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(
        sorted(Path(__file__).parents[2].glob("schemas/fixtures/valid/yanked/*.yaml"))
    ),
)
def test_every_reason_is_read_back_as_it_was(reasons: list[str], file: Path) -> None:
    new = [replace(YANK, version=f"1.6.{n}", reason=reason) for n, reason in enumerate(reasons)]
    before = file.read_bytes()
    content = with_yanked(before, new)
    # A reason that the index would refuse is still written so that it is read as it was.
    document = strict_document(content, FILE)
    here, there = (one.list_at(("yanked",)) for one in (document, strict_document(before, FILE)))
    assert here == [*map(asdict, new), *there]
    assert not schema_problems(document, "yanked")

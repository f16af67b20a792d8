"""The section of a release, what stands in it, and where it goes."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from coefgate.changes.change import Change
from coefgate.changes.estimate_changes import changes
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from coefgate.registry.model import Acknowledgement, Basis
from coefgate.use_cases.releases.bump import FIRST, Bump
from coefgate.use_cases.releases.changelog import section, with_section
from tests.registry.builders import key, registry, with_overhead, without_overhead

DIGEST = "sha256:" + "0" * 64
PATCH = Bump(Version(1, 4, 1), "patch", ("only values changed; every key stays",))
SAME = Bump(Version(1, 4, 1), "patch", ("the values of 1.4.0 stay",))
NEW = "## coefficients/v1.4.1 (2026-12-01)\n\nPatch.\n"


def _change(**other: object) -> Change:
    change = Change(
        "docs.low", "overhead", key("docs.low"), Fraction(1500), Fraction(1800), "x", 1
    )
    return replace(change, **other)  # type: ignore[arg-type]


def _lines(change: Change, basis: Basis | None = None) -> str:
    return section(
        PATCH, "2026-12-01", DIGEST, entries=[(change, basis)], yanked=[]
    ).text.splitlines()[-1]


@pytest.mark.parametrize(
    "changelog", ["# Changelog\n", "# Changes\n\n## Unreleased\n\n- a\n\n## 0.9.0\n\n- b\n"]
)
def test_the_line_ends_of_the_file_stay(changelog: str) -> None:
    found = with_section(changelog.replace("\n", "\r\n"), "## new\n\nWords.\n")
    assert found == with_section(changelog, "## new\n\nWords.\n").replace("\n", "\r\n")


def test_a_section_says_number_reason_digest_changes_and_yanks() -> None:
    change = _change(acknowledge=Acknowledgement(Fraction(1500), Fraction(1800), "seen twice"))
    text = section(
        PATCH,
        "2026-12-01",
        DIGEST,
        entries=[(change, Basis("fit", "docs/x.md", 12))],
        yanked=[
            Yank("1.4.0", "2026-12-01", "too low", "1.4.1"),
            Yank("1.3.0", "2026-12-01", "no margin", None),
        ],
    ).text
    assert text == (
        "## coefficients/v1.4.1 (2026-12-01)\n"
        "\n"
        "Patch: only values changed; every key stays.\n"
        f"Digest `{DIGEST}`.\n"
        "\n"
        "- `docs.low` 1,500 → 1,800 (fit, see `docs/x.md`; because: `seen twice`)\n"
        "- withdrawn: 1.4.0 (use 1.4.1 instead): `too low`\n"
        "- withdrawn: 1.3.0 (nothing replaces it): `no margin`\n"
    )


def test_without_a_change_there_is_no_list() -> None:
    assert section(FIRST, "2026-12-01", DIGEST, entries=[], yanked=[]).text.endswith(
        f"Digest `{DIGEST}`.\n"
    )


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (_change(base=None), "`docs.low` is new: 1,800"),
        (_change(head=None, gone=True), "`docs.low` is gone (it was 1,500)"),
        (_change(kind="margin", base=Fraction("1.25"), head=Fraction(1)), "`docs.low` 1.25 → 1"),
        (_change(kind="alias", base="docs", head="tests"), "`docs.low` `docs` → `tests`"),
        (
            _change(kind="alias", base="docs", head=None, gone=True),
            "`docs.low` is gone (it was `docs`)",
        ),
        (_change(kind="path-rules", base="a", head="b"), "`docs.low` has other path rules"),
        (
            _change(kind="applies-to", base=("a", "b"), head=("a",), gone=True),
            "`docs.low` `a, b` → `a`",
        ),
        (_change(kind="setting", base="call", head="turn"), "`docs.low` `call` → `turn`"),
        (
            _change(acknowledge=Acknowledgement(Fraction(1), Fraction(2), "stale")),
            "`docs.low` 1,500 → 1,800",
        ),
        (_change(head=None), "`docs.low` 1,500 → none"),
    ],
)
def test_each_kind_of_change_has_its_words(change: Change, line: str) -> None:
    assert _lines(change) == f"- {line}"


def test_every_change_between_two_registries_has_a_line() -> None:
    before = registry()
    after = without_overhead(with_overhead(before, "docs", "low", 90), "tests", "high")
    found = changes(before, after)
    text = section(
        PATCH,
        "2026-12-01",
        DIGEST,
        entries=[(one, None) for one in found],
        yanked=[],
    ).text
    assert [line for line in text.splitlines() if line.startswith("- ")] == [
        "- `docs.low` 100 → 90",
        "- `tests.high` is gone (it was 330)",
    ]


@given(st.text(min_size=1, max_size=40))
def test_no_text_of_somebody_else_becomes_markdown(words: str) -> None:
    change = _change(name=words, kind="setting", base=words, head=words)
    text = section(
        Bump(Version(1, 4, 1), "patch", (f"category {' '.join(words.split())} is new",)),
        "2026-12-01",
        DIGEST,
        entries=[(change, Basis("prior", words))],
        yanked=[Yank("1.4.0", "2026-12-01", words, None)],
    ).text
    tokens = MarkdownIt().parse(text)
    kinds = [token.type for token in tokens if token.type.endswith("_open")]
    paragraph, item = ["paragraph_open"], ["list_item_open", "paragraph_open"]
    assert kinds == ["heading_open", *paragraph, "bullet_list_open", *item, *item]
    inside = {child.type for token in tokens for child in token.children or ()}
    assert inside <= {
        "text",
        "code_inline",
        "softbreak",
        "text_special",
        "em_open",
        "em_close",
    } | {
        "strong_open",
        "strong_close",
    }


# --- Its place


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            None,
            (
                "# Changelog\n\nReleased coefficients, newest first. "
                f"Each section is written by `coefgate release`.\n\n{NEW}"
            ),
        ),
        ("", NEW),
        ("# Changes\n", f"# Changes\n\n{NEW}"),
        ("# Changes\n\nWords.", f"# Changes\n\nWords.\n\n{NEW}"),
        ("# C\n\n## 1.0\n\n- a\n", f"# C\n\n{NEW}\n## 1.0\n\n- a\n"),
        ("# C\n\n## Unreleased\n\n- a\n", f"# C\n\n## Unreleased\n\n- a\n\n{NEW}"),
        (
            "# C\n\n## [Unreleased]\n\n- a\n\n\n## 1.0\n",
            f"# C\n\n## [Unreleased]\n\n- a\n\n{NEW}\n## 1.0\n",
        ),
        (
            "# C\n\n```\n## no heading\n```\n\n## 1.0\n",
            f"# C\n\n```\n## no heading\n```\n\n{NEW}\n## 1.0\n",
        ),
        ("## 1.0\n\n## unreleased\n\n## 0.9\n", f"## 1.0\n\n## unreleased\n\n{NEW}\n## 0.9\n"),
    ],
)
def test_a_section_comes_before_the_older_ones_and_after_what_is_unreleased(
    before: str | None, after: str
) -> None:
    assert with_section(before, NEW) == after


@given(
    st.lists(
        st.sampled_from(["# C", "## Unreleased", "## 1.0", "words", "", "- a", "```"]), max_size=8
    )
)
def test_no_line_of_the_file_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = with_section(text, NEW)
    assert found.count(NEW.strip()) == 1
    rest = found.replace(NEW.strip(), "")
    assert [line for line in rest.splitlines() if line] == [line for line in lines if line]
    assert not re.search(r"\n\Z\n", found)


def test_a_patch_without_other_values_says_so() -> None:
    text = section(SAME, "2026-12-01", DIGEST, entries=[], yanked=[]).text
    assert "Patch: the values of 1.4.0 stay." in text


def test_what_was_withdrawn_before_is_told_only_where_it_no_longer_is() -> None:
    first, second = (Yank(version, "2026-12-01", "a", None) for version in ("1.4.0", "1.3.0"))
    text = section(
        SAME,
        "2026-12-01",
        DIGEST,
        entries=[],
        yanked=[first],
        before=[first, second],
    ).text
    assert text.endswith(f"`{DIGEST}`.\n\n- no longer withdrawn: 1.3.0\n")

"""The snapshot file: it comes back to the byte, and what is wrong is refused with its place."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.json_shapes import JsonPlace
from coefgate.core.problems import InvalidDocument
from coefgate.core.snapshot import (
    MAX_BYTES,
    Snapshot,
    canonical_bytes,
    read_snapshot,
)
from coefgate.core.snapshot_content import check_content
from coefgate.core.table import compile_table
from tests.core.documents import valid

WHAT = "the snapshot coefficients-1.4.0.json"
MEND = "Take the original file, or build it with: coefgate build -o FILE"


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def said(data: bytes, **options: Any) -> str:
    with pytest.raises(InvalidDocument) as error:
        read_snapshot(data, WHAT, **options)
    return str(error.value)


@pytest.fixture
def content() -> dict[str, Any]:
    document: dict[str, Any] = deepcopy(valid("snapshot", "everything"))
    return document


def test_the_file_comes_back_to_the_byte(content: dict[str, Any]) -> None:
    data = canonical_bytes(content)
    snapshot = read_snapshot(data, WHAT, expected=Snapshot.of(content).digest)
    assert snapshot == Snapshot(content, _digest(data))
    assert snapshot.data == data


def test_another_digest_than_expected(content: dict[str, Any]) -> None:
    expected = f"sha256:{'0' * 64}"
    assert said(canonical_bytes(content), expected=expected) == (
        f"{WHAT} has the digest {Snapshot.of(content).digest}, and {expected} was expected; "
        f"it was altered, or is not complete. {MEND}"
    )


def test_a_file_that_is_cut_off_has_another_digest(content: dict[str, Any]) -> None:
    data = canonical_bytes(content)
    for end in range(0, len(data), 97):
        assert "it was altered, or is not complete" in said(data[:end], expected=_digest(data))


def test_a_file_that_is_too_large_is_not_read() -> None:
    assert said(b" " * (MAX_BYTES + 1)) == (
        f"{WHAT} has 4,194,305 bytes; no snapshot has more than 4,194,304. {MEND}"
    )
    assert "is not valid JSON" in said(b" " * MAX_BYTES)


@pytest.mark.parametrize(
    "write",
    [
        lambda content: canonical_bytes(content) + b"\n",
        lambda content: json.dumps(content).encode(),
        lambda content: json.dumps(content, sort_keys=True, indent=1).encode(),
        lambda content: canonical_bytes(content).replace(b"Doku", b"\\u0044oku"),
        lambda content: (
            canonical_bytes(content).replace(b"999", b"999", 1).replace(b"{", b"{ ", 1)
        ),
    ],
)
def test_another_form_than_the_canonical_one(content: dict[str, Any], write: Any) -> None:
    assert said(write(content)) == (
        f"{WHAT} is not in canonical form, so its digest says nothing; it was edited, or written "
        f"by another program. {MEND}"
    )


NAMES = "the names are low, high"
KINDS = "it is one of backend, test_kind"
CATEGORY = "a category is named by small letters, digits and -, beginning with a letter"
KIND = "a file kind is named by small letters, digits, - and _, beginning with a letter"
GLOB = "which the dialect does not use; globs are written as docs/reference/path-rules.md says"
COMPLEXITY = (
    "a complexity is named by small letters, digits and -, beginning with a letter, and not "
    "default or overhead"
)
LINE = "visible characters, that begins with no space"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ((), [], " is a list; it is an object"),
        (("unit",), "request", ': unit is "request"; it is call or turn'),
        (("complexities",), [], ": complexities has 0 entries; it has 1 to 10"),
        (
            ("complexities", 0),
            "Huge",
            f': complexities[0] is "Huge"; {COMPLEXITY}',
        ),
        (("complexities", 1), "low", ': complexities[1] is "low" again; each appears once'),
        (("applies_to",), "claude-*", ': applies_to is "claude-*"; it is a list'),
        (
            ("applies_to", 0),
            "x" * 501,
            f': applies_to[0] is "{"x" * 56}...; it is a text of one line, from 1 to 500 {LINE}',
        ),
        (
            ("applies_to",),
            [f"m{n}" for n in range(101)],
            ": applies_to has 101 entries; it has 1 to 100",
        ),
        (("fallback", "overhead"), 2000, ": fallback.overhead is 2000; it is an object"),
        (
            ("fallback", "overhead", "measured"),
            1,
            ": fallback.overhead.measured is 1; it is true or false",
        ),
        (
            ("no_deliverables", "low", "tokens"),
            -40,
            ": no_deliverables.low.tokens is -40; it is a whole number from 0 to 1,000,000",
        ),
        (
            ("no_deliverables", "medium"),
            {},
            f": no_deliverables.medium is not known here; {NAMES}",
        ),
        (("no_deliverables",), {}, f": no_deliverables is empty; {NAMES}"),
        (("categories", "Docs"), {}, f": categories.Docs is not known here; {CATEGORY}"),
        (
            ("categories", "x1-y", "aliases"),
            ["docs"],
            (
                ': categories.x1-y.aliases[0] is "docs", a name that is taken; '
                "a name belongs to one category"
            ),
        ),
        (
            ("categories", "docs", "aliases", 0),
            "a\u202eb",
            (
                ': categories.docs.aliases[0] is "a\\u202eb"; it is a text of one line, '
                f"from 1 to 100 {LINE}"
            ),
        ),
        (("categories", "docs", "overhead"), {}, f": categories.docs.overhead is empty; {NAMES}"),
        (("marginal_costs", "create"), {}, f": marginal_costs.create is empty; {KIND}"),
        (
            ("marginal_costs", "create"),
            {f"k{n}": {} for n in range(102)},
            ": marginal_costs.create has 102 entries; it has at most 101",
        ),
        (
            ("marginal_costs", "modify", "doc"),
            {},
            ": marginal_costs.modify.doc is not known here; the names are backend, test_kind",
        ),
        (("file_kinds", "default"), "doc", f': file_kinds.default is "doc"; {KINDS}'),
        (("file_kinds", "rules", 0, "kind"), None, f": file_kinds.rules[0].kind is null; {KINDS}"),
        (
            ("file_kinds", "rules", 0, "paths", 1),
            "a[b]",
            f": file_kinds.rules[0].paths[1] is \"a[b]\", which holds '[', {GLOB}",
        ),
        (
            ("safety_margins", "default"),
            999,
            ": safety_margins.default is 999; it is a whole number from 1,000 to 10,000",
        ),
        (
            ("safety_margins", "cells", "docs"),
            {},
            f": safety_margins.cells.docs is empty; {NAMES}",
        ),
        (
            ("safety_margins", "cells", "docs", "medium"),
            1300,
            f": safety_margins.cells.docs.medium is not known here; {NAMES}",
        ),
        (
            ("interval", "below"),
            1000,
            ": interval.below is 1000; it is a whole number from 0 to 999",
        ),
        (
            ("interval", "coverage"),
            0.8,
            ": interval.coverage is 0.8; it is a whole number from 1 to 1,000",
        ),
    ],
)
def test_every_error_names_its_place(
    content: dict[str, Any], path: tuple[str | int, ...], value: Any, message: str
) -> None:
    document: Any = {"": content}
    parent: Any = document
    for step in ("", *path)[:-1]:
        parent = parent[step]
    parent[("", *path)[-1]] = value
    assert said(canonical_bytes(document[""])) == f"{WHAT}{message}. {MEND}"


@pytest.mark.parametrize(("key", "known"), [("format", 1), ("semantics", 2)])
def test_a_newer_snapshot_asks_for_a_newer_program(
    content: dict[str, Any], key: str, known: int
) -> None:
    content[key] = known + 1
    content["something new"] = True
    assert said(canonical_bytes(content)) == (
        f"{WHAT} has the {key} {known + 1}, and this program reads up to {known}. "
        "Get a newer one from where this one came from (README, Installation) with: "
        "python -m pip install --force-reinstall 'coefgate @ git+https://HOST/OWNER/REPOSITORY'"
    )


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [("format", 0, "is 0; it is 1"), ("semantics", None, "is null; it is 1 or 2")],
)
def test_a_snapshot_of_no_known_kind(
    content: dict[str, Any], key: str, value: Any, found: str
) -> None:
    content[key] = value
    assert said(canonical_bytes(content)) == f"{WHAT}: {key} {found}. {MEND}"


def test_content_alone_is_checked_without_a_word_on_files(content: dict[str, Any]) -> None:
    check_content(content, JsonPlace(WHAT))
    del content["unit"]
    with pytest.raises(
        InvalidDocument, match=r"^the tag: unit is missing; the keys are [a-z_, ]+$"
    ):
        check_content(content, JsonPlace("the tag"))


@pytest.mark.thorough
def test_the_largest_files_are_answered() -> None:
    # As many names as fit, of which the last is wrong: time stays linear in the size.
    content = deepcopy(valid("snapshot", "everything"))
    cell = content["categories"]["x1-y"]
    content["categories"] |= {f"c{number}": cell for number in range(40_000)}
    content["marginal_costs"]["create"] |= {f"k{number}": {} for number in range(100_000)}
    data = canonical_bytes(content)
    assert 3_500_000 < len(data) < MAX_BYTES
    assert ": marginal_costs.create has 100,002 entries; it has at most 101. " in said(data)


@given(st.data())
def test_one_wrong_byte_is_always_noticed(data: st.DataObject) -> None:
    good = canonical_bytes(valid("snapshot", "everything"))
    at = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != good[at]))
    bad = good[:at] + bytes([byte]) + good[at + 1 :]
    assert "it was altered" in said(bad, expected=_digest(good))
    try:
        snapshot = read_snapshot(bad, WHAT)
    except InvalidDocument:
        return
    assert snapshot.data == bad
    compile_table(snapshot.content, registry_version="", digest=snapshot.digest)

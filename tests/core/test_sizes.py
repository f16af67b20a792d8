"""What the size of a file costs where a call writes it whole again: semantics 2, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coefgate.core.estimate import Estimate, estimate
from coefgate.core.table import Table, compile_table
from coefgate.core.vocabulary import Deliverable
from coefgate.replay.counts import tokens_of
from coefgate.replay.metrics import Integers

ASK: dict[str, Any] = {"category": "docs", "complexity": "low"}


def _cost(tokens: int, *, measured: bool = False) -> dict[str, Any]:
    return {"tokens": tokens, "measured": measured}


def _table(**newer: Any) -> Table:
    """(1,000 + Σ) × 1.5; a document costs 100 to create and 300 to modify, code 700 and 200.

    A document that is written whole again costs 512 per kilobyte, of at most 4,096 bytes; 2,048
    are assumed.
    """
    content = {
        "semantics": 2,
        "complexities": ["low", "medium", "high"],
        "output_mode": None,
        "per_kilobyte": {
            "doc": {
                **_cost(512, measured=True),
                "up_to": 4096,
                "assumed": 2048,
                "output_modes": ["full_file", "whole"],
            }
        },
        "fallback": {"overhead": _cost(2000)},
        "applies_to": ["claude-*"],
        "no_deliverables": {"low": _cost(8000)},
        "categories": {"docs": {"aliases": [], "overhead": {"low": _cost(1000)}}},
        "marginal_costs": {
            "create": {"doc": _cost(100), "backend": _cost(700)},
            "modify": {"doc": _cost(300), "backend": _cost(200)},
        },
        "file_kinds": {"rules": [{"kind": "doc", "paths": ["*.md"]}], "default": "backend"},
        "safety_margins": {"default": 1300, "cells": {"docs": {"low": 1500}}},
        "interval": {"below": 300, "above": 300, "coverage": None},
        **newer,
    }
    return compile_table(content, registry_version="1.2.3", digest="sha256:abc")


TABLE = _table()


def _ask(*files: Deliverable, table: Table = TABLE, **options: Any) -> Estimate:
    return estimate(table, deliverables=files, **ASK, **{"output_mode": "full_file", **options})


def _modified(size: int | None = None) -> Deliverable:
    return Deliverable("a.md", "modify", size)


@pytest.mark.parametrize(
    ("size", "charged", "tokens"),
    [
        (0, 0, 1950),  # (1,000 + 300) × 1.5
        (1, 1, 1951),  # + 512 × 1 / 1,024 = 0.5: 1,300.5 × 1.5 = 1,950.75, rounded up once
        (2, 2, 1952),  # 1,301 × 1.5 = 1,951.5
        (1024, 1024, 2718),  # (1,300 + 512) × 1.5
        (4096, 4096, 5022),  # (1,300 + 4 × 512) × 1.5
        (10**9, 4096, 5022),  # no more than up_to
        (None, 2048, 3486),  # the assumed size: (1,300 + 2 × 512) × 1.5
    ],
)
def test_a_file_that_is_written_whole_again(size: int | None, charged: int, tokens: int) -> None:
    found = _ask(_modified(size))
    (item,) = found.breakdown.deliverables
    assert (item.tokens, item.size_tokens, item.size_bytes) == (300, charged / 2, charged)
    assert found.tokens == tokens


@pytest.mark.parametrize(
    ("file", "options"),
    [
        (_modified(9000), {"output_mode": "patch"}),
        (_modified(9000), {"output_mode": None}),  # nobody says how files are written
        (Deliverable("a.md", "create", 9000), {}),
        (Deliverable("a.py", "modify", 9000), {}),  # a kind whose size is not charged
    ],
)
def test_where_no_size_is_charged(file: Deliverable, options: dict[str, Any]) -> None:
    (item,) = _ask(file, **options).breakdown.deliverables
    assert (item.size_tokens, item.size_bytes) == (0.0, 0)


def test_the_registry_says_how_files_are_written_where_a_call_does_not() -> None:
    table = _table(output_mode="whole")
    assert _ask(_modified(1024), table=table, output_mode=None).tokens == 2718
    assert _ask(_modified(1024), table=table, output_mode="patch").tokens == 1950


def test_what_is_measured_counts_with_the_size() -> None:
    # 512 of 1,812 tokens.
    assert _ask(_modified(1024)).share_measured == 0.28


# --- The workspace


def test_a_size_is_asked_of_the_workspace_where_the_call_does_not_say() -> None:
    asked: list[str] = []

    def size(path: str) -> int | None:
        asked.append(path)
        return {"b.md": 1024}.get(path)

    files = [Deliverable(f"{name}.md", "modify") for name in "bc"]
    found = _ask(_modified(0), *files, Deliverable("d.py", "modify"), size=size)
    assert [one.size_bytes for one in found.breakdown.deliverables] == [0, 1024, 2048, 0]
    assert asked == ["b.md", "c.md"]


@pytest.mark.parametrize(
    ("before", "options", "operation", "tokens"),
    [
        (None, {}, "unknown", 300 + 1024),  # dearer than 100: modified, with the assumed size
        (1024, {}, "modify", 300 + 512),  # it was there
        (1024, {"output_mode": "patch"}, "modify", 300),
        (None, {"output_mode": "patch"}, "unknown", 300),
        (None, {"exists": lambda _: True}, "modify", 300 + 1024),
        (None, {"exists": lambda _: True, "size": lambda _: 2}, "modify", 301),
        (None, {"exists": lambda _: False, "size": lambda _: None}, "create", 100),
        (None, {"size": lambda _: 2}, "modify", 301),
        (None, {"size": lambda _: None}, "unknown", 300 + 1024),
    ],
)
def test_an_operation_that_nobody_knows(
    before: int | None, options: dict[str, Any], operation: str, tokens: float
) -> None:
    (item,) = _ask(Deliverable("a.md", "unknown", before), **options).breakdown.deliverables
    assert (item.operation, item.tokens + item.size_tokens) == (operation, tokens)


def test_of_two_prices_the_dearer_one_counts_with_its_size() -> None:
    sized = {**_cost(512), "up_to": 4096, "output_modes": ["full_file"]}
    for assumed, price in ((998, 700), (1000, 700), (1002, 701)):  # 200 + assumed / 2
        table = _table(per_kilobyte={"backend": {**sized, "assumed": assumed}})
        (item,) = _ask(Deliverable("a.py"), table=table).breakdown.deliverables
        assert item.tokens + item.size_tokens == price


def test_under_semantics_1_a_size_tells_nothing() -> None:
    table = _table(semantics=1, per_kilobyte={})
    (item,) = _ask(Deliverable("a.md", "unknown", 9), table=table).breakdown.deliverables
    assert (item.operation, item.size_bytes) == ("unknown", 0)


# --- What is no size


@pytest.mark.parametrize("size", [-1, 1.5, "12", True, float("nan")])
@pytest.mark.parametrize("semantics", [1, 2])
def test_what_is_no_number_of_bytes(size: Any, semantics: int) -> None:
    table = _table(semantics=semantics)
    with pytest.raises(ValueError, match=r"^the size of 'a.md' before the call is .*; it is a"):
        _ask(_modified(size), table=table)


def test_the_workspace_may_not_say_so_either() -> None:
    with pytest.raises(ValueError, match=r"'a.md' before the call is -1; it is a whole number"):
        _ask(_modified(), size=lambda _: -1)


# --- Beyond 64 bits


def test_products_beyond_64_bits_are_exact() -> None:
    most = 2**62
    parts: Integers = np.array([most, 1024, 0], dtype=np.int64)
    factors: Integers = np.array([2_000_001, 1_000_001, 5], dtype=np.int64)
    assert tokens_of(parts, factors).tolist() == [-(-most * 2_000_001 // (1024 * 10**6)), 2, 0]

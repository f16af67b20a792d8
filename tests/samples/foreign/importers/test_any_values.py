"""Whatever stands in the records of a format, an import ends with a count or an expected error."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import UsageProblem
from coefgate.samples.foreign.collected import Collected
from coefgate.samples.foreign.formats import ImportOptions, importer_of
from coefgate.samples.foreign.importing import Collector
from coefgate.samples.foreign.source import ForeignSource
from tests.samples.foreign.importers.test_jsonl import CALLS

HERE = Path(__file__).parent
LITELLM = (HERE / "litellm.jsonl").read_bytes()
AUTOPACK = (HERE / "autopack.log").read_bytes()

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


def _import(format_name: str, content: bytes) -> Collected:
    """Every record of a table is told, left out or unreadable; lines are valid samples."""
    collector = Collector("here")
    source = ForeignSource("f", BytesIO(content))
    collector.take(source, importer_of(format_name).calls(source, ImportOptions()))
    return collector.collected()


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield from _places(value[key], (*path, key))


def _changed(data: st.DataObject, record: Any) -> Any:
    """``record`` with another value in one place."""
    changed = json.loads(json.dumps(record))
    *way, last = data.draw(st.sampled_from(list(_places(record))))
    inside = changed
    for step in way:
        inside = inside[step]
    inside[last] = data.draw(_JSON)
    return changed


@given(st.data())
def test_other_values_in_json_lines(data: st.DataObject) -> None:
    rows = [_changed(data, one) for one in (*CALLS, *CALLS)]
    try:
        found = _import("jsonl", "".join(f"{json.dumps(one)}\n" for one in rows).encode())
    except UsageProblem:
        return
    unreadable = sum(one.count for one in found.unreadable.values())
    assert found.told.calls + found.again + unreadable == len(rows)


@given(st.data())
def test_other_values_in_spend_logs(data: st.DataObject) -> None:
    rows = [json.loads(line) for line in LITELLM.splitlines()]
    texts = ("metadata", "response", "request_tags", "proxy_server_request")
    for row in rows:
        for name in texts:
            if isinstance(row.get(name), str):
                row[name] = json.loads(row[name])
    rows = [_changed(data, row) for row in rows]
    found = _import("litellm", "".join(f"{json.dumps(one)}\n" for one in rows).encode())
    others = found.again + sum(found.passed_over.values())
    unreadable = sum(one.count for one in found.unreadable.values())
    assert found.told.calls + others + unreadable == len(rows)


@given(st.lists(st.lists(st.text(max_size=20), min_size=4, max_size=4), max_size=4))
def test_any_texts_in_csv(rows: list[list[str]]) -> None:
    file = StringIO()
    names = ["output_tokens", "files", "created_at", "success"]
    csv.writer(file).writerows([names, ["5", "a/b.md", "1772359200", "yes"], *rows])
    try:
        _import("csv", file.getvalue().encode("utf-8", "surrogatepass"))
    except UsageProblem:
        return


@pytest.mark.parametrize("format_name", ["csv", "jsonl", "litellm", "autopack-log"])
@given(data=st.data())
def test_other_bytes(format_name: str, data: st.DataObject) -> None:
    content = bytearray(
        {
            "csv": b'output_tokens,files\n5,"a/b.md"\n7,c/d.md\n',
            "jsonl": b"".join(json.dumps(one).encode() + b"\n" for one in CALLS),
            "litellm": LITELLM,
            "autopack-log": AUTOPACK,
        }[format_name]
    )
    at = data.draw(st.integers(0, len(content)))
    content[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        _import(format_name, bytes(content))
    except UsageProblem:
        return

"""Lines of format 2 beside those of format 1: what they add, and what stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.trees import FolderTree
from coefgate.registry.model import Scope
from coefgate.samples.model import (
    SINCE_2,
    DeliverablesFrom,
    SampleStore,
    fields_of,
    sample_id,
    stored_line,
)
from coefgate.samples.reading import read_samples
from coefgate.samples.status import CallCount, audit, counts_by_label_origin, counts_by_origin
from tests.samples.conftest import add, call, id_of, line, problems_of, read_lines, write

OTHER_FILE = "samples/there/2026-03-01-00000000.jsonl"


def test_a_line_of_format_1_is_what_it_was() -> None:
    # Worked out by the program that knew no other format.
    assert id_of() == "ccbcf65c0b95db80427c8e57cd795bc5"
    (sample,), problems = read_lines([line()])
    assert problems == ()
    assert (sample.format, sample.deliverables_from, sample.call_id) == (1, "request", None)
    assert stored_line(fields_of(sample)) == line()


@given(
    st.fixed_dictionaries(
        {
            "format": st.just(2),
            "call_id": st.none() | st.text("abc_-/é", min_size=1, max_size=200),
            "deliverables_from": st.none() | st.sampled_from(get_args(DeliverablesFrom)),
            "reasoning_tokens": st.none() | st.integers(0, 1218),
            "complexity": st.none() | st.sampled_from(["low", "extra-high", "Sehr schwer"]),
        }
    )
)
def test_what_is_written_is_read_and_written_again(facts: dict[str, Any]) -> None:
    (sample,), problems = read_lines([line(**facts)])
    assert problems == ()
    assert {name: getattr(sample, name) for name in facts} == facts
    assert stored_line(fields_of(sample)) == line(**facts)


def test_both_formats_stand_in_one_file(tmp_path: Path) -> None:
    added = add([call(), call(format=2, attempt=2, complexity="extra-high")], tmp_path)
    assert {one.format for one in added.added} == {1, 2}
    assert problems_of(tmp_path) == ()
    assert [one.id for one in read_samples(FolderTree(tmp_path)).samples] == [
        one.id for one in added.added
    ]


@pytest.mark.parametrize("name", [name for name in SINCE_2 if name != "format"])
def test_no_field_of_format_2_is_left_out(name: str) -> None:
    fields = call(format=2)
    del fields[name]
    whole = {"id": sample_id(fields), **fields}
    _, (problem,) = read_lines([orjson.dumps(whole) + b"\n"])
    assert (problem.code, problem.path) == ("missing-key", name)
    assert f'"{name}":null' in problem.fix


# --- One call, one standing line

MESSAGE = "msg_013Zva2CMHLNnXjNJJKqJ2EF"


def test_one_id_of_the_provider_is_one_call_whatever_else_is_said(tmp_path: Path) -> None:
    elsewhere = {"origin": "there", "reference": "bill.csv:7", "observed_at": None}
    write(tmp_path, line(call_id=MESSAGE))
    write(tmp_path, line(call_id=MESSAGE, **elsewhere), file=OTHER_FILE)
    (problem,) = problems_of(tmp_path)
    assert (problem.code, problem.file) == ("rival-lines", OTHER_FILE)
    assert "call_id" in problem.allowed
    assert f'"duplicate_of":"{id_of(call_id=MESSAGE)}"' in problem.fix


@pytest.mark.parametrize("link", ["duplicate_of", "supersedes"])
def test_a_line_that_says_which_one_it_repeats_is_no_rival(tmp_path: Path, link: str) -> None:
    write(tmp_path, line(call_id=MESSAGE))
    other = {"origin": "there", "call_id": MESSAGE, link: id_of(call_id=MESSAGE)}
    write(tmp_path, line(**other), file=OTHER_FILE)
    assert problems_of(tmp_path) == ()


def test_two_ids_of_the_provider_are_two_calls(tmp_path: Path) -> None:
    write(tmp_path, line(call_id="msg_1"), line(call_id="msg_2"))
    assert problems_of(tmp_path) == ()


@pytest.mark.parametrize("told", [{}, {"format": 2}], ids=["format 1", "null"])
def test_a_line_without_an_id_of_the_provider_may_be_the_same_call(
    tmp_path: Path, told: dict[str, Any]
) -> None:
    write(tmp_path, line(call_id=MESSAGE), line(**told))
    (problem,) = problems_of(tmp_path)
    assert problem.code == "rival-lines"


def test_a_correction_tells_a_line_of_format_1_in_format_2(tmp_path: Path) -> None:
    write(tmp_path, line(), line(call_id=MESSAGE, supersedes=id_of()))
    assert problems_of(tmp_path) == ()


# --- Where lists of files come from


def _audited(scope: DeliverablesFrom | None) -> list[tuple[str, str]]:
    told: tuple[dict[str, Any], ...] = (
        {},
        {"deliverables_from": "reply"},
        {"deliverables_from": None},
    )
    lines = [line(attempt=at, **fields) for at, fields in enumerate(told, 1)]
    samples, problems = read_lines(lines)
    assert problems == ()
    store = SampleStore(tuple(samples), {})
    return [
        (one.status, one.reason)
        for one in audit(store, scope=Scope(None, None, scope), unit="call")
    ]


def test_a_scope_takes_lists_of_one_origin() -> None:
    unknown = ("out-of-scope", "where its files were read from is not known")
    assert _audited(None) == [("eligible", "")] * 3
    assert _audited("request") == [
        ("eligible", ""),
        ("out-of-scope", "its files were read from the reply"),
        unknown,
    ]
    assert _audited("reply") == [
        ("out-of-scope", "its files were read from the request"),
        ("eligible", ""),
        unknown,
    ]


def test_scored_calls_are_counted_by_where_their_labels_come_from() -> None:
    lines = [
        line(call_id="1", label_origin="rule"),
        line(call_id="2", label_origin=None),
        line(call_id="3", label_origin="rule", success=False),
        line(call_id="4", phase_id="p", label_origin="logged", truncated=True),
        line(call_id="5", phase_id="p", label_origin="logged"),
    ]
    samples, _ = read_lines(lines)
    audited = audit(SampleStore(tuple(samples), {}), scope=Scope(None, None), unit="call")
    counts = counts_by_label_origin(audited)
    assert list(counts.items()) == [
        ("logged", CallCount(1, 1, 1)),
        ("rule", CallCount(1, 0, 1)),
        ("unknown", CallCount(1, 0, 1)),
    ]


def test_scored_calls_are_counted_by_where_their_lists_come_from() -> None:
    lines = [line(), line(attempt=2), line(attempt=3, deliverables_from="reply", success=False)]
    samples, _ = read_lines([*lines, line(attempt=4, deliverables_from="reply", truncated=True)])
    audited = audit(SampleStore(tuple(samples), {}), scope=Scope(None, None), unit="call")
    assert counts_by_origin(audited) == {
        "request": CallCount(2, 0, 1),
        "reply": CallCount(0, 1, 1),
    }

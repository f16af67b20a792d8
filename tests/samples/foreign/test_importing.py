"""Calls of foreign sources: each once, those that are no sample counted with the reason."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import Deliverable
from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.collected import Collected, Count
from coefgate.samples.foreign.importing import Collector
from coefgate.samples.foreign.labels.label import Label
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.stored_calls import StoredCalls
from coefgate.samples.model import Sample
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples


def _call(line: int = 1, **facts: Any) -> ForeignCall:
    given: dict[str, Any] = {
        "unit": "call",
        "actual_output_tokens": 900,
        "files": (ForeignFile("src/a.py", "create"),),
        "deliverables_from": "reply",
        "success": True,
        "truncated": False,
        "category": "docs",
        "complexity": "low",
    }
    return ForeignCall(line=line, **(given | facts))


def _collected(*sources: list[ForeignCall], **options: Any) -> Collected:
    """What sources come to that are called ``a``, ``b`` and so on, or as ``names`` says."""
    names = options.pop("names", "abcdef")
    stored = StoredCalls(options.pop("stored", ()))
    collector = Collector("here", stored=stored, **options)
    for name, calls in zip(names, sources, strict=False):
        collector.take(ForeignSource(name, io.BytesIO()), calls)
    return collector.collected()


def _fields(found: Collected) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in found.lines]


def _reasons(found: Collected) -> dict[str, tuple[int, int, list[str]]]:
    return {
        name: (one.count, one.tokens, one.places) for name, one in sorted(found.left_out.items())
    }


def _store(found: Collected, root: Path) -> tuple[Sample, ...]:
    add_samples(found.lines, source="new", root=root)
    return read_samples(FolderTree(root)).samples


def test_of_the_records_of_a_call_the_one_that_says_most_counts() -> None:
    found = _collected(
        [_call(1, key="m1", actual_output_tokens=2), _call(2, key="m1", actual_output_tokens=900)],
        [_call(1, key="m1", actual_output_tokens=450), _call(2, key="m2", actual_output_tokens=7)],
    )
    told = [(one["reference"], one["actual_output_tokens"]) for one in _fields(found)]
    assert told == [("a:2", 900), ("b:2", 7)]
    assert (found.told, found.again, found.taken) == (Count(2, 907), 2, Count(2, 907))


def test_records_with_the_same_key_or_id_tell_of_one_call() -> None:
    # A span and its log record: the one names the reply and the other how it ended.
    found = _collected(
        [_call(1, key="trace/span", success=None, truncated=None)],
        [_call(1, key="trace/span", call_id="msg_1"), _call(2, call_id="msg_1")],
        [_call(1, key="other", call_id="msg_1", truncated=None), _call(2, key="other")],
    )
    (fields,) = _fields(found)
    assert (fields["reference"], fields["call_id"], fields["truncated"]) == ("b:1", "msg_1", False)
    assert (found.told, found.again) == (Count(1, 900), 4)


def test_a_line_is_a_whole_sample_with_what_the_source_said() -> None:
    (fields,) = _fields(
        _collected(
            [
                _call(
                    3,
                    call_id="msg_1",
                    observed_at="2026-03-01T09:30:00Z",
                    workspace="/w",
                    files=(ForeignFile("/w/src/a.py", "modify", 12),),
                    complexity=None,
                    stop_reason="end_turn",
                )
            ]
        )
    )
    known = {name: value for name, value in fields.items() if value is not None}
    del known["id"]
    assert known == {
        "format": 2,
        "origin": "here",
        "reference": "a:3",
        "call_id": "msg_1",
        "observed_at": "2026-03-01T09:30:00Z",
        "category": "docs",
        "label_origin": "logged",
        "deliverables": [{"path": "src/a.py", "operation": "modify", "bytes_before": 12}],
        "deliverables_from": "reply",
        "paths": "real",
        "reply_matches": "unknown",
        "unit": "call",
        "actual_output_tokens": 900,
        "success": True,
        "truncated": False,
        "stop_reason": "end_turn",
    }


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"unusable": "cache-hit"}, "cache-hit"),
        ({"actual_output_tokens": None}, "no-count"),
        ({"actual_output_tokens": 0}, "not-in-range"),
        ({"actual_output_tokens": -3}, "not-in-range"),
        ({"actual_output_tokens": 1_000_001}, "not-in-range"),
        ({"files": ()}, "no-files"),
        ({"files": (ForeignFile("/var/x.py"),), "workspace": "/w"}, "outside"),
        # 22,203 visible characters need some 6,000 tokens; the record says 2.
        ({"actual_output_tokens": 2, "visible_characters": 22_203}, "placeholder"),
        ({"actual_output_tokens": 1_000, "visible_characters": 6_001}, "placeholder"),
        # 1,499 characters are fewer than 1.5 for each of 1,000 tokens.
        ({"actual_output_tokens": 1_000, "visible_characters": 1_499}, "placeholder"),
        ({"stop_reason": "max_tokens"}, "invalid"),  # and truncated is false
        ({"model": "two\nlines"}, "invalid"),
    ],
)
def test_what_makes_no_sample_is_counted_by_its_reason(facts: dict[str, Any], reason: str) -> None:
    found = _collected([_call(4, **facts)])
    tokens = facts.get("actual_output_tokens", 900) or 0
    ((name, (number, of_them, places)),) = _reasons(found).items()
    assert (name, number, of_them, found.lines) == (reason, 1, tokens, ())
    assert places[0].split(" ")[0] == "a:4"
    assert found.told == Count(1, tokens)


@pytest.mark.parametrize(
    "facts",
    [
        {"actual_output_tokens": 1_000, "visible_characters": 6_000},
        {"actual_output_tokens": 1_000, "visible_characters": 1_500},
        {"actual_output_tokens": 5_000, "visible_characters": 100, "hides_thinking": True},
        {"actual_output_tokens": 5_000, "visible_characters": 100, "reasoning_tokens": 4_900},
        {"actual_output_tokens": 1, "visible_characters": 40},  # too short to tell
        {"actual_output_tokens": 0, "success": False},
        {"files": (), "deliverables_from": "request"},  # it was asked for no file
    ],
)
def test_what_fits_its_text_or_cannot_be_told_is_taken(facts: dict[str, Any]) -> None:
    assert _collected([_call(**facts)]).taken.calls == 1


def test_files_outside_of_the_workspace_leave_the_list_incomplete() -> None:
    files = (ForeignFile("/w/a.py"), ForeignFile("/var/b.py"))
    found = _collected([_call(files=files, workspace="/w")])
    (fields,) = _fields(found)
    assert (fields["paths"], len(fields["deliverables"])) == ("partial", 1)
    assert found.missing == {"paths": 1}
    elsewhere = _collected([_call(files=files, workspace="/w")], workspace="/var")
    assert [one["path"] for one in _fields(elsewhere)[0]["deliverables"]] == ["b.py"]


def test_what_scoring_needs_and_nobody_said_is_counted() -> None:
    found = _collected(
        [
            _call(1, category=None, complexity=None, success=None, truncated=None),
            _call(2, success=None, truncated=True, stop_reason="max_tokens"),
        ]
    )
    # A call that was cut off is scored whatever became of it.
    assert found.missing == {"category": 1, "complexity": 1, "success": 1, "truncated": 1}
    assert [one["label_origin"] for one in _fields(found)] == [None, "logged"]


def test_labels_may_come_from_elsewhere_or_contradict_each_other() -> None:
    found = _collected(
        [_call(1), _call(2)],
        label=lambda call, _: ("tests", "high", "declared") if call.line == 1 else None,
    )
    told = [(one["category"], one["complexity"], one["label_origin"]) for one in _fields(found)]
    assert told == [("tests", "high", "declared")]
    assert _reasons(found) == {"contradicting-labels": (1, 900, ["a:2"])}


def test_paths_may_be_hidden_and_what_cannot_be_is_left_out() -> None:
    def redact(files: tuple[Deliverable, ...]) -> tuple[Deliverable, ...]:
        if files[0].path == "no.py":
            raise ValueError
        return (Deliverable("x.py", files[0].operation),)

    found = _collected([_call(1), _call(2, files=(ForeignFile("no.py"),))], redact=redact)
    assert [one["deliverables"][0]["path"] for one in _fields(found)] == ["x.py"]
    assert _reasons(found) == {"not-hidden": (1, 900, ["a:2"])}


TIMED = {"observed_at": "2026-03-01T09:30:00Z"}


def test_importing_twice_adds_nothing_also_under_another_name(tmp_path: Path) -> None:
    calls = [
        _call(1, call_id="m1"),
        _call(2, **TIMED),
        _call(3),
        _call(4),  # told like the one before, in the same file: another call
        _call(5, files=(ForeignFile("src/b.py"),)),
    ]
    stored = _store(_collected(calls), tmp_path)
    assert len(stored) == 5
    again = _collected(calls, stored=stored, names="z")
    assert (again.lines, again.known, again.left_out) == ((), Count(5, 4_500), {})
    twice = _collected(calls, calls)
    assert (twice.taken, twice.again) == (Count(5, 4_500), 5)


def test_a_grown_file_adds_what_is_new(tmp_path: Path) -> None:
    before = [_call(1), _call(2, call_id="m1", actual_output_tokens=3)]
    stored = _store(_collected(before), tmp_path)
    after = [_call(1), _call(2, call_id="m1", actual_output_tokens=900), _call(3), _call(4)]
    found = _collected(after, stored=stored)
    assert [one["reference"] for one in _fields(found)] == ["a:3", "a:4"]
    # The message was not complete when it was stored: said, and not doubled.
    assert _reasons(found) == {"stored-otherwise": (1, 900, ["a:2"])}
    assert found.known == Count(1, 900)


def test_another_label_does_not_make_another_call(tmp_path: Path) -> None:
    stored = _store(_collected([_call(1), _call(2, call_id="m")]), tmp_path)
    found = _collected([_call(1, category="tests"), _call(2, call_id="m")], stored=stored)
    assert found.known.calls == 2


def test_another_file_of_that_name_may_have_another_call_in_that_line(tmp_path: Path) -> None:
    stored = _store(_collected([_call(1)]), tmp_path)
    other = [_call(1, files=(ForeignFile("src/b.py"),))]
    found = _collected(other, stored=stored)
    assert len(_store(found, tmp_path)) == 2
    assert _fields(found)[0]["reference"].startswith("a:1 ")
    assert _collected(other, stored=_store(found, tmp_path)).known.calls == 1


def test_what_a_source_counted_is_kept() -> None:
    source = ForeignSource("log", io.BytesIO(b"x\nx\nx\nx\n{}\n"))
    list(source.records())
    source.passed_over["summary"] += 2
    collector = Collector("here")
    collector.take(source, [])
    found = collector.collected()
    assert found.unreadable["no-json"].count == 4
    assert found.passed_over == {"summary": 2}
    assert [(one.name, one.lines, one.bytes) for one in found.files] == [("log", 5, 11)]


_SOME = st.builds(
    _call,
    st.integers(1, 9),
    key=st.sampled_from(["m1", "m2", None]),
    actual_output_tokens=st.integers(0, 3),
    observed_at=st.sampled_from([None, "2026-03-01T09:30:00Z"]),
    files=st.sampled_from([(), (ForeignFile("a.py"),), (ForeignFile("/x"),)]),
)


@given(st.lists(st.lists(_SOME, max_size=6), max_size=3))
def test_every_call_is_taken_known_or_left_out_and_all_tokens_are_told(
    sources: list[list[ForeignCall]],
) -> None:
    found = _collected(*sources)
    parts = [
        found.taken,
        found.known,
        *(Count(o.count, o.tokens) for o in found.left_out.values()),
    ]
    assert found.told == Count(sum(one.calls for one in parts), sum(one.tokens for one in parts))
    assert found.told.calls + found.again == sum(map(len, sources))


def test_a_record_that_is_read_in_another_way_is_no_second_call(tmp_path: Path) -> None:
    """Another mapping of the same table, say: more facts, another phase, another zone."""
    at = "2026-03-01T09:30:00Z"
    stored = _store(
        _collected([_call(1), _call(2, observed_at=at, phase_id="a"), _call(3, model="m-1")]),
        tmp_path,
    )
    other = "2026-03-01T20:30:00Z"
    again = _collected(
        [
            _call(1, model="m-1", input_tokens=5),
            _call(2, observed_at=at, phase_id="b", input_tokens=5),
            _call(3, model="m-1", observed_at=other),
        ],
        stored=stored,
    )
    assert _reasons(again) == {"stored-with-other-facts": (3, 2700, ["a:1", "a:2", "a:3"])}
    others = _collected(
        [
            _call(1, files=(ForeignFile("src/b.py"),)),
            _call(2, observed_at=other, phase_id="b"),
            _call(3, model="m-2"),
        ],
        [_call(1, input_tokens=5)],
        stored=stored,
    )
    assert (others.taken.calls, _reasons(others)) == (4, {})


def test_whose_folders_they_were_is_not_stored() -> None:
    calls = [
        _call(1, model="/srv/ann/models/q.gguf", run_id="/srv/ann/run-1", call_id="/srv/ann/1"),
        _call(2, model="two\nlines of a secret"),
    ]
    found = _collected(calls, workspace="/repo")
    (fields,) = _fields(found)
    assert (fields["model"], fields["run_id"], fields["call_id"]) == ("q.gguf", "run-1", None)
    ((_, _, (place,)),) = _reasons(found).values()
    assert place.startswith("a:2 model: it is a text of one line")


def test_a_call_without_folders_is_known_again_and_labelled_by_them(tmp_path: Path) -> None:
    def label(call: ForeignCall, _: object) -> Label:
        return Label("docs" if call.run_id == "/srv/ann/run-1" else None, "low", "declared")

    calls = [_call(run_id="/srv/ann/run-1", observed_at="2026-04-06T09:00:00Z")]
    first = _collected(calls, label=label)
    assert _fields(first)[0]["category"] == "docs"
    stored = _store(first, tmp_path)
    assert _collected(calls, stored=stored).known == Count(1, 900)

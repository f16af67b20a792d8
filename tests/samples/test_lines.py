"""One file of JSON lines: strict, streamed, bounded."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from hashlib import sha256

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.registry.schemas import schema_problems
from coefgate.samples.acceptance import accepted_fields
from coefgate.samples.line_errors import line_problems, place
from coefgate.samples.lines import LONGEST_LINE, MAX_PROBLEMS, MAX_REFUSED_LINES
from coefgate.samples.model import FIELDS, FIELDS_OF_1, fields_of, sample_id, stored_line
from tests.samples.conftest import FILE, call, deliverable, line, read_lines


def test_a_line_becomes_a_sample() -> None:
    (sample,), problems = read_lines([line(phase_id="p", success=None)])
    assert problems == ()
    assert (sample.origin, sample.phase_id, sample.success, sample.actual_output_tokens) == (
        "here",
        "p",
        None,
        1218,
    )
    assert (sample.file, sample.line) == (FILE, 1)
    assert stored_line(fields_of(sample)) == line(phase_id="p", success=None)


@pytest.mark.parametrize(("stored", "fields"), [(line(), FIELDS_OF_1), (line(format=2), FIELDS)])
def test_a_stored_line_is_compact_with_its_fields_in_order(
    stored: bytes, fields: tuple[str, ...]
) -> None:
    assert stored.endswith(b"}\n")
    assert list(orjson.loads(stored)) == list(fields)
    assert b'": ' not in stored


def test_an_id_is_the_hash_of_sorted_compact_json() -> None:
    # The same figure by the standard library alone, as any other program would work it out.
    fields = call(
        reference="logs/zähler.log:7", deliverables=[deliverable("日本/a.py", "modify", 12)]
    )
    canonical = json.dumps(
        fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode()
    assert sample_id(fields) == sha256(canonical).hexdigest()[:32]
    assert sample_id(fields) == orjson.loads(stored_line(fields))["id"]


@given(st.randoms(use_true_random=False), st.sampled_from([None, 0, 1]), st.booleans())
def test_order_and_spacing_of_a_line_do_not_matter(
    order: random.Random, indent: int | None, ascii_only: bool
) -> None:
    fields = orjson.loads(line(reference="logs/zähler.log:7"))
    names = list(fields)
    order.shuffle(names)
    text = json.dumps(
        {name: fields[name] for name in names}, ensure_ascii=ascii_only, indent=indent
    )
    (sample,), problems = read_lines([text.replace("\n", " ").encode() + b" \r\n"])
    assert problems == ()
    assert stored_line(fields_of(sample)) == line(reference="logs/zähler.log:7")


@given(st.sampled_from([name for name in FIELDS if name not in {"id", "format", "origin"}]))
def test_another_fact_is_another_sample(name: str) -> None:
    others: dict[str, object] = {
        "deliverables": [deliverable("other.py")],
        "paths": "partial",
        "reply_matches": "unknown",
        "unit": "turn",
        "deliverables_from": "reply",
        "reasoning_tokens": 77,
        "label_origin": "declared",
        "observed_at": "2026-03-01T09:30:00Z",
        "success": False,
        "truncated": True,
        "duplicate_of": "a" * 32,
        "same_ceiling_as": "a" * 32,
        "supersedes": "a" * 32,
    }
    stored = line(format=2)
    other = others.get(name, 77 if isinstance(call(format=2)[name], int) else "another")
    assert line(**{"format": 2, name: other})[:40] != stored[:40]
    edited = orjson.loads(stored) | {name: other}
    _, (problem,) = read_lines([orjson.dumps(edited) + b"\n"])
    assert (problem.code, problem.path) == ("wrong-id", "id")
    assert sample_id(edited) in problem.fix
    assert "supersedes" in problem.fix


def test_a_problem_says_line_column_value_and_what_to_do() -> None:
    bad = line().replace(b'"actual_output_tokens":1218', b'"actual_output_tokens":-1218')
    _, (problem,) = read_lines([line(), bad])
    column = bad.index(b"-1218") + 1
    assert str(problem) == (
        f"{FILE}:2:{column}  actual_output_tokens is -1218; tokens are integers from 0 to "
        "1,000,000. Did you mean 1218?"
    )


def test_columns_count_characters() -> None:
    bad = line(reference="日本.log:1").replace(b'"paths":"real"', b'"paths":"reel"')
    _, (problem,) = read_lines([bad])
    assert problem.column == bad.decode().index('"reel"') + 1
    assert problem.fix == "Did you mean real?"


def test_every_problem_of_a_line_is_named() -> None:
    fields = orjson.loads(line()) | {"attempt": True, "unit": "calls", "phaseid": 1}
    del fields["model"]
    _, problems = read_lines([orjson.dumps(fields) + b"\n"])
    assert {(problem.path, problem.code) for problem in problems} == {
        ("attempt", "wrong-type"),
        ("unit", "unknown-value"),
        ("phaseid", "unknown-key"),
        ("model", "missing-key"),
    }
    assert [problem.fix for problem in problems if problem.path == "phaseid"] == [
        "Did you mean phase_id?"
    ]


def test_a_duplicate_key_stands_beside_other_problems() -> None:
    bad = line().replace(b'"attempt":1', b'"attempt":1,"attempt":2').replace(b":1218", b":NaN")
    _, problems = read_lines([bad])
    assert [problem.code for problem in problems] == ["duplicate-key", "bad-number"]


def test_a_sample_that_stands_twice_in_a_file_is_an_error() -> None:
    samples, (problem,) = read_lines([line(), line(attempt=2), line()])
    assert len(samples) == 2
    assert (problem.code, problem.line, problem.found) == (
        "repeated-sample",
        3,
        "is the sample of line 1 again",
    )


def test_a_half_written_last_line_says_that_writing_was_interrupted() -> None:
    samples, (problem,) = read_lines([line(), line(attempt=2)[:300]])
    assert len(samples) == 1
    assert (problem.line, problem.found) == (2, "is cut off: its writing was interrupted")


def test_utf_16_is_refused() -> None:
    content = line().decode().encode("utf-16")
    _, problems = read_lines(content.splitlines(keepends=True))
    assert problems[0].code == "not-utf-8"


def _pieces(content: bytes) -> Iterator[bytes]:
    """As a tree gives lines: in pieces of at most ``LONGEST_LINE`` bytes."""
    for one in content.splitlines(keepends=True):
        yield from (
            one[start : start + LONGEST_LINE] for start in range(0, len(one), LONGEST_LINE)
        )


def test_a_line_that_is_too_long_is_one_problem_and_the_next_is_read() -> None:
    content = b"x" * (3 * LONGEST_LINE + 5) + b"\n" + line()
    (sample,), (problem,) = read_lines(_pieces(content))
    assert (problem.code, problem.line, sample.line) == ("too-long", 1, 2)


def test_problems_of_a_file_are_counted_beyond_those_that_are_kept() -> None:
    samples, problems = read_lines([b"{\n"] * 50_000 + [line()])
    assert len(samples) == 1
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].found == "has 49,000 more problems"


def test_a_file_that_holds_no_samples_is_given_up() -> None:
    lines = iter([b"\n"] * (MAX_REFUSED_LINES + 10))
    _, problems = read_lines(lines)
    assert problems[-1].found == "has at least 99,000 more problems"
    assert len(list(lines)) == 10


def test_ten_thousand_paths_are_one_sample() -> None:
    paths = [deliverable(f"src/package/{number}/module_{number}.py") for number in range(10_000)]
    (sample,), problems = read_lines([line(deliverables=paths)])
    assert problems == ()
    assert len(sample.deliverables) == 10_000
    _, (problem,) = read_lines([line(deliverables=[*paths, paths[7]])])
    assert (problem.path, problem.code) == ("deliverables[10000].path", "repeated-deliverable")


def test_a_problem_in_a_very_long_line_is_named_without_its_column() -> None:
    paths = [deliverable(f"src/{'x' * 200}/{number}.py") for number in range(6_000)]
    _, (problem,) = read_lines([line(deliverables=[*paths, deliverable("../x")])])
    assert (problem.path, problem.code, problem.column) == (
        "deliverables[6000].path",
        "bad-path",
        1,
    )


def test_no_deliverables_is_a_call_for_no_file() -> None:
    (sample,), problems = read_lines([line(deliverables=[])])
    assert problems == ()
    assert sample.deliverables == ()


# --- Whatever a line holds, both readers of the schema agree, and nothing is raised

_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["low", "real", "call", "a/b.py", "..", "a\n", "2026-03-01T09:30:00Z", "0" * 32, "1.0"]
    )
)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def _python_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


@given(
    st.sampled_from([line(), line(format=2), line(call_id="msg_1", reasoning_tokens=7)]),
    st.dictionaries(st.sampled_from((*FIELDS, "more")), _values, max_size=3),
    st.sets(st.sampled_from(FIELDS), max_size=1),
)
def test_fast_and_thorough_reader_agree_on_changed_fields(
    stored: bytes, changed: dict[str, object], gone: set[str]
) -> None:
    fields = orjson.loads(stored) | changed
    left = {name: value for name, value in fields.items() if name not in gone}
    _assert_agreement(_python_json(left))


@given(_values)
def test_fast_and_thorough_reader_agree_on_a_deliverable(value: object) -> None:
    for name in ("path", "operation", "bytes_before"):
        _assert_agreement(
            _python_json(call(deliverables=[deliverable("a") | {name: value}]) | {"id": "0" * 32})
        )


@given(st.text(alphabet=st.sampled_from("a./\\:C*\n \u202e\x7f~-"), max_size=8))
def test_fast_and_thorough_reader_agree_on_paths(path: str) -> None:
    _assert_agreement(
        _python_json(
            call(deliverables=[deliverable(path)], category=path or None) | {"id": "0" * 32}
        )
    )


def _assert_agreement(written: bytes) -> None:
    """The fast reader accepts a line just where the thorough one finds no fault."""
    problems = line_problems(written[:-1], FILE, 1, "here")
    about_form = [problem for problem in problems if problem.code not in _CONTENT]
    assert (accepted_fields(written) is None) == bool(about_form)
    for problem in problems:
        assert str(problem).isprintable()


_CONTENT = {
    "wrong-id",
    "wrong-folder",
    "no-such-day",
    "success-without-tokens",
    "more-than-the-whole",
    "repeated-deliverable",
    "folder-as-real",
    "pattern-as-real",
}


@given(st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 3))
def test_damaged_bytes_are_never_taken_for_another_sample(
    at: int, insert: bytes, cut: int
) -> None:
    stored = line()
    at %= len(stored)
    damaged = stored[:at] + insert + stored[at + cut :]
    samples, problems = read_lines(damaged.splitlines(keepends=True))
    assert problems or [stored_line(fields_of(sample)) for sample in samples] == [stored]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_a_traceback(content: bytes) -> None:
    _, problems = read_lines(content.splitlines(keepends=True))
    assert bool(problems) == bool(content)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"deliverables":['])
@pytest.mark.parametrize("depth", [100, 990, 1100, 100_000])
@pytest.mark.parametrize("closed", [True, False])
def test_deep_nesting_is_one_problem_of_a_line(opening: str, depth: int, closed: bool) -> None:
    closing = "".join({"[": "]", "{": "}"}[c] for c in reversed(opening) if c in "[{")
    text = opening * depth + "1" + closing * depth * closed
    _, problems = read_lines([text.encode() + b"\n"])
    assert problems
    assert all(problem.line == 1 for problem in problems)


def test_values_in_messages_are_short() -> None:
    fields = orjson.loads(line()) | {"unit": "x" * 100_000, "y" * 100_000: 1}
    _, problems = read_lines([orjson.dumps(fields) + b"\n"])
    assert problems
    assert all(len(str(problem)) < 1_000 for problem in problems)


def test_a_marked_line_knows_the_place_of_every_key_and_value() -> None:
    text = '{"a": [1, {"b": "x\\""}], "c": {}}'
    document = place(text.encode(), FILE, 5)
    assert document.data == {"a": [1, {"b": 'x"'}], "c": {}}
    assert document.mark(("a", 1, "b")) == (5, text.index('"x') + 1)
    assert document.mark(("a", 1, "b"), key=True) == (5, text.index('"b"') + 1)
    assert document.mark(("c",)) == (5, text.index("{}") + 1)
    assert not schema_problems(place(line()[:-1], FILE, 1), "sample")

"""Every row of a CSV file is a record or is counted with its line, and no bad one hides others."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.samples.foreign.source import LONGEST_RECORD, ForeignSource
from coefgate.samples.foreign.tables.csv_records import csv_table


def _read(content: bytes) -> tuple[tuple[str, ...], list[Any], dict[str, list[str]]]:
    source = ForeignSource("f", BytesIO(content))
    table = csv_table(source)
    records = [(line, *record.values()) for line, record in table.records]
    return table.columns, records, {why: one.places for why, one in source.unreadable.items()}


@pytest.mark.parametrize(
    ("content", "columns", "records", "unreadable"),
    [
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", ("a", "b"), [(2, "1", "2")], {}),
        (b'a;b\n"1,5";2\n', ("a", "b"), [(2, "1,5", "2")], {}),
        (b"a\tb\n1\t2\n", ("a", "b"), [(2, "1", "2")], {}),
        (b"\n \nsep=|\na|b,c\n1|2\n", ("a", "b,c"), [(5, "1", "2")], {}),
        (b'a,b\n"x\ny",2\n3,4\n', ("a", "b"), [(2, "x\ny", "2"), (4, "3", "4")], {}),
        (b'" a\nb",c\n1,2\n', ("a\nb", "c"), [(3, "1", "2")], {}),
        (b"a,a,b,\n1,2,3,4\n", ("b",), [(2, "3")], {}),
        (b"a,b\n\n1,2,,\n,\n", ("a", "b"), [(3, "1", "2")], {}),
        (b"a,b\n1\n1,2,3\n4,5\n", ("a", "b"), [(4, "4", "5")], {"other-width": ["f:2", "f:3"]}),
        (b"a,b\n1,2\n3", ("a", "b"), [(2, "1", "2")], {"no-line-end": ["f:3"]}),
        (b"a,b\n1,2\n3,4", ("a", "b"), [(2, "1", "2")], {"no-line-end": ["f:3"]}),  # or 45
        (b"a,b\n\xfc,2\n3,\0\n", ("a", "b"), [], {"not-utf-8": ["f:2"], "binary": ["f:3"]}),
        (b"\0\1\2,b\nx\0\n", ("\0\1\2", "b"), [], {"binary": ["f:2"]}),
        # A quote that opens by mistake takes only its own line with it.
        (
            b'a,b\n"u,1\n3,4\n5,"6"\n7,8\n',
            ("a", "b"),
            [(3, "3", "4"), (4, "5", "6"), (5, "7", "8")],
            {"open-quote": ["f:2"]},
        ),
        (b'a,b\n1,"2\n3,4\n', ("a", "b"), [(3, "3", "4")], {"open-quote": ["f:2"]}),
        (b"a,b\r1,2\r", (), [], {"no-csv": ["f:1"]}),
        (b"\xff\xfea\0", (), [], {"utf-16": ["f:1"]}),
        (b"", (), [], {}),
        (b"\n\n", (), [], {}),
        (b"sep=;", (), [], {}),
    ],
)
def test_rows(content: bytes, columns: Any, records: Any, unreadable: Any) -> None:
    assert _read(content) == (columns, records, unreadable)


_CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff"))


@given(
    st.lists(
        st.lists(_CELLS, min_size=2, max_size=2).filter(lambda row: any(map(str.strip, row)))
    ),
    st.sampled_from(",;\t|"),
)
def test_what_a_writer_writes_is_read_back(rows: list[list[str]], separator: str) -> None:
    file = StringIO()
    csv.writer(file, delimiter=separator).writerows([["a", "b"], *rows])
    _, records, unreadable = _read(file.getvalue().encode())
    assert [list(record[1:]) for record in records] == rows
    assert unreadable == {}


@given(st.binary())
def test_any_bytes_are_read_to_their_end(content: bytes) -> None:
    _read(content)
    _read(b"a,b\n" + content)


def test_a_long_cell_is_read_and_one_that_is_too_long_counted() -> None:
    cell = b"x" * 200_000
    _, records, unreadable = _read(b"a,b\n" + cell + b",1\n2,3\n")
    assert [line for line, *_ in records] == [2, 3]
    assert unreadable == {}
    _, records, unreadable = _read(b"a,b\n" + b"x" * LONGEST_RECORD + b",1\n2,3\n")
    assert (records, unreadable) == ([(3, "2", "3")], {"too-long": ["f:2"]})


def test_a_quote_that_swallows_very_much_is_given_up() -> None:
    """Each line holds a quote that closes what the one before opened: none has two cells."""
    lines = 30_000
    source = ForeignSource("f", BytesIO(b"a,b\n" + b'x"\n"' * lines))
    assert list(csv_table(source).records) == []
    assert sum(one.count for one in source.unreadable.values()) > 0
    long = b'a,b\n"1,2\n' + b"3,4\n" * (LONGEST_RECORD // 100)
    source = ForeignSource("f", BytesIO(long))
    assert sum(1 for _ in csv_table(source).records) == LONGEST_RECORD // 100
    assert source.unreadable["open-quote"].places == ["f:2"]

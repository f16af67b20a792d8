"""Which columns of a foreign table hold what, guessed from their names and first values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from coefgate.samples.foreign.file_lists import FileForm, files_of
from coefgate.samples.foreign.labels.names import category_words, complexity_words
from coefgate.samples.foreign.tables.column_map import BOOLEANS, FILES, NUMBERS, TOKENS, ColumnMap
from coefgate.samples.foreign.tables.column_names import (
    ASKED_FOR,
    LABELS,
    NAMES,
    names_of,
    words_of,
)
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.values import (
    NotUnderstood,
    boolean_of,
    decoded_json,
    is_nothing,
    number_of,
    text_of,
    value_at,
)

FIRST_ROWS: Final = 1000
"""Records that a guess looks at."""
_MOST_COLUMNS: Final = 500
_MOST_DEPTH: Final = 5
_ENOUGH: Final = 0.5
_ENOUGH_WORDS: Final = 0.9
"""The share of a column's values that have to be what its name says; of yes and no, more."""
_FIRST: Final = "0"
_MOST_LABELS: Final = 30
_LONGEST_LABEL: Final = 100
_LONGEST_ID: Final = 200
_SHORTEST_CALL_ID: Final = 8
_RECORD_KINDS: Final = frozenset(
    {"generation", "span", "event", "trace", "message", "message_send", "assistant", "user"}
    | {"request", "response", "call", "llm", "chat", "completion", "chat.completion"}
)
"""What a record is called in logs, which says nothing of the work."""

_EXTENSION: Final = re.compile(r".*[^./\\\s]\.[A-Za-z][A-Za-z0-9]{0,9}")
_SEPARATORS: Final = ("\n", ";", "|", ",", " ")

Values = Mapping[str, Sequence[Any]]
"""By column, those of the first values that say something."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A column map, or as much of one as was found; ``unused``: columns that it does not name."""

    mapped: ColumnMap
    unused: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Does it know the output tokens, without which there is no call?"""
        return TOKENS in self.mapped.columns


def guess_columns(records: Iterable[Mapping[str, Any]]) -> Guess:
    """What the columns of ``records``, the first of a table, are likely to hold."""
    values = _values(records)
    columns: dict[str, str] = {}
    for name in NAMES:
        # Of a list, the first member says why a reply ended, and nothing else of all of it.
        free = [
            one
            for one in values
            if one not in columns.values() and (name == "stop_reason" or not _in_list(one))
        ]
        if (found := _by_name(name, free, values)) is not None:
            columns[name] = found
    if FILES.keys().isdisjoint(columns):
        free = [one for one in values if one not in columns.values() and not _in_list(one)]
        found = next((one for one in free if _lists_files(values[one])), None)
        columns |= {} if found is None else {"deliverables": found}
    stated = columns.get("deliverables")
    asked = stated is not None and not ASKED_FOR.isdisjoint(names_of(stated))
    times = values.get(columns.get("observed_at", ""), ())
    naive = any(observed_at(one) is None and observed_at(one, naive=UTC) for one in times)
    mapped = ColumnMap(
        columns=columns,
        constants={"deliverables_from": "request"} if asked else {},
        words={
            name: words
            for name, make in (("category", category_words), ("complexity", complexity_words))
            if name in columns and (words := make(_words(values[columns[name]])))
        },
        files=FileForm(separator=_separator([values[columns[n]] for n in FILES if n in columns])),
        thousands="."
        if _has_dots_for_thousands(values.get(columns.get(TOKENS, ""), ()))
        else None,
        naive_times=UTC if naive else None,
    )
    used = set(columns.values())
    return Guess(mapped, tuple(one for one in values if one not in used and not _in_list(one)))


def _in_list(column: str) -> bool:
    return f".{_FIRST}." in column


def _values(records: Iterable[Mapping[str, Any]]) -> Values:
    found: dict[str, list[Any]] = {}
    for record in records:
        for column in _columns(record):
            if column in found or len(found) < _MOST_COLUMNS:
                held = found.setdefault(column, [])
                value = value_at(record, column)
                if not is_nothing(value):
                    held.append(value)
    return {column: held for column, held in found.items() if held}


def _columns(fields: Mapping[str, Any], before: str = "", depth: int = 1) -> Iterator[str]:
    for key, value in fields.items():
        yield f"{before}{key}"
        inside, at = decoded_json(value), f"{before}{key}."
        if isinstance(inside, list) and inside:
            inside, at = inside[0], f"{at}{_FIRST}."
        if isinstance(inside, dict) and depth < _MOST_DEPTH:
            yield from _columns(inside, at, depth + 1)


def _by_name(name: str, free: Sequence[str], values: Values) -> str | None:
    fits = _TESTS[name]
    for wanted in NAMES[name]:
        for rank in range(3):
            for column in free:
                spelt = names_of(column)
                if len(spelt) > rank and spelt[rank] == wanted and fits(values[column]):
                    return column
    if name not in LABELS:
        return None
    words = set(NAMES[name])
    found = (one for one in free if words & words_of(one) and fits(values[one]))
    return next(found, None)


def _are(
    read: Callable[[Any], object], enough: float = _ENOUGH
) -> Callable[[Sequence[Any]], bool]:
    """Can enough of the values be read so?"""

    def test(values: Sequence[Any]) -> bool:
        return sum(_reads(read, one) for one in values) >= enough * len(values)

    return test


def _reads(read: Callable[[Any], object], value: Any) -> bool:
    try:
        return read(value) is not None
    except NotUnderstood:
        return False


def _words(values: Sequence[Any]) -> set[str]:
    return {str(one).strip() for one in values if not isinstance(one, list | dict)}


def _are_labels(values: Sequence[Any]) -> bool:
    words = _words(values)
    short = all(len(one) <= _LONGEST_LABEL and not _EXTENSION.fullmatch(one) for one in words)
    return _are(text_of)(values) and short and len(words) <= _MOST_LABELS


def _are_categories(values: Sequence[Any]) -> bool:
    return _are_labels(values) and not {one.casefold() for one in _words(values)} <= _RECORD_KINDS


def _are_ids(values: Sequence[Any]) -> bool:
    return _are(text_of)(values) and all(len(one) <= _LONGEST_ID for one in _words(values))


def _are_call_ids(values: Sequence[Any]) -> bool:
    """Numbers of rows are no identity: those of another file are the same."""
    words = _words(values)
    return (
        _are_ids(values)
        and len(words) == len(values)
        and all(len(one) >= _SHORTEST_CALL_ID and not one.isdecimal() for one in words)
    )


def _are_files(values: Sequence[Any]) -> bool:
    """Can they be read as files, half of which look like some?"""
    try:
        paths = [one.path for value in values for one in files_of(value, FileForm())]
    except NotUnderstood:
        return False
    return bool(paths) and 2 * sum(map(_is_path, paths)) >= len(paths)


def _is_path(text: str) -> bool:
    """Does it look like the path of a file?"""
    inside = "/" in text.strip("/") or "\\" in text
    return "://" not in text and (inside or _EXTENSION.fullmatch(text) is not None)


def _lists_files(values: Sequence[Any]) -> bool:
    """Do values look like lists of files, whatever the name of their column is?"""
    if not _are_files(values):
        return False
    paths = [one.path for value in values for one in files_of(value, FileForm())]
    named = sum(_EXTENSION.fullmatch(one) is not None for one in paths)
    in_folders = any("/" in one or "\\" in one for one in paths)
    return all(map(_is_path, paths)) and in_folders and 2 * named >= len(paths)


_TESTS: Final[Mapping[str, Callable[[Sequence[Any]], bool]]] = {
    **dict.fromkeys(NAMES, _are_ids),
    **dict.fromkeys(NUMBERS, _are(number_of)),
    TOKENS: lambda values: _are(number_of)(values) or _has_dots_for_thousands(values),
    **dict.fromkeys(BOOLEANS, _are(boolean_of, _ENOUGH_WORDS)),
    **dict.fromkeys(FILES, _are_files),
    "category": _are_categories,
    "complexity": _are_labels,
    "call_id": _are_call_ids,
    "observed_at": _are(lambda one: observed_at(one, naive=UTC)),
    "attempt": _are(lambda one: (number_of(one) or 0) >= 1 or None),
    "unit": lambda values: _words(values) <= {"call", "turn"},
    "deliverables_from": lambda values: _words(values) <= {"request", "reply"},
    "paths": lambda values: _words(values) <= {"real", "partial", "synthetic"},
}


def _has_dots_for_thousands(values: Sequence[Any]) -> bool:
    """``1.234`` beside ``820``: fractions would have their dots everywhere."""
    texts = [one.strip() for one in values if isinstance(one, str)]
    dotted = [one for one in texts if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", one)]
    plain = [one for one in texts if re.fullmatch(r"[0-9]{1,3}", one)]
    return bool(dotted and plain) and len(dotted) + len(plain) == len(texts)


def _separator(columns: Iterable[Sequence[Any]]) -> str | None:
    """What stands between the paths of texts, where it is plain."""
    texts = [
        one.strip()
        for values in columns
        for one in values
        if isinstance(one, str) and one.strip()[:1] not in {"[", "{"}
    ]
    for separator in _SEPARATORS:
        pieces = [piece.strip() for text in texts for piece in text.split(separator)]
        if len(pieces) > len(texts) and all(
            _is_path(piece) and not re.search(r"[\n;|,]", piece) for piece in pieces if piece
        ):
            return separator
    return None

"""Which columns of a foreign table hold what, guessed from their names and first values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from coefgate.samples.foreign.file_lists import FileForm
from coefgate.samples.foreign.labels.names import category_words, complexity_words
from coefgate.samples.foreign.tables.column_map import FILES, TOKENS, ColumnMap
from coefgate.samples.foreign.tables.column_names import (
    ASKED_FOR,
    LABELS,
    NAMES,
    names_of,
    words_of,
)
from coefgate.samples.foreign.tables.column_values import (
    LOOKS_LIKE,
    have_dots_for_thousands,
    look_like_files,
    look_like_stop_reasons,
    separator_of,
    words_in,
)
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.values import decoded_json, is_nothing, value_at

FIRST_ROWS: Final = 1000
"""Records that a guess looks at."""
_MOST_COLUMNS: Final = 500
_MOST_DEPTH: Final = 5
_FIRST: Final = "0"

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
    for name, others, look in (
        ("deliverables", FILES.keys(), look_like_files),
        ("stop_reason", {"stop_reason"}, look_like_stop_reasons),
    ):
        free = [one for one in values if one not in columns.values() and not _in_list(one)]
        if columns.keys().isdisjoint(others):
            found = next((one for one in free if look(values[one])), None)
            columns |= {} if found is None else {name: found}
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
            if name in columns and (words := make(words_in(values[columns[name]])))
        },
        files=FileForm(
            separator=separator_of([values[columns[n]] for n in FILES if n in columns])
        ),
        thousands="."
        if have_dots_for_thousands(values.get(columns.get(TOKENS, ""), ()))
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
    fits = LOOKS_LIKE[name]
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

"""What the values of a column look like: numbers, labels, ids, times, lists of files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC
from typing import Any, Final

from coefgate.core.stop_reasons import ending
from coefgate.samples.foreign.file_lists import FileForm, files_of
from coefgate.samples.foreign.tables.column_map import BOOLEANS, FILES, NUMBERS, TOKENS
from coefgate.samples.foreign.tables.column_names import NAMES
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.values import NotUnderstood, boolean_of, number_of, text_of

_ENOUGH: Final = 0.5
_ENOUGH_WORDS: Final = 0.9
"""The share of a column's values that have to be what its name says; of yes and no, more."""
_MOST_LABELS: Final = 30
_LONGEST_LABEL: Final = 100
_LONGEST_ID: Final = 200
_MOST_WORDS: Final = 6
"""Of a name: what has more is a sentence, and may be a prompt."""
_SHORTEST_CALL_ID: Final = 8
_RECORD_KINDS: Final = frozenset(
    {"generation", "span", "event", "trace", "message", "message_send", "assistant", "user"}
    | {"request", "response", "call", "llm", "chat", "completion", "chat.completion"}
)
"""What a record is called in logs, which says nothing of the work."""

_EXTENSION: Final = re.compile(r".*[^./\\\s]\.[A-Za-z][A-Za-z0-9]{0,9}")
_SEPARATORS: Final = ("\n", ";", "|", ",", " ")


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


def words_in(values: Sequence[Any]) -> set[str]:
    """The texts and numbers among them, each once."""
    return {str(one).strip() for one in values if not isinstance(one, list | dict)}


def _are_labels(values: Sequence[Any]) -> bool:
    words = words_in(values)
    short = all(len(one) <= _LONGEST_LABEL and not _EXTENSION.fullmatch(one) for one in words)
    return _are(text_of)(values) and short and len(words) <= _MOST_LABELS


def _are_categories(values: Sequence[Any]) -> bool:
    return (
        _are_labels(values) and not {one.casefold() for one in words_in(values)} <= _RECORD_KINDS
    )


def _are_ids(values: Sequence[Any]) -> bool:
    return _are(text_of)(values) and all(
        len(one) <= _LONGEST_ID and len(one.split()) <= _MOST_WORDS for one in words_in(values)
    )


def _are_call_ids(values: Sequence[Any]) -> bool:
    """Numbers of rows are no identity: those of another file are the same."""
    words = words_in(values)
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


def look_like_files(values: Sequence[Any]) -> bool:
    """Do values look like lists of files, whatever the name of their column is?"""
    if not _are_files(values):
        return False
    paths = [one.path for value in values for one in files_of(value, FileForm())]
    named = sum(_EXTENSION.fullmatch(one) is not None for one in paths)
    in_folders = any("/" in one or "\\" in one for one in paths)
    return all(map(_is_path, paths)) and in_folders and 2 * named >= len(paths)


LOOKS_LIKE: Final[Mapping[str, Callable[[Sequence[Any]], bool]]] = {
    **dict.fromkeys(NAMES, _are_ids),
    **dict.fromkeys(NUMBERS, _are(number_of)),
    TOKENS: lambda values: _are(number_of)(values) or have_dots_for_thousands(values),
    **dict.fromkeys(BOOLEANS, _are(boolean_of, _ENOUGH_WORDS)),
    **dict.fromkeys(FILES, _are_files),
    "category": _are_categories,
    "complexity": _are_labels,
    "call_id": _are_call_ids,
    "observed_at": _are(lambda one: observed_at(one, naive=UTC)),
    "attempt": _are(lambda one: (number_of(one) or 0) >= 1 or None),
    "unit": lambda values: words_in(values) <= {"call", "turn"},
    "deliverables_from": lambda values: words_in(values) <= {"request", "reply"},
    "paths": lambda values: words_in(values) <= {"real", "partial", "synthetic"},
}
"""By fact: can values be what a column of it holds?"""


def look_like_stop_reasons(values: Sequence[Any]) -> bool:
    """Are they words of providers for why a reply stopped, and not plain yes and no?"""
    told = [one for one in values if isinstance(one, str)]
    return bool(told) and _are(ending, _ENOUGH_WORDS)(told) and not _are(boolean_of)(told)


def have_dots_for_thousands(values: Sequence[Any]) -> bool:
    """``1.234`` beside ``820``: fractions would have their dots everywhere."""
    texts = [one.strip() for one in values if isinstance(one, str)]
    dotted = [one for one in texts if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+", one)]
    plain = [one for one in texts if re.fullmatch(r"[0-9]{1,3}", one)]
    return bool(dotted and plain) and len(dotted) + len(plain) == len(texts)


def separator_of(columns: Iterable[Sequence[Any]]) -> str | None:
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

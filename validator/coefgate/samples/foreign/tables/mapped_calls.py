"""Records of a foreign table → calls, by a column map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from coefgate.core.stop_reasons import ending
from coefgate.registry.schemas import load_schema
from coefgate.samples.foreign.call import ForeignCall, ForeignFile, SampleUnit
from coefgate.samples.foreign.file_lists import files_of
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.tables.column_map import (
    BOOLEANS,
    FILES,
    NUMBERS,
    TOKENS,
    ColumnMap,
    require_columns,
)
from coefgate.samples.foreign.times import observed_at
from coefgate.samples.foreign.values import (
    ABSENT,
    NotUnderstood,
    boolean_of,
    is_nothing,
    number_of,
    text_of,
    value_at,
)

_FROM_ONE: Final = ("max_output_tokens", "attempt")


def mapped_calls(
    records: Iterable[tuple[int, Mapping[str, Any]]],
    mapped: ColumnMap,
    source: ForeignSource,
    unit: SampleUnit,
) -> Iterator[ForeignCall]:
    """A call for each of ``records``, with their lines, of ``source``.

    What cannot be understood of one is not known, and counted by its column; without a number of
    output tokens it is no call. Raises ``InvalidInput`` where the mapping names a column that no
    record has.
    """
    unseen = set(mapped.columns.values())
    seen: set[str] = set()
    for line, record in records:
        if unseen:
            unseen -= {one for one in unseen if value_at(record, one) is not ABSENT}
            seen.update(record)
        if (call := _call(line, record, mapped, source, unit)) is not None:
            yield call
    if seen:
        require_columns(mapped, unseen, seen, source.name)


def _call(
    line: int,
    record: Mapping[str, Any],
    mapped: ColumnMap,
    source: ForeignSource,
    unit: SampleUnit,
) -> ForeignCall | None:
    facts: dict[str, Any] = {"unit": unit, "deliverables_from": "reply", **mapped.constants}
    files: list[ForeignFile] = []
    listed, understood = False, not FILES.keys().isdisjoint(mapped.columns)
    for name, column in mapped.columns.items():
        value = value_at(record, column)
        if is_nothing(value):
            # An empty list says that there are no files, an empty cell that nobody knows.
            listed |= name in FILES and isinstance(value, list | dict)
            continue
        try:
            if name in FILES:
                files += files_of(value, mapped.files, FILES[name])
                listed = True
            elif (fact := _fact(name, value, mapped)) is not None:
                facts[name] = fact
        except NotUnderstood:
            if name == TOKENS:
                source.skip(line, "no-number")
                return None
            source.doubt(line, column)
            understood &= name not in FILES
    if mapped.reasoning == "apart" and facts.get(TOKENS) is not None:
        facts[TOKENS] += facts.get("reasoning_tokens") or 0
    if not understood and not files:
        facts["deliverables_from"] = None
    concrete = not any(one.path[-1:] in {"/", "\\"} or "*" in one.path for one in files)
    facts.setdefault("paths", "real" if listed and understood and concrete else "partial")
    return _with_conclusions(line, facts, files)


def _fact(name: str, value: Any, mapped: ColumnMap) -> Any:
    """What a value means for a fact; raises ``NotUnderstood``."""
    if (words := mapped.words.get(name)) is not None and not isinstance(value, list | dict):
        meaning = words.get(str(value).strip().casefold())
        if meaning is not None:
            return meaning
    if name in NUMBERS:
        number = number_of(value, thousands=mapped.thousands)
        if name in _FROM_ONE and number is not None and number < 1:
            raise NotUnderstood
        return number
    if name in BOOLEANS:
        return boolean_of(value)
    if name == "observed_at":
        if (found := observed_at(value, naive=mapped.naive_times)) is None:
            raise NotUnderstood
        return found
    text = text_of(value)
    schema = load_schema("sample")["properties"].get(name, {})
    if "enum" in schema and text not in schema["enum"]:
        raise NotUnderstood
    return text


def _with_conclusions(
    line: int, facts: dict[str, Any], files: Sequence[ForeignFile]
) -> ForeignCall:
    """The call, with what follows from its facts where the record does not say it."""
    tokens, ceiling = facts.get(TOKENS), facts.get("max_output_tokens")
    how = ending(facts.get("stop_reason"))
    wrote = bool(files) and facts["deliverables_from"] == "reply"
    if facts.get("truncated") is None:
        if how is not None:
            facts["truncated"] = how == "cut-off"
        elif tokens is not None and ceiling is not None and facts["unit"] == "call":
            facts["truncated"] = tokens >= ceiling
    if facts.get("success") is None:
        if how == "broken-off":
            facts["success"] = False
        elif wrote and facts.get("truncated") is False and how in {"finished", None}:
            facts["success"] = True
    unusable = "cache-hit" if facts.pop("cache_hit", None) else None
    return ForeignCall(
        line=line,
        **{TOKENS: None, **facts},
        files=tuple(files),
        unusable=unusable,
    )

"""What an importer makes of the records of an agent, as whoever imports sees it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from typing import Any

import orjson

from coefgate.samples.foreign.call import ForeignCall, SampleUnit
from coefgate.samples.foreign.collected import Collected
from coefgate.samples.foreign.formats import ImportOptions, importer_of
from coefgate.samples.foreign.importing import Collector
from coefgate.samples.foreign.source import ForeignSource

Records = Iterable[dict[str, Any]]
"""The lines of a file, as data."""


def written(records: Records) -> bytes:
    """A file of JSON lines."""
    return b"".join(orjson.dumps(one) + b"\n" for one in records)


def calls_in(format_name: str, data: bytes, unit: SampleUnit = "call") -> list[ForeignCall]:
    """The calls that one file tells of."""
    source = ForeignSource("a.jsonl", io.BytesIO(data))
    return list(importer_of(format_name).calls(source, ImportOptions(unit)))


def collected(format_name: str, *files: bytes, unit: SampleUnit = "call") -> Collected:
    """What files called ``a.jsonl``, ``b.jsonl`` and so on come to together."""
    collector = Collector("here")
    for name, data in zip("abcdefgh", files, strict=False):
        source = ForeignSource(f"{name}.jsonl", io.BytesIO(data))
        collector.take(source, importer_of(format_name).calls(source, ImportOptions(unit)))
    return collector.collected()


def samples_of(found: Collected) -> list[dict[str, Any]]:
    """The samples that would be stored."""
    return [orjson.loads(line) for line in found.lines]


def deliverables(sample: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    """Path, operation and bytes before of each file."""
    return [(one["path"], one["operation"], one["bytes_before"]) for one in sample["deliverables"]]


def left_out(found: Collected) -> dict[str, tuple[int, int]]:
    """How many calls make no sample, and their tokens, by reason."""
    return {reason: (one.count, one.tokens) for reason, one in sorted(found.left_out.items())}


def broken(records: Sequence[Any]) -> Iterator[bytes]:
    """Files of ``records``, each with one value, in turn, that is of another type."""
    others: Iterator[Any] = cycle(
        [None, True, -1, 1.5, 1e300, "", "aé\u200b", [], [[]], {}, {"a": []}]
    )
    for number, record in enumerate(records):
        for place in _places(record):
            changed = _replaced(record, place, next(others))
            yield written([*records[:number], changed, *records[number + 1 :]])


def _places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        inside = enumerate(value)
    return [above, *(one for key, each in inside for one in _places(each, (*above, key)))]


def _replaced(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    if not place:
        return other
    copy = inner = orjson.loads(orjson.dumps(value))
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = other
    return copy

"""Names that have to go from stored calls: which lines change with them, and to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import TopologicalSorter
from typing import Any, Final

import orjson

from coefgate.samples.links import LINKS
from coefgate.samples.model import (
    Sample,
    SampleStore,
    fields_of,
    order_key,
    sample_id,
    stored_line,
)

PATH: Final = "path"
TEXTS: Final = ("reference", "run_id", "phase_id")
"""The fields beside the paths that may hold a name, and that no prediction depends on."""
SORTS: Final = (PATH, *TEXTS)

Renaming = Mapping[str, Mapping[str, str]]
"""By their sort the names that go, each with the salted one in its place."""


def names_in(sample: Sample, sort: str) -> tuple[str, ...]:
    """The names of one sort in a line: its paths, or the one value of a field."""
    if sort == PATH:
        return tuple(one.path for one in sample.deliverables)
    value = getattr(sample, sort)
    return () if value is None else (value,)


def renamed(samples: Iterable[Sample], names: Renaming) -> dict[str, Sample]:
    """By the id of each line that changes the one in its place, under an id of its own.

    A line changes with a name in it, and with the id of a line that it links to.
    """
    ids = {sample.id: sample for sample in samples}
    links = {name: [getattr(one, link) for link in LINKS] for name, one in ids.items()}
    order = TopologicalSorter({name: ids.keys() & targets for name, targets in links.items()})
    found: dict[str, Sample] = {}
    for name in order.static_order():
        old = ids[name]
        told: dict[str, Any] = {
            link: found[target].id
            for link, target in zip(LINKS, links[name], strict=True)
            if target in found
        }
        for sort in TEXTS:
            if (text := getattr(old, sort)) in names.get(sort, ()):
                told[sort] = names[sort][text]
        paths = names.get(PATH, {})
        told["deliverables"] = tuple(
            replace(one, path=paths.get(one.path, one.path)) for one in old.deliverables
        )
        new = replace(old, **told)
        if new != old:
            found[name] = replace(new, id=sample_id(fields_of(new)))
    return found


def with_lines(content: bytes, instead: Mapping[str, Sample]) -> bytes:
    """A file of stored calls with other lines instead of those with these ids.

    All else stays byte by byte, the end of each line too.
    """
    lines = []
    for line in content.splitlines(keepends=True):
        new = instead.get(orjson.loads(line)["id"])
        end = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        lines.append(line if new is None else stored_line(fields_of(new)).rstrip() + end)
    return b"".join(lines)


def told_today(
    store: SampleStore, instead: Mapping[str, Sample], later: SampleStore
) -> SampleStore:
    """An earlier store with the lines of a ``later`` one instead of those with these ids."""
    samples = tuple(sorted((instead.get(one.id, one) for one in store.samples), key=order_key))
    retired = {
        instead[name].id if name in instead else name: one for name, one in store.retired.items()
    }
    return SampleStore(samples, retired, later.erased)

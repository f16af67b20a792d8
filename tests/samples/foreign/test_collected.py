"""What the parts of one source came to, added up."""

from __future__ import annotations

import io

from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.collected import Collected, Count, ReadFile, collected_together
from coefgate.samples.foreign.importing import Collector
from coefgate.samples.foreign.source import ForeignSource


def _part(*lines: int) -> Collected:
    """Of calls at these lines the even ones have no count, and no call says how it ended."""
    source = ForeignSource("log", io.BytesIO())
    source.count = len(lines)
    source.notes.append("read as it is")
    source.passed_over["ping"] += 1
    calls = [
        ForeignCall(line=line, unit="call", actual_output_tokens=line if line % 2 else None)
        for line in lines
    ]
    collector = Collector("here")
    collector.take(source, calls)
    return collector.collected()


def test_parts_are_reported_as_one_with_the_first_places_of_all() -> None:
    found = collected_together(_part(*lines) for lines in ([2, 10, 7], [3, 6], [4, 8, 12]))
    assert (found.told, found.taken) == (Count(8, 10), Count(2, 10))
    skipped = found.left_out["no-count"]
    assert (skipped.count, skipped.places) == (6, ["log:2", "log:4", "log:6"])
    assert found.files == (ReadFile("log", 8, 0),)
    assert found.notes == ("read as it is",)
    assert (found.passed_over, found.missing["success"]) == ({"ping": 3}, 2)
    assert found.lines == ()


def test_the_line_of_a_call_is_numbered_as_its_record() -> None:
    assert _part(2, 5, 10, 7).numbers == (5, 7)

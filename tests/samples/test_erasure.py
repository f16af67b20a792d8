"""Which lines change with a name, and what stands in their places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from coefgate.core.vocabulary import Deliverable
from coefgate.samples.erasure import names_in, renamed, with_lines
from coefgate.samples.model import Sample, fields_of, sample_id, stored_line
from tests.replay.builders import sample


def _line(number: int, path: str, **fields: Any) -> Sample:
    one = sample(number, 100, deliverables=(Deliverable(path, "create"),), **fields)
    return replace(one, id=sample_id(fields_of(one)))


FIRST = _line(1, "acme.py", phase_id="acme")
CORRECTED = _line(2, "acme.py", phase_id="acme", supersedes=FIRST.id)
LINKED = _line(3, "other.py", duplicate_of=CORRECTED.id)
OTHER = _line(4, "other.py")
LINES = (LINKED, OTHER, CORRECTED, FIRST)


def test_a_change_goes_on_along_links() -> None:
    found = renamed(LINES, {"path": {"acme.py": "x.py"}, "phase_id": {"acme": "y"}})
    assert set(found) == {FIRST.id, CORRECTED.id, LINKED.id}
    first, corrected, linked = (found[one.id] for one in (FIRST, CORRECTED, LINKED))
    assert (first.deliverables[0].path, first.phase_id) == ("x.py", "y")
    assert corrected.supersedes == first.id
    assert linked == replace(LINKED, id=linked.id, duplicate_of=corrected.id)
    assert all(one.id == sample_id(fields_of(one)) for one in found.values())


def test_nothing_to_change() -> None:
    assert renamed(LINES, {"path": {"unknown.py": "x.py"}}) == {}


def test_names_of_each_sort() -> None:
    assert names_in(FIRST, "path") == ("acme.py",)
    assert names_in(FIRST, "phase_id") == ("acme",)
    assert names_in(FIRST, "run_id") == ()


def test_other_lines_stay_byte_by_byte() -> None:
    spaced = orjson.dumps(fields_of(OTHER)).replace(b'":', b'": ') + b"\n"
    erased = stored_line(fields_of(FIRST))[:-1] + b"\r\n"
    new = renamed([FIRST], {"path": {"acme.py": "x.py"}})
    found = with_lines(spaced + erased, new)
    assert found == spaced + stored_line(fields_of(new[FIRST.id]))[:-1] + b"\r\n"

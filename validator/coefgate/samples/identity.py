"""What a sample's line looks like, and the id that is a hash of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from hashlib import sha256
from typing import Any, Final

import orjson

from coefgate.core.vocabulary import Deliverable
from coefgate.samples.model import PLACE, Sample

FIELDS: Final = tuple(field.name for field in fields(Sample) if field.name not in PLACE)
"""Every field of a sample, in the order in which a line is written."""
_DELIVERABLE_FIELDS: Final = tuple(field.name for field in fields(Deliverable))
WHO: Final = ("origin", "run_id", "phase_id", "attempt", "reference")
"""What tells one call from another, with the instant of ``observed_at``, however it is written."""

_ID_DIGITS: Final = 32


def sample_id(sample: Mapping[str, Any]) -> str:
    """The id of a sample with these fields (``id`` itself does not count).

    It is the same for every order of keys and every spacing of the line.
    """
    rest = dict(sample)
    rest.pop("id", None)
    return sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()[:_ID_DIGITS]


def stored_line(sample: Mapping[str, Any]) -> bytes:
    """The stored line of a sample: its id, keys in the order of ``FIELDS``, a line end."""
    ordered: dict[str, Any] = {name: sample[name] for name in FIELDS if name != "id"}
    ordered["deliverables"] = [
        {name: deliverable[name] for name in _DELIVERABLE_FIELDS}
        for deliverable in ordered["deliverables"]
    ]
    return orjson.dumps({"id": sample_id(ordered), **ordered}, option=orjson.OPT_APPEND_NEWLINE)


def fields_of(sample: Sample) -> dict[str, Any]:
    """The fields of ``sample`` as plain data: what its line holds."""
    found = orjson.loads(orjson.dumps(sample))
    return {name: found[name] for name in FIELDS}

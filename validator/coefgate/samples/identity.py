"""What a sample's line looks like, and the id that is a hash of it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import orjson

from coefgate.samples.model import Sample

FIELDS: Final = (
    "id",
    "origin",
    "reference",
    "observed_at",
    "run_id",
    "phase_id",
    "attempt",
    "category",
    "complexity",
    "label_origin",
    "deliverables",
    "paths",
    "reply_matches",
    "model",
    "unit",
    "actual_output_tokens",
    "max_output_tokens",
    "input_tokens",
    "output_mode",
    "predicted_output_tokens",
    "predicted_by",
    "success",
    "truncated",
    "stop_reason",
    "duplicate_of",
    "same_ceiling_as",
    "supersedes",
)
"""Every field of a sample, in the order in which a line is written."""

DELIVERABLE_FIELDS: Final = ("path", "operation", "bytes_before")

WHO: Final = ("origin", "run_id", "phase_id", "attempt", "reference")
"""What tells one call from another, with the instant of ``observed_at``, however it is written."""

_ID_DIGITS: Final = 32


def sample_id(fields: Mapping[str, Any]) -> str:
    """The id of a sample with these ``fields`` (``id`` itself does not count).

    It is the same for every order of keys and every spacing of the line.
    """
    rest = dict(fields)
    rest.pop("id", None)
    return sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()[:_ID_DIGITS]


def stored_line(fields: Mapping[str, Any]) -> bytes:
    """The line that is stored for a sample: compact, keys in the order of ``FIELDS``, its id, a line end."""
    ordered: dict[str, Any] = {name: fields[name] for name in FIELDS if name != "id"}
    ordered["deliverables"] = [
        {name: deliverable[name] for name in DELIVERABLE_FIELDS}
        for deliverable in ordered["deliverables"]
    ]
    return orjson.dumps({"id": sample_id(ordered), **ordered}, option=orjson.OPT_APPEND_NEWLINE)


def fields_of(sample: Sample) -> dict[str, Any]:
    """The fields of ``sample`` as plain data: what its line holds."""
    fields: dict[str, Any] = {name: getattr(sample, name) for name in FIELDS}
    fields["deliverables"] = [
        {name: getattr(deliverable, name) for name in DELIVERABLE_FIELDS}
        for deliverable in sample.deliverables
    ]
    return fields

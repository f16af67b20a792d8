"""A foreign call → the line of a sample, what is wrong with it, and what it does not say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coefgate.core.vocabulary import Deliverable
from coefgate.registry.wording import dotted
from coefgate.samples.acceptance import accepted_fields, content_faults
from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.labels.label import Label
from coefgate.samples.line_errors import line_problems
from coefgate.samples.model import DELIVERABLE_FIELDS, FIELDS, Sample
from coefgate.samples.status import contradictions


def fields_of_call(
    one: ForeignCall, label: Label, deliverables: tuple[Deliverable, ...]
) -> dict[str, Any]:
    """The fields of the sample that a call makes, but for its origin and reference."""
    category, complexity, label_origin = label
    others = {
        "format": 2,
        "category": category,
        "complexity": complexity,
        "label_origin": label_origin,
        "deliverables": [
            {name: getattr(each, name) for name in DELIVERABLE_FIELDS} for each in deliverables
        ],
        **dict.fromkeys(("duplicate_of", "same_ceiling_as", "supersedes")),
    }
    given = (name for name in FIELDS if name not in {*others, "id", "origin", "reference"})
    return others | {name: getattr(one, name) for name in given}


def why_invalid(line: bytes, fields: Mapping[str, Any]) -> str | None:
    """The first thing that is wrong with a line, in words that do not repeat what stands there.

    A text that fits no field may be a prompt.
    """
    accepted = accepted_fields(line)
    if accepted is None:
        first = line_problems(line[:-1], "", 1, None)[0]
        return f"{first.path}: {first.allowed}"
    faults = content_faults(accepted, None)
    if not faults:
        files = tuple(Deliverable(**one) for one in fields["deliverables"])
        sample = Sample(**{**accepted, "deliverables": files}, file="", line=0)
        faults = list(contradictions(sample))
    return f"{dotted(faults[0].path)}: {faults[0].allowed}" if faults else None


def missing_facts(fields: Mapping[str, Any]) -> Iterator[str]:
    """The facts that scoring needs and this line does not say."""
    needed = ["category", "complexity"]
    if not fields["truncated"]:
        needed += ["truncated", "success"]
    yield from (name for name in needed if fields[name] is None)
    if fields["paths"] != "real":
        yield "paths"

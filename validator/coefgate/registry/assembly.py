"""Valid documents → Coefficients: every number becomes a value that knows name and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from coefgate.core.vocabulary import PRICED_OPERATIONS, Operation
from coefgate.core.yanks import Yank
from coefgate.registry import model
from coefgate.registry.gates_assembly import acknowledged, answers, gates_of, guardrails_of, names
from coefgate.registry.key import Key
from coefgate.registry.marks import Document, per_document
from coefgate.registry.sources import Sources

_SETTINGS = ("format", "semantics", "unit", "complexities", "applies_to")


def assemble(sources: Sources) -> model.Coefficients:
    """The registry that valid documents describe."""
    about, margins = map(sources.get, ("registry", "safety_margins"))
    kinds, costs = map(sources.get, ("file_kinds", "marginal_costs"))
    data = about.data
    widths: dict[str, Any] = {
        name: None if share is None else Fraction(share)
        for name, share in margins.data["interval"].items()
    }
    return model.Coefficients(
        format=data["format"],
        semantics=data["semantics"],
        unit=data["unit"],
        complexities=tuple(data["complexities"]),
        applies_to=tuple(data["applies_to"]),
        fallback_overhead=_value(about, Key("fallback")),
        no_deliverables={
            name: _value(about, Key("no_deliverables", (name,))) for name in data["complexities"]
        },
        categories={name: _category(document) for name, document in sources.readable_overheads},
        marginal_costs=dict(_marginal_costs(costs)),
        path_rules=tuple(
            model.PathRule(
                rule["kind"], tuple(rule["paths"]), kinds.file, kinds.mark(("rules", at))[0]
            )
            for at, rule in enumerate(kinds.data["rules"])
        ),
        default_kind=kinds.data["default"],
        default_margin=_value(margins, Key("margin")),
        cell_margins={
            (category, complexity): _value(margins, Key("margin", (category, complexity)))
            for category, cells in margins.data.get("cells", {}).items()
            for complexity in cells
        },
        interval=model.IntervalWidths(**widths),
        gates=gates_of(sources.get("gates")),
        guardrails=guardrails_of(sources.get("guardrails")),
        withdrawn=_withdrawn(sources.get("yanked")),
        acknowledge_rules=acknowledged(kinds.data.get("acknowledge"), names),
        acknowledge_applies_to=acknowledged(about.at(("acknowledge", "applies_to")), names),
        lines={
            **{key: about.mark((key,), key=True)[0] for key in _SETTINGS},
            "interval": margins.mark(("interval",), key=True)[0],
        },
        places=dict(_places(sources)),
    )


def _places(sources: Sources) -> Iterator[tuple[tuple[str, ...], tuple[str, int]]]:
    def place(document: Document, *path: str) -> tuple[str, int]:
        return document.file, document.mark(path, key=True)[0]

    yield ("no_deliverables",), place(sources.get("registry"), "no_deliverables")
    for category, document in sources.readable_overheads:
        yield ("overhead", category), place(document, "overhead")
    for operation in PRICED_OPERATIONS:
        costs = place(sources.get("marginal_costs"), "marginal_costs", operation)
        yield ("marginal", operation), costs
    margins = sources.get("safety_margins")
    yield ("margin",), place(margins, "cells")
    for category in margins.data.get("cells", {}):
        yield ("margin", category), place(margins, "cells", category)


def _value(document: Document, key: Key) -> model.Value:
    entry = document.at(key.entry)
    line, _ = document.mark(key.path)
    return model.Value(
        key=key,
        number=Fraction(document.at(key.path)),
        basis=_basis(entry["basis"]),
        acknowledge=acknowledged(entry.get("acknowledge"), Fraction),
        file=document.file,
        line=line,
    )


def _basis(entry: Mapping[str, Any]) -> model.Basis:
    ends = entry.get("interval")
    return model.Basis(**{**entry, "interval": ends and tuple(map(Fraction, ends))})


@per_document
def _category(document: Document) -> model.Category:
    name = document.data["category"]
    named = "aliases" if "aliases" in document.data else "category"
    return model.Category(
        name=name,
        aliases=tuple(document.data.get("aliases", ())),
        overhead={
            complexity: _value(document, Key("overhead", (name, complexity)))
            for complexity in document.data["overhead"]
        },
        acknowledge=acknowledged(document.data.get("acknowledge"), names),
        line=document.mark((named,), key=True)[0],
        file=document.file,
    )


@per_document
def _marginal_costs(document: Document) -> tuple[tuple[tuple[Operation, str], model.Value], ...]:
    return tuple(
        ((operation, kind), _value(document, Key("marginal", (operation, kind))))
        for operation in PRICED_OPERATIONS
        for kind in document.data["marginal_costs"][operation]
    )


def _withdrawn(document: Document) -> model.Withdrawn:
    """The versions that are withdrawn; none in a document of nothing."""
    rows = document.list_at(("yanked",))
    return model.Withdrawn(
        yanks={row["version"]: Yank(**row) for row in rows},
        unyanked=answers(document, "acknowledge", "version"),
        line=document.mark(("yanked",), key=True)[0],
        lines={row["version"]: document.mark(("yanked", at))[0] for at, row in enumerate(rows)},
    )

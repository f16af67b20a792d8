"""The snapshot file: canonical JSON and nothing else, so its sha256 is the registry's digest.

``schemas/snapshot.schema.json`` says the same as the checks here, for readers in other languages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from coefgate.core.json_names import (
    CATEGORY,
    KIND,
    MAX_KINDS,
    MAX_NAME,
    check_once,
    is_category,
    is_kind,
    named,
    several,
    texts,
)
from coefgate.core.json_shapes import (
    Place,
    known_number,
    mapping,
    parsed,
    shown,
    text,
    whole,
)
from coefgate.core.paths import glob_regex
from coefgate.core.vocabulary import COMPLEXITIES, MAX_TOKENS, PRICED_OPERATIONS

MAX_BYTES: Final = 4 * 1024 * 1024
"""No snapshot is larger; a reader stops here."""
FORMAT: Final = 1
SEMANTICS: Final = 1
_KEYS: Final = (
    *("format", "semantics", "unit", "complexities", "applies_to", "fallback", "no_deliverables"),
    *("categories", "marginal_costs", "file_kinds", "safety_margins", "interval"),
)
_LEAST_FACTOR: Final = 1000
_MOST_FACTOR: Final = 10_000
_MAX_GLOB: Final = 200
_MAX_MODEL: Final = 500
_MEND: Final = "Take the original file, or build it with: coefgate build -o FILE"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A compiled registry: its content, valid, and the digest of its canonical form.

    ``digest``: its sha256, as ``sha256:`` and 64 hexadecimal digits.
    """

    content: Mapping[str, Any]
    digest: str

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Self:
        """The snapshot of a content that is valid."""
        return cls(content, _digest(canonical_bytes(content)))

    @property
    def data(self) -> bytes:
        """The file: canonical JSON."""
        return canonical_bytes(self.content)


def canonical_bytes(content: Mapping[str, Any]) -> bytes:
    """The snapshot as canonical JSON: sorted keys, no white space, ASCII, one line without its end."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode(
        "ascii"
    )


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def read_snapshot(data: bytes, what: str, *, expected: str | None = None) -> Snapshot:
    """The snapshot in the bytes of a file; ``expected``: the digest that it must have.

    Raises ``InvalidDocument`` for another digest, for a newer format, and for whatever else is
    wrong with it.
    """
    place = Place(what, mend=_MEND)
    if len(data) > MAX_BYTES:
        place.refuse(f"has {len(data):,} bytes", f"no snapshot has more than {MAX_BYTES:,}")
    found = _digest(data)
    if expected is not None and found != expected:
        place.refuse(
            f"has the digest {found}, and {expected} was expected",
            "it was altered, or is not complete",
        )
    content = parsed(data, what, _MEND)
    check_content(content, what, mend=_MEND)
    if canonical_bytes(content) != data:
        place.refuse(
            "is not in canonical form, so its digest says nothing",
            "it was edited, or written by another program",
        )
    return Snapshot(content, found)


def check_content(content: Any, what: str, *, mend: str = "") -> None:
    """Raise ``InvalidDocument`` unless ``content`` is a snapshot that this program can estimate with.

    ``mend``: the sentence that ends the error.
    """
    place = Place(what, mend=mend)
    for key, known in (("format", FORMAT), ("semantics", SEMANTICS)):
        known_number(mapping(content, place), key, known, place)
    mapping(content, place, _KEYS)
    text(content["unit"], place.at("unit"), "it is call or turn", ("call", "turn").__contains__)
    complexities = _complexities(content["complexities"], place.at("complexities"))
    texts(content["applies_to"], place.at("applies_to"), _MAX_MODEL, least=1)
    fallback = mapping(content["fallback"], place.at("fallback"), ("overhead",))
    _coefficient(fallback["overhead"], place.at("fallback").at("overhead"))
    _coefficients(
        content["no_deliverables"], place.at("no_deliverables"), complexities, every=True
    )
    _check_categories(content["categories"], place.at("categories"), complexities)
    kinds = _check_costs(content["marginal_costs"], place.at("marginal_costs"))
    _check_rules(content["file_kinds"], place.at("file_kinds"), kinds)
    _check_margins(content["safety_margins"], place.at("safety_margins"), complexities)
    _check_interval(content["interval"], place.at("interval"))


def _complexities(value: Any, place: Place) -> list[str]:
    allowed = f"it is one of {', '.join(COMPLEXITIES)}"
    names = [
        text(name, place.at(index), allowed, COMPLEXITIES.__contains__)
        for index, name in enumerate(several(value, place, least=1, most=len(COMPLEXITIES)))
    ]
    check_once(names, place)
    return names


def _coefficient(value: Any, place: Place) -> None:
    known = mapping(value, place, ("tokens", "measured"))
    whole(known["tokens"], place.at("tokens"), 0, MAX_TOKENS)
    if type(known["measured"]) is not bool:
        place.at("measured").refuse(f"is {shown(known['measured'])}", "it is true or false")


def _coefficients(value: Any, place: Place, names: Collection[str], *, every: bool) -> None:
    """``every``: all of ``names`` are there; otherwise at least one, and no other."""
    known = named(value, place, names.__contains__, f"the names are {', '.join(names)}", least=1)
    for name in names if every else ():
        if name not in known:
            place.at(name).refuse("is missing", f"the names are {', '.join(names)}")
    for name, coefficient in known.items():
        _coefficient(coefficient, place.at(name))


def _check_categories(value: Any, place: Place, complexities: Collection[str]) -> None:
    taken = set(named(value, place, is_category, CATEGORY))
    for name, category in value.items():
        here = place.at(name)
        known = mapping(category, here, ("aliases", "overhead"))
        for index, alias in enumerate(texts(known["aliases"], here.at("aliases"), MAX_NAME)):
            if alias in taken:
                here.at("aliases").at(index).refuse(
                    f"is {shown(alias)}, a name that is taken", "a name leads to one category"
                )
            taken.add(alias)
        _coefficients(known["overhead"], here.at("overhead"), complexities, every=False)


def _check_costs(value: Any, place: Place) -> Collection[str]:
    operations = mapping(value, place, PRICED_OPERATIONS)
    first = PRICED_OPERATIONS[0]
    kinds = sorted(
        named(operations[first], place.at(first), is_kind, KIND, least=1, most=MAX_KINDS)
    )
    for operation in PRICED_OPERATIONS:
        _coefficients(operations[operation], place.at(operation), kinds, every=True)
    return kinds


def _check_rules(value: Any, place: Place, kinds: Collection[str]) -> None:
    known = mapping(value, place, ("rules", "default"))
    one_of = f"it is one of {', '.join(kinds)}"
    text(known["default"], place.at("default"), one_of, kinds.__contains__)
    for index, rule in enumerate(several(known["rules"], place.at("rules"))):
        here = place.at("rules").at(index)
        text(
            mapping(rule, here, ("kind", "paths"))["kind"],
            here.at("kind"),
            one_of,
            kinds.__contains__,
        )
        for position, glob in enumerate(
            texts(rule["paths"], here.at("paths"), _MAX_GLOB, least=1)
        ):
            try:
                glob_regex(glob)
            except ValueError as error:
                here.at("paths").at(position).refuse(
                    f"is {shown(glob)}, which {error}",
                    "globs are written as docs/path-rules.md says",
                )


def _check_margins(value: Any, place: Place, complexities: Collection[str]) -> None:
    known = mapping(value, place, ("default", "cells"))
    whole(known["default"], place.at("default"), _LEAST_FACTOR, _MOST_FACTOR)
    declared = f"the names are {', '.join(complexities)}"
    for category, cells in named(known["cells"], place.at("cells"), is_category, CATEGORY).items():
        here = place.at("cells").at(category)
        for complexity, factor in named(
            cells, here, complexities.__contains__, declared, least=1
        ).items():
            whole(factor, here.at(complexity), _LEAST_FACTOR, _MOST_FACTOR)


def _check_interval(value: Any, place: Place) -> None:
    known = mapping(value, place, ("below", "above", "coverage"))
    whole(known["below"], place.at("below"), 0, 999)
    whole(known["above"], place.at("above"), 0, 10_000)
    if known["coverage"] is not None:
        whole(known["coverage"], place.at("coverage"), 1, 1000)

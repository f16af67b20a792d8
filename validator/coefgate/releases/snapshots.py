"""The snapshot file: canonical JSON and nothing else, so its sha256 is the registry's digest.

``schemas/snapshot.schema.json`` says the same as the checks here, for readers in other languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from coefgate.problems import InvalidDocument
from coefgate.registry.paths import glob_regex
from coefgate.registry.snapshot import canonical_bytes, digest_of
from coefgate.releases.shapes import Place, items, mapping, parsed, shown, text, whole
from coefgate.vocabulary import COMPLEXITIES, MAX_TOKENS, PRICED_OPERATIONS

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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A compiled registry: its content, valid, and the digest of its canonical form."""

    content: Mapping[str, Any]
    digest: str

    @property
    def data(self) -> bytes:
        """The file: canonical JSON."""
        return canonical_bytes(self.content)


def read_snapshot(data: bytes, what: str, *, expected: str | None = None) -> Snapshot:
    """The snapshot in the bytes of a file; ``expected``: the digest that it must have.

    Raises ``InvalidDocument`` for another digest, for a newer format, and for whatever else is wrong with it.
    """
    if len(data) > MAX_BYTES:
        raise InvalidDocument(f"{what} has {len(data):,} bytes; no snapshot has more than {MAX_BYTES:,}")
    found = digest_of(data)
    if expected is not None and found != expected:
        raise InvalidDocument(
            f"{what} has the digest {found}, and {expected} was expected: it was altered, or is not complete"
        )
    content = parsed(data, what)
    check_content(content, what)
    if canonical_bytes(content) != data:
        raise InvalidDocument(
            f"{what} is not in canonical form, so its digest says nothing; it was edited or written anew. "
            "Take the original file, or build it with: coefgate build -o FILE"
        )
    return Snapshot(content, found)


def check_content(content: Any, what: str) -> None:
    """Raise ``InvalidDocument`` unless ``content`` is a snapshot that this program can estimate with."""
    place = Place(what)
    _check_versions(content, place)
    mapping(content, place, _KEYS)
    text(content["unit"], place.at("unit"), "it is call or turn", ("call", "turn").__contains__)
    complexities = _names(content["complexities"], place.at("complexities"))
    if not complexities or set(complexities) - set(COMPLEXITIES):
        place.at("complexities").refuse(
            f"is {shown(complexities)}", f"they are among {', '.join(COMPLEXITIES)}"
        )
    _names(content["applies_to"], place.at("applies_to"))
    fallback = mapping(content["fallback"], place.at("fallback"), ("overhead",))
    _coefficient(fallback["overhead"], place.at("fallback").at("overhead"))
    _coefficients(content["no_deliverables"], place.at("no_deliverables"), complexities, every=True)
    _check_categories(content["categories"], place.at("categories"), complexities)
    kinds = _check_costs(content["marginal_costs"], place.at("marginal_costs"))
    _check_rules(content["file_kinds"], place.at("file_kinds"), kinds)
    _check_margins(content["safety_margins"], place.at("safety_margins"))
    _check_interval(content["interval"], place.at("interval"))


def _check_versions(content: Any, place: Place) -> None:
    whole_content = mapping(content, place)
    for key, known in (("format", FORMAT), ("semantics", SEMANTICS)):
        number = whole_content.get(key)
        if type(number) is int and number > known:
            raise InvalidDocument(
                f"{place.what} has the {key} {number}, and this program reads up to {known}. "
                "Get a newer one with: python -m pip install --upgrade coefgate"
            )
        whole(number, place.at(key), 1, known)


def _names(value: Any, place: Place) -> list[str]:
    names = [text(name, place.at(i), "it is a name") for i, name in enumerate(items(value, place))]
    if len(set(names)) != len(names):
        place.refuse("names something twice", "each name stands once")
    return names


def _coefficient(value: Any, place: Place) -> None:
    known = mapping(value, place, ("tokens", "measured"))
    whole(known["tokens"], place.at("tokens"), 0, MAX_TOKENS)
    if type(known["measured"]) is not bool:
        place.at("measured").refuse(f"is {shown(known['measured'])}", "it is true or false")


def _coefficients(value: Any, place: Place, names: list[str], *, every: bool) -> None:
    known = mapping(value, place)
    if set(known) - set(names) or (every and set(names) - set(known)):
        place.refuse(f"is there for {shown(sorted(known))}", f"the names are {', '.join(names)}")
    for name, coefficient in known.items():
        _coefficient(coefficient, place.at(name))


def _check_categories(value: Any, place: Place, complexities: list[str]) -> None:
    taken = set(mapping(value, place))
    for name, category in value.items():
        here = place.at(name)
        aliases = _names(mapping(category, here, ("aliases", "overhead"))["aliases"], here.at("aliases"))
        if twice := taken.intersection(aliases):
            here.at("aliases").refuse(f"names {min(twice)}", "a name leads to one category")
        taken.update(aliases)
        _coefficients(category["overhead"], here.at("overhead"), complexities, every=False)


def _check_costs(value: Any, place: Place) -> list[str]:
    operations = mapping(value, place, PRICED_OPERATIONS)
    kinds = sorted(mapping(operations[PRICED_OPERATIONS[0]], place.at(PRICED_OPERATIONS[0])))
    if not kinds:
        place.at(PRICED_OPERATIONS[0]).refuse("is empty", "it has every file kind")
    for operation in PRICED_OPERATIONS:
        _coefficients(operations[operation], place.at(operation), kinds, every=True)
    return kinds


def _check_rules(value: Any, place: Place, kinds: list[str]) -> None:
    known = mapping(value, place, ("rules", "default"))
    one_of = f"it is one of {', '.join(kinds)}"
    text(known["default"], place.at("default"), one_of, kinds.__contains__)
    for index, rule in enumerate(items(known["rules"], place.at("rules"))):
        here = place.at("rules").at(index)
        text(mapping(rule, here, ("kind", "paths"))["kind"], here.at("kind"), one_of, kinds.__contains__)
        for glob in _names(rule["paths"], here.at("paths")):
            try:
                glob_regex(glob)
            except ValueError as error:
                here.at("paths").refuse(f"holds {shown(glob)}, which {error}", "see docs/path-rules.md")


def _check_margins(value: Any, place: Place) -> None:
    known = mapping(value, place, ("default", "cells"))
    whole(known["default"], place.at("default"), _LEAST_FACTOR, _MOST_FACTOR)
    for category, cells in mapping(known["cells"], place.at("cells")).items():
        here = place.at("cells").at(category)
        for complexity, factor in mapping(cells, here).items():
            whole(factor, here.at(complexity), _LEAST_FACTOR, _MOST_FACTOR)


def _check_interval(value: Any, place: Place) -> None:
    known = mapping(value, place, ("below", "above", "coverage"))
    whole(known["below"], place.at("below"), 0, 999)
    whole(known["above"], place.at("above"), 0, 10_000)
    if known["coverage"] is not None:
        whole(known["coverage"], place.at("coverage"), 1, 1000)

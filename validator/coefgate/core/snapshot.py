"""The snapshot file: canonical JSON and nothing else, so its sha256 is the registry's digest.

``schemas/snapshot.schema.json`` says the same as the checks here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from coefgate.core.json_shapes import (
    JsonPlace,
    Shape,
    anything,
    choice,
    entries,
    fields,
    form,
    known_number,
    line,
    mapping,
    number,
    optional,
    several,
    truth,
)
from coefgate.core.paths import glob_regex
from coefgate.core.strict_json import parsed, shown
from coefgate.core.vocabulary import CATEGORY_NAME, COMPLEXITIES, KIND_NAME, MAX_TOKENS

MAX_BYTES: Final = 4 * 1024 * 1024
"""No snapshot is larger; a reader stops here."""
FORMAT: Final = 1
SEMANTICS: Final = 1
_KEYS: Final = (
    *("format", "semantics", "unit", "complexities", "applies_to", "fallback", "no_deliverables"),
    *("categories", "marginal_costs", "file_kinds", "safety_margins", "interval"),
)
CATEGORY: Final = "a category is named by small letters, digits and -, beginning with a letter"
KIND: Final = "a file kind is named by small letters, digits, - and _, beginning with a letter"
MAX_NAME: Final = 100
MAX_KINDS: Final = 101
"""One for each path rule, and the default."""
_MAX_ITEMS: Final = 100
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
    """The canonical JSON: sorted keys, no white space, ASCII, one line without its end."""
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def read_snapshot(data: bytes, what: str, *, expected: str | None = None) -> Snapshot:
    """The snapshot in the bytes of a file; ``expected``: the digest that it must have.

    Raises ``InvalidDocument`` for another digest, for a newer format, and for whatever else is
    wrong with it.
    """
    place = JsonPlace(what, mend=_MEND)
    if len(data) > MAX_BYTES:
        place.refuse(f"has {len(data):,} bytes", f"no snapshot has more than {MAX_BYTES:,}")
    found = _digest(data)
    if expected is not None and found != expected:
        found = f"has the digest {found}, and {expected} was expected"
        place.refuse(found, "it was altered, or is not complete")
    content = parsed(data, what, _MEND)
    check_content(content, what, mend=_MEND)
    if canonical_bytes(content) != data:
        why = "it was edited, or written by another program"
        place.refuse("is not in canonical form, so its digest says nothing", why)
    return Snapshot(content, found)


def check_content(content: Any, what: str, *, mend: str = "") -> None:
    """Raise ``InvalidDocument``, which ends with ``mend``, unless ``content`` gives estimates."""
    place = JsonPlace(what, mend=mend)
    for key, known in (("format", FORMAT), ("semantics", SEMANTICS)):
        known_number(mapping(content, place), key, known, place)
    mapping(content, place, _KEYS)
    _check(content, place, _CONSTANT)
    complexities = content["complexities"]
    _check(content, place, _by_complexity(complexities))
    _check_aliases(content["categories"], place.at("categories"))
    kinds = sorted(content["marginal_costs"]["create"])
    _check(content, place, _by_kind(kinds))


def _check(content: Mapping[str, Any], place: JsonPlace, shapes: Mapping[str, Shape]) -> None:
    for key, shape in shapes.items():
        shape(content[key], place.at(key))


def is_category(name: str) -> bool:
    """May a category be called so?"""
    return len(name) <= MAX_NAME and CATEGORY_NAME.fullmatch(name) is not None


def is_kind(name: str) -> bool:
    """May a file kind be called so?"""
    return len(name) <= MAX_NAME and KIND_NAME.fullmatch(name) is not None


def _glob(value: Any, place: JsonPlace) -> str:
    known: str = line(_MAX_GLOB)(value, place)
    try:
        glob_regex(known)
    except ValueError as error:
        allowed = "globs are written as docs/path-rules.md says"
        place.refuse(f"is {shown(known)}, which {error}", allowed)
    return known


_COEFFICIENT: Final = fields(tokens=number(0, MAX_TOKENS), measured=truth)
_FACTOR: Final = number(1000, 10_000)
_CONSTANT: Final[Mapping[str, Shape]] = {
    "unit": form("it is call or turn", ("call", "turn").__contains__),
    "complexities": several(choice(COMPLEXITIES), least=1, most=len(COMPLEXITIES), once=True),
    "applies_to": several(line(_MAX_MODEL), least=1, most=_MAX_ITEMS, once=True),
    "fallback": fields(overhead=_COEFFICIENT),
    "interval": fields(
        below=number(0, 999), above=number(0, 10_000), coverage=optional(number(1, 1000))
    ),
}


def _by_complexity(names: Collection[str]) -> Mapping[str, Shape]:
    def cells(shape: Shape, every: Collection[str] = ()) -> Shape:
        allowed = f"the names are {', '.join(names)}"
        return entries(shape, names.__contains__, allowed, least=1, every=every)

    aliases = several(line(MAX_NAME), most=_MAX_ITEMS, once=True)
    category = fields(aliases=aliases, overhead=cells(_COEFFICIENT))
    margins = entries(cells(_FACTOR), is_category, CATEGORY)
    kinds = entries(anything, is_kind, KIND, least=1, most=MAX_KINDS)
    return {
        "no_deliverables": cells(_COEFFICIENT, every=names),
        "categories": entries(category, is_category, CATEGORY),
        "safety_margins": fields(default=_FACTOR, cells=margins),
        "marginal_costs": fields(create=kinds, modify=anything),
    }


def _by_kind(kinds: Collection[str]) -> Mapping[str, Shape]:
    allowed = f"the names are {', '.join(kinds)}"
    costs = entries(_COEFFICIENT, kinds.__contains__, allowed, least=1, every=kinds)
    rule = fields(kind=choice(kinds), paths=several(_glob, least=1, most=_MAX_ITEMS, once=True))
    return {
        "marginal_costs": fields(create=costs, modify=costs),
        "file_kinds": fields(default=choice(kinds), rules=several(rule, most=_MAX_ITEMS)),
    }


def _check_aliases(categories: Mapping[str, Any], place: JsonPlace) -> None:
    taken = set(categories)
    for name, category in categories.items():
        for index, alias in enumerate(category["aliases"]):
            if alias in taken:
                place.at(name).at("aliases").at(index).refuse(
                    f"is {shown(alias)}, a name that is taken", "a name leads to one category"
                )
            taken.add(alias)

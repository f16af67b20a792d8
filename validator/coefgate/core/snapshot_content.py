"""What a snapshot may hold, checked by a runner: every key, and each value under it.

``schemas/snapshot.schema.json`` says the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from itertools import pairwise
from typing import Any, Final

from coefgate.core import json_shapes as shapes
from coefgate.core.json_shapes import (
    JsonPlace,
    Shape,
    entries,
    fields,
    line,
    mapping,
    number,
    several,
)
from coefgate.core.paths import glob_regex
from coefgate.core.quantiles import MAX_QUANTILE
from coefgate.core.vocabulary import (
    CATEGORY_NAME,
    COMPLEXITY_NAME,
    KIND_NAME,
    MAX_CHARGED_BYTES,
    MAX_COMPLEXITIES,
    MAX_MODES,
    MAX_TOKENS,
)

FORMAT: Final = 1
OLDEST_SEMANTICS: Final = 1
SEMANTICS: Final = 2
"""The newest formula that this program computes, and with it every older one."""
_KEYS: Final = (
    *("format", "semantics", "unit", "complexities", "applies_to", "fallback", "no_deliverables"),
    *("categories", "marginal_costs", "file_kinds", "safety_margins"),
)
_ONLY_1: Final = ("interval",)
"""What semantics 2 says otherwise."""
_SINCE_2: Final = ("output_mode", "per_kilobyte", "model_factors", "retry", "intervals")
"""Keys that semantics 2 adds; there they stand always, null or empty where nothing is stated."""
_CATEGORY: Final = "a category is named by small letters, digits and -, beginning with a letter"
_COMPLEXITY: Final = (
    "a complexity is named by small letters, digits and -, beginning with a letter, and not "
    "default or overhead"
)
_KIND: Final = "a file kind is named by small letters, digits, - and _, beginning with a letter"
_MAX_NAME: Final = 100
_MAX_KINDS: Final = 101
"""One for each path rule, and the default."""
_MAX_ITEMS: Final = 100
_MAX_QUANTILES: Final = 50
_MAX_GLOB: Final = 200
_MAX_MODEL: Final = 500


def check_content(content: Any, place: JsonPlace) -> None:
    """Raise ``InvalidDocument`` unless ``content`` gives estimates."""
    shapes.known_number(mapping(content, place), "format", FORMAT, place)
    shapes.known_number(content, "semantics", SEMANTICS, place, oldest=OLDEST_SEMANTICS)
    mapping(content, place, keys_of(content["semantics"]))
    complexities = _COMPLEXITIES(content["complexities"], place.at("complexities"))
    costs = _MARGINAL_COSTS(content["marginal_costs"], place.at("marginal_costs"))
    for key, shape in _shapes(complexities, sorted(costs["create"])).items():
        if key in content:
            shape(content[key], place.at(key))
    _check_aliases(content["categories"], place.at("categories"))
    _check_assumed(content.get("per_kilobyte", {}), place.at("per_kilobyte"))


def keys_of(semantics: int) -> tuple[str, ...]:
    """The keys of a snapshot, all of which it has."""
    return (*_KEYS, *(_ONLY_1 if semantics == OLDEST_SEMANTICS else _SINCE_2))


def _named(pattern: re.Pattern[str]) -> Callable[[str], object]:
    return lambda name: len(name) <= _MAX_NAME and pattern.fullmatch(name)


def _glob(value: Any, place: JsonPlace) -> str:
    known: str = line(_MAX_GLOB)(value, place)
    try:
        glob_regex(known)
    except ValueError as error:
        allowed = "globs are written as docs/reference/path-rules.md says"
        place.refuse(f"is {shapes.shown(known)}, which {error}", allowed)
    return known


_COMPLEXITIES: Final = several(
    shapes.form(_COMPLEXITY, _named(COMPLEXITY_NAME)), least=1, most=MAX_COMPLEXITIES, once=True
)
_MARGINAL_COSTS: Final = fields(
    create=entries(shapes.anything, _named(KIND_NAME), _KIND, least=1, most=_MAX_KINDS),
    modify=shapes.anything,
)
_COEFFICIENT: Final = fields(tokens=number(0, MAX_TOKENS), measured=shapes.truth)
_FACTOR: Final = number(1000, 10_000)
_MODEL_FACTOR: Final = number(1, 100_000)
_RETRY_FACTOR: Final = fields(factor=_FACTOR, measured=shapes.truth)
_MAX_MODELS: Final = 10
"""Globs of one rule."""
_MODE: Final = line(_MAX_NAME)
_PER_KILOBYTE: Final = fields(
    tokens=number(0, MAX_TOKENS),
    measured=shapes.truth,
    up_to=number(1, MAX_CHARGED_BYTES),
    assumed=number(0, MAX_CHARGED_BYTES),
    output_modes=several(_MODE, least=1, most=MAX_MODES, once=True),
)
_QUANTILE: Final = fields(share=number(1, 999), factor=number(0, MAX_QUANTILE))


def _quantiles(least: int = 0) -> Shape:
    """Quantiles whose shares rise and whose factors never fall."""
    listed = several(_QUANTILE, least=least, most=_MAX_QUANTILES)

    def read(value: Any, place: JsonPlace) -> Any:
        for at, (before, after) in enumerate(pairwise(listed(value, place)), 1):
            if after["share"] <= before["share"]:
                place.at(at).at("share").refuse(f"is {after['share']}", "shares rise")
            if after["factor"] < before["factor"]:
                found = f"is {after['factor']}, below {before['factor']}"
                place.at(at).at("factor").refuse(found, "factors never fall as shares rise")
        return value

    return read


def _shapes(complexities: Collection[str], kinds: Collection[str]) -> Mapping[str, Shape]:
    """What stands under each key of a registry with these names."""

    def by_name(
        shape: Shape, names: Collection[str], every: Collection[str] = (), least: int = 1
    ) -> Shape:
        allowed = f"the names are {', '.join(names)}"
        return entries(shape, names.__contains__, allowed, least=least, every=every)

    def by_category(shape: Shape) -> Shape:
        return entries(shape, _named(CATEGORY_NAME), _CATEGORY)

    kind = shapes.choice(kinds)
    paths = several(_glob, least=1, most=_MAX_ITEMS, once=True)
    costs = by_name(_COEFFICIENT, kinds, every=kinds)
    aliases = several(line(_MAX_NAME), most=_MAX_ITEMS, once=True)
    overhead = by_name(_COEFFICIENT, complexities)
    coverage = shapes.optional(number(1, 1000))
    return {
        "unit": shapes.form("it is call or turn", ("call", "turn").__contains__),
        "applies_to": several(line(_MAX_MODEL), least=1, most=_MAX_ITEMS, once=True),
        "fallback": fields(overhead=_COEFFICIENT),
        "no_deliverables": by_name(_COEFFICIENT, complexities, every=complexities),
        "categories": by_category(fields(aliases=aliases, overhead=overhead)),
        "marginal_costs": fields(create=costs, modify=costs),
        "file_kinds": fields(
            default=kind, rules=several(fields(kind=kind, paths=paths), most=_MAX_ITEMS)
        ),
        "safety_margins": fields(
            default=_FACTOR, cells=by_category(by_name(_FACTOR, complexities))
        ),
        "interval": fields(below=number(0, 999), above=number(0, 10_000), coverage=coverage),
        "intervals": fields(
            all=_quantiles(),
            categories=by_category(_quantiles(1)),
            cells=by_category(by_name(_quantiles(1), complexities)),
        ),
        "output_mode": shapes.optional(_MODE),
        "per_kilobyte": by_name(_PER_KILOBYTE, kinds, least=0),
        "model_factors": shapes.optional(
            fields(
                rules=several(
                    fields(
                        models=several(line(_MAX_MODEL), least=1, most=_MAX_MODELS, once=True),
                        factor=_MODEL_FACTOR,
                    ),
                    least=1,
                    most=_MAX_ITEMS,
                ),
                default=_MODEL_FACTOR,
            )
        ),
        "retry": shapes.optional(
            fields(after_complete=_RETRY_FACTOR, after_cut_off=_RETRY_FACTOR)
        ),
    }


def _check_assumed(per_kilobyte: Mapping[str, Any], place: JsonPlace) -> None:
    for kind, value in per_kilobyte.items():
        if value["assumed"] > value["up_to"]:
            place.at(kind).at("assumed").refuse(
                f"is {value['assumed']:,}, and up_to is {value['up_to']:,}",
                "no more bytes are assumed than are charged",
            )


def _check_aliases(categories: Mapping[str, Any], place: JsonPlace) -> None:
    taken = set(categories)
    for name, category in categories.items():
        for index, alias in enumerate(category["aliases"]):
            if alias in taken:
                place.at(name).at("aliases").at(index).refuse(
                    f"is {shapes.shown(alias)}, a name that is taken",
                    "a name belongs to one category",
                )
            taken.add(alias)

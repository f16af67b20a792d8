"""Names that no longer lead where they led: keys, categories, aliases and models."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import OVERHEAD, REGISTRY, FileChanges, Fileset
from coefgate.drill.kinds.calls import eligible
from coefgate.drill.kinds.drawing import DRAWS, far, one_of, up
from coefgate.drill.kinds.parts import (
    NO_CATEGORY,
    PRIOR,
    dispensable,
    renamed,
    taken_out,
    unused_name,
    with_aliases,
    without_margins,
)
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import Kind, NotPlantable, Plant, regression
from coefgate.drill.yaml_text import dumped

_REMOVED: Final = frozenset(("coefficient-removed",))
NO_ALIAS: Final = "no category has an alias"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")


def _key_removed(state: Fileset, rng: Random) -> Plant:
    many = [
        (category, file)
        for category, file in state.categories.items()
        if len(state.document(file)["overhead"]) > 1
    ]
    category, file = one_of(rng, many, "every category has one complexity only")
    document = state.draft(file)
    complexity = rng.choice(sorted(document["overhead"]))
    old = document["overhead"].pop(complexity)["tokens"]
    changed: FileChanges = {file: dumped(document), **without_margins(state, category, complexity)}
    return Plant(file, f"{category}.{complexity} {old} → gone", changed, _REMOVED)


def _category_removed(state: Fileset, rng: Random) -> Plant:
    category = one_of(rng, dispensable(state), "there is only one category")
    return Plant(
        state.categories[category], f"{category} → gone", taken_out(state, category), _REMOVED
    )


def _aliases(state: Fileset) -> list[tuple[str, str]]:
    return [(alias, category) for alias, category in state.canonical.items() if alias != category]


def _alias_removed(state: Fileset, rng: Random) -> Plant:
    alias, category = one_of(rng, _aliases(state), NO_ALIAS)
    file = state.categories[category]
    document = state.draft(file)
    left = [name for name in document["aliases"] if name != alias]
    changed: FileChanges = {file: dumped(with_aliases(document, left))}
    return Plant(file, f"alias {alias} of {category} → gone", changed, _REMOVED)


def _alias_hijacked(state: Fileset, rng: Random) -> Plant:
    for _ in range(DRAWS):
        alias, category = one_of(rng, _aliases(state), NO_ALIAS)
        others = [name for name in state.categories if name != category]
        other = one_of(rng, others, "there is only one category")
        source, target = (
            state.draft(state.categories[category]),
            state.draft(state.categories[other]),
        )
        left = [name for name in source["aliases"] if name != alias]
        changed = {
            state.categories[category]: dumped(with_aliases(source, left)),
            state.categories[other]: dumped(
                with_aliases(target, [*target.get("aliases", []), alias])
            ),
        }
        broken = Opinion(state, state.after(changed)).broken
        if broken and source["overhead"] != target["overhead"]:
            what = f"alias {alias} of {category} → {other}"
            return Plant(state.categories[other], what, changed, broken)
    raise NotPlantable("nothing measurable to plant here")


def _renamed_to_dodge(state: Fileset, rng: Random) -> Plant:
    for _ in range(DRAWS):
        category = one_of(rng, sorted(state.categories), NO_CATEGORY)
        times = max(up(rng), Fraction(21, 10))
        new = unused_name(state, rng)
        changed = renamed(state, category, new, times)
        broken = Opinion(state, state.after(changed)).broken
        if "swing" in broken:
            what = f"{category} → {new}, values × {float(times):.2f}, alias {category}"
            return Plant(state.categories[category], what, changed, broken)
    raise NotPlantable("every overhead is 0")


def _models_narrowed(state: Fileset, rng: Random) -> Plant:
    document = state.draft(REGISTRY)
    old = list(document["applies_to"])
    dropped = rng.choice(old)
    kept = [glob for glob in old if glob != dropped]
    document["applies_to"] = kept or [
        f"{dropped.rstrip('*')}{rng.choice(('opus', 'next', 'small'))}-*"
    ]
    document.pop("acknowledge", None)
    what = f"applies_to {', '.join(old)} → {', '.join(document['applies_to'])}"
    return Plant(REGISTRY, what, {REGISTRY: dumped(document)}, _REMOVED)


def _models_widened(state: Fileset, rng: Random) -> Plant:
    """The registry says that it is made for models of which no stored call is."""
    document = state.draft(REGISTRY)
    old = document["applies_to"]

    def takes(globs: Iterable[str], model: str) -> bool:
        return any(fnmatchcase(model, glob) for glob in globs)

    models = {one.fields["model"] for one in eligible(state)} - {None}
    foreign = [model for model in models if not takes(old, model)]
    globs = ["*", "gpt-*", f"drill-{rng.randint(1, 999)}-*"]
    unused = [
        glob
        for glob in globs
        if not takes(old, glob) and not any(takes([glob], one) for one in foreign)
    ]
    new = one_of(rng, unused, "the registry is made for every model already")
    document["applies_to"] = [*old, new]
    document.pop("acknowledge", None)
    changed: FileChanges = {REGISTRY: dumped(document)}
    return Plant(REGISTRY, f"applies_to takes {new} as well", changed, frozenset(("unmeasured",)))


def _unit(state: Fileset, _rng: Random) -> Plant:
    document = state.draft(REGISTRY)
    old = document["unit"]
    document["unit"] = "turn" if old == "call" else "call"
    eligible(state)
    changed: FileChanges = {REGISTRY: dumped(document)}
    return Plant(
        REGISTRY, f"unit {old} → {document['unit']}", changed, frozenset(("cell-shrunk",))
    )


def _alias_promoted(state: Fileset, rng: Random) -> Plant:
    """An alias becomes a category of its own, which nobody has compared with anything."""
    for _ in range(DRAWS):
        alias, category = one_of(
            rng, [(a, c) for a, c in _aliases(state) if _NAME.fullmatch(a)], NO_ALIAS
        )
        document = state.draft(state.categories[category])
        left = [name for name in document["aliases"] if name != alias]
        times = max(up(rng), Fraction(21, 10))
        overhead = {
            complexity: {"tokens": min(1_000_000, round(entry["tokens"] * times)), "basis": PRIOR}
            for complexity, entry in document["overhead"].items()
        }
        changed = {
            state.categories[category]: dumped(with_aliases(document, left)),
            f"{OVERHEAD}/{alias}.yaml": dumped(
                {"category": alias, "aliases": [], "overhead": overhead}
            ),
        }
        broken = Opinion(state, state.after(changed)).broken
        if "swing" in broken:
            what = f"alias {alias} of {category} → a category with values × {float(times):.2f}"
            return Plant(f"{OVERHEAD}/{alias}.yaml", what, changed, broken)
    raise NotPlantable("every overhead is 0")


def _alias_to_another_price(state: Fileset, rng: Random) -> Plant:
    """A new category, which no call uses; then an alias that leads to its values."""
    for _ in range(DRAWS):
        alias, category = one_of(rng, _aliases(state), NO_ALIAS)
        source, times, new = (
            state.draft(state.categories[category]),
            far(rng),
            unused_name(state, rng),
        )
        file = f"{OVERHEAD}/{new}.yaml"
        overhead = {
            complexity: {"tokens": min(1_000_000, round(entry["tokens"] * times)), "basis": PRIOR}
            for complexity, entry in source["overhead"].items()
        }
        target = {"category": new, "aliases": [], "overhead": overhead}
        added: FileChanges = {file: dumped(target)}
        base = state.after(added)
        left = [name for name in source["aliases"] if name != alias]
        changed = {
            state.categories[category]: dumped(with_aliases(source, left)),
            file: dumped(with_aliases(target, [alias])),
        }
        broken = Opinion(base, base.after(changed)).broken
        if "swing" in broken:
            what = f"{new} added, then alias {alias} of {category} → {new}, values × {float(times):.2f}"
            return Plant(file, what, changed, broken, ({}, added))
    raise NotPlantable("every overhead is 0")


KINDS: Final[tuple[Kind, ...]] = (
    regression("overhead-removed", "the overhead of a cell taken out", _key_removed),
    regression("category-removed", "a whole category taken out", _category_removed),
    regression("alias-removed", "an alias taken out", _alias_removed),
    regression(
        "alias-hijacked", "an alias moved to a category with other values", _alias_hijacked
    ),
    regression(
        "alias-to-another-price",
        "an alias moved to a category that came in before, with values × or ÷ 2 to 5",
        _alias_to_another_price,
    ),
    regression(
        "alias-promoted", "an alias made a category with values × 2.1 to 5", _alias_promoted
    ),
    regression(
        "category-renamed",
        "a category renamed, with an alias, and its values × 2.1 to 5",
        _renamed_to_dodge,
    ),
    regression(
        "applies-to-narrowed", "fewer models that the registry is made for", _models_narrowed
    ),
    regression(
        "models-widened", "models that the registry is made for and no call shows", _models_widened
    ),
    regression("unit-changed", "another unit, in which no stored call counts", _unit),
)

"""Names that are taken out, moved, widened or new: categories, keys, aliases, models, the unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import MARGINS, OVERHEAD, REGISTRY, FileChanges, Fileset, dumped
from coefgate.drill.kinds import opinions
from coefgate.drill.kinds.intervals import renamed_scopes, without_intervals
from coefgate.drill.kinds.lines import eligible
from coefgate.drill.kinds.margins import NO_CATEGORY
from coefgate.drill.kinds.priors import renamed_prior, without_prior
from coefgate.drill.kinds.verbs import Factors, far, set_to, shown_by_calls, until, up
from coefgate.drill.plant import Plant, one_of, passes, stopped, stopped_by

PRIOR: Final = {"kind": "prior", "reference": "https://coefgate.invalid/drill"}
"""The basis of a number that claims no sample."""
_MANY: Final = 120
_ONE_CATEGORY: Final = "there is only one category"


def _file_of(category: str) -> str:
    return f"{OVERHEAD}/{category}.yaml"


def _unused_name(state: Fileset, rng: Random) -> str:
    """A name with which none of a category, an alias or a stored call begins."""
    labels = {str(one.fields["category"]) for one in state.stored} | set(state.canonical)
    name = f"drill-{rng.randint(1, 9999)}"
    while any(label.startswith(name) for label in labels):
        name = f"drill-{rng.randint(1, 9999)}"
    return name


def much_dearer(rng: Random) -> Fraction:
    """A factor from 2.1 to 5."""
    return max(up(rng), Fraction(21, 10))


def priced(overhead: Mapping[str, Any], times: Fraction, basis: Any = PRIOR) -> dict[str, Any]:
    """Prices multiplied, each with this basis, or with its own one where there is none."""
    replaced = {"tokens", "basis", "acknowledge"}
    return {
        complexity: {
            **{key: value for key, value in entry.items() if key not in replaced},
            "tokens": min(1_000_000, round(entry["tokens"] * times)),
            "basis": basis or entry["basis"],
        }
        for complexity, entry in overhead.items()
    }


def with_aliases(document: Mapping[str, Any], *more: str) -> dict[str, Any]:
    """A category with its aliases and ``more``."""
    return {**document, "aliases": [*document.get("aliases", ()), *more]}


def _new(name: str, overhead: Mapping[str, Any], *aliases: str) -> dict[str, bytes]:
    document = {"category": name, "aliases": list(aliases), "overhead": overhead}
    return {_file_of(name): dumped(document)}


def _overhead(state: Fileset, category: str) -> Any:
    return state.document(state.categories[category])["overhead"]


def _without_alias(state: Fileset, category: str, alias: str) -> dict[str, bytes]:
    file = state.categories[category]
    document = state.draft(file)
    document["aliases"].remove(alias)
    return {file: dumped(document)}


def _without_margins(
    state: Fileset, category: str, complexity: str | None = None
) -> dict[str, bytes]:
    """The margins and intervals without those of a cell, or of a category, if there are any."""
    margins = state.draft(MARGINS)
    cells = margins.get("cells") or {}
    found = without_intervals(margins, category, complexity)
    if category in cells:
        cells[category].pop(complexity, None)
        if complexity is None or not cells[category]:
            del cells[category]
        found = True
    return {MARGINS: dumped(margins)} if found else {}


def dispensable(state: Fileset, rng: Random) -> list[str]:
    """The categories of which one may go, in any order; none where there is only one."""
    names = sorted(state.categories)
    return rng.sample(names, len(names)) if len(names) > 1 else []


def taken_out(state: Fileset, category: str) -> FileChanges:
    """The files without a category."""
    return {
        state.categories[category]: None,
        **_without_margins(state, category),
        **without_prior(state, category),
    }


def key_removed(state: Fileset, rng: Random) -> Plant:
    """Take the overhead of a cell out."""
    many = [one for one in state.categories if len(_overhead(state, one)) > 1]
    category = one_of(rng, many, "every category has one complexity only")
    file = state.categories[category]
    document = state.draft(file)
    complexity = rng.choice(sorted(document["overhead"]))
    old = document["overhead"].pop(complexity)["tokens"]
    changed = {file: dumped(document), **_without_margins(state, category, complexity)}
    return Plant(f"{category}.{complexity} {old} → gone", changed)


def _category_removed(state: Fileset, rng: Random) -> Plant:
    names = sorted(state.categories) if len(state.categories) > 1 else []
    category = one_of(rng, names, _ONE_CATEGORY)
    return Plant(f"{category} → gone", taken_out(state, category))


def _alias(state: Fileset, rng: Random, named: str = ".*") -> tuple[str, str]:
    names = state.canonical.items()
    aliases = [pair for pair in names if pair[0] != pair[1] and re.fullmatch(named, pair[0])]
    return one_of(rng, aliases, "no category has an alias")


def _alias_removed(state: Fileset, rng: Random) -> Plant:
    alias, category = _alias(state, rng)
    return Plant(f"alias {alias} of {category} → gone", _without_alias(state, category, alias))


def _alias_hijacked(state: Fileset, rng: Random) -> Plant | None:
    alias, category = _alias(state, rng)
    others = [name for name in state.categories if name != category]
    other = one_of(rng, others, _ONE_CATEGORY)
    target = state.draft(state.categories[other])
    if _overhead(state, category) == target["overhead"]:
        return None
    given = dumped(with_aliases(target, alias))
    changed = {state.categories[other]: given, **_without_alias(state, category, alias)}
    return Plant(f"alias {alias} of {category} → {other}", changed)


def _alias_promoted(state: Fileset, rng: Random) -> Plant:
    """An alias becomes a category of its own, which nobody has compared with anything."""
    alias, category = _alias(state, rng, "[a-z][a-z0-9-]*")
    times = much_dearer(rng)
    own = _new(alias, priced(_overhead(state, category), times))
    changed = {**own, **_without_alias(state, category, alias)}
    what = f"alias {alias} of {category} → a category with values × {float(times):.2f}"
    return Plant(what, changed)


def _alias_to_another_price(state: Fileset, rng: Random) -> Plant:
    """A new category, which no call uses; then an alias that leads to its values."""
    alias, category = _alias(state, rng)
    times, new = far(rng), _unused_name(state, rng)
    overhead = priced(_overhead(state, category), times)
    what = f"{new} added, then alias {alias} of {category} → {new}, values × {float(times):.2f}"
    changed = {**_new(new, overhead, alias), **_without_alias(state, category, alias)}
    return Plant(what, changed, past=({}, _new(new, overhead)))


def _renamed(state: Fileset, rng: Random, factor: Factors) -> Plant:
    """A category under another name, its old one as an alias, with its overheads multiplied."""
    category = one_of(rng, sorted(state.categories), NO_CATEGORY)
    times, new = factor(rng), _unused_name(state, rng)
    document = state.draft(state.categories[category]) | {"category": new}
    document["overhead"] = priced(document["overhead"], times, None)
    renamed = dumped(with_aliases(document, category))
    changed: FileChanges = {state.categories[category]: None, _file_of(new): renamed}
    changed = {
        **changed,
        **renamed_scopes(state, category, new),
        **renamed_prior(state, category, new),
    }
    at = f"renames.{category}"
    told = {f"{at}.head": new, f"{at}.kept": True, f"{at}.moved": 0} if times == 1 else {}
    what = f"{category} → {new}, values × {float(times):.2f}, alias {category}"
    return Plant(what, changed, report=told)


def _models_narrowed(state: Fileset, rng: Random) -> Plant:
    old = list(state.document(REGISTRY)["applies_to"])
    dropped = rng.choice(old)
    kept = [glob for glob in old if glob != dropped]
    new = kept or [f"{dropped.rstrip('*')}{rng.choice(('opus', 'next', 'small'))}-*"]
    return set_to(state, REGISTRY, ("applies_to",), new)


def _models_widened(state: Fileset, rng: Random) -> Plant:
    old = state.document(REGISTRY)["applies_to"]

    def is_foreign(model: str) -> bool:
        return not any(fnmatchcase(model, glob) for glob in old)

    models = {one.fields["model"] for one in eligible(state)} - {None}
    foreign = list(filter(is_foreign, models))
    globs = filter(is_foreign, ("*", "gpt-*", f"drill-{rng.randint(1, 999)}-*"))
    unused = [glob for glob in globs if not any(fnmatchcase(one, glob) for one in foreign)]
    new = one_of(rng, unused, "the registry is made for every model already")
    return set_to(state, REGISTRY, ("applies_to",), [*old, new])


def another_unit(state: Fileset, _rng: Random) -> Plant:
    """The unit in which no stored call counts."""
    old = state.document(REGISTRY)["unit"]
    return set_to(state, REGISTRY, ("unit",), "turn" if old == "call" else "call")


def _new_category(state: Fileset, rng: Random) -> Plant:
    name = _unused_name(state, rng)
    like = one_of(rng, sorted(state.categories), NO_CATEGORY)
    order = state.document(REGISTRY)["complexities"]
    overhead = _prior([one for one in order if one in _overhead(state, like)], rng)
    tokens = ", ".join(str(entry["tokens"]) for entry in overhead.values())
    return Plant(f"a new category with {tokens} tokens", _new(name, overhead))


def _prior(complexities: list[str], rng: Random) -> dict[str, Any]:
    tokens = sorted(rng.randint(100, 9000) for _ in complexities)
    values = zip(complexities, tokens, strict=True)
    return {complexity: {"tokens": number, "basis": PRIOR} for complexity, number in values}


def _many_categories(state: Fileset, rng: Random) -> Plant:
    """More names than anybody looks through: judging must not cost their square."""
    order, name = state.document(REGISTRY)["complexities"], _unused_name(state, rng)
    several = [_new(f"{name}-{number}", _prior(order, rng)) for number in range(_MANY)]
    changed = {file: new for one in several for file, new in one.items()}
    return Plant(f"{_MANY} new categories", changed)


_far_dearer: Final = partial(until, wanted=opinions.swings, nothing="every overhead is 0")

# fmt: off
REGRESSIONS: Final = (
    *stopped_by("coefficient-removed",
        ("overhead-removed", "the overhead of a cell removed", key_removed),
        ("category-removed", "a whole category removed", _category_removed),
        ("alias-removed", "an alias removed", _alias_removed),
    ),
    stopped("alias-hijacked", "an alias moved to a category with other values",
        until(_alias_hijacked, opinions.breaks_a_rule)),
    stopped("alias-to-another-price",
        "an alias moved to a category that came in before, with values × or ÷ 2 to 5",
        _far_dearer(_alias_to_another_price)),
    stopped("alias-promoted", "an alias made a category with values × 2.1 to 5",
        _far_dearer(_alias_promoted)),
    stopped("category-renamed", "a category renamed, with an alias, and its values × 2.1 to 5",
        _far_dearer(partial(_renamed, factor=much_dearer))),
    stopped("applies-to-narrowed", "fewer models that the registry is made for", _models_narrowed,
        by="coefficient-removed"),
    stopped("models-widened", "models that the registry is made for and no call shows",
        _models_widened, by="unmeasured"),
    stopped("unit-changed", "another unit, in which no stored call counts",
        shown_by_calls(another_unit), by="cell-shrunk"),
)
HARMLESS: Final = (
    passes("new-category", "a new category without stored calls that says so", _new_category),
    passes("many-categories", "120 new categories without stored calls that say so",
        _many_categories),
    passes("renamed-with-alias", "a category renamed, with an alias and equal values",
        partial(_renamed, factor=lambda _: Fraction(1))),
)
# fmt: on

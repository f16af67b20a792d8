"""Coefficients that get better, or at least not worse."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import OVERHEAD, REGISTRY, Fileset
from coefgate.drill.kinds.calls import eligible
from coefgate.drill.kinds.drawing import (
    Drawn,
    draw,
    far,
    is_harmless,
    near,
    one_of,
    small_change,
)
from coefgate.drill.kinds.parts import NO_CATEGORY, PRIOR, renamed, unused_name
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import Kind, NotPlantable, Plant, harmless
from coefgate.drill.yaml_text import dumped


def _better(state: Fileset, rng: Random) -> Plant:
    """A number that makes the mean SMAPE smaller and breaks nothing."""
    eligible(state)
    before = Opinion(state, state).figures(state, added=False)

    def is_better(found: Drawn) -> bool:
        after = found.judgement.figures(found.judgement.head, added=False)
        return bool(before and after and after.smape < before.smape) and is_harmless(found)

    found = draw(
        state, rng, near, is_better, nothing="no single number can be made better without harm"
    )
    return Plant(found.number.file, found.what, found.changed)


def _small(state: Fileset, rng: Random) -> Plant:
    found = small_change(state, rng)
    return Plant(found.number.file, found.what, found.changed)


def _acknowledged_swing(state: Fileset, rng: Random) -> Plant:
    found = draw(
        state,
        rng,
        far,
        lambda one: "swing" in one.judgement.broken and not one.judgement.measured,
        nothing="every step of 2× or more hurts stored calls",
    )
    return Plant(found.number.file, f"{found.what}, acknowledged", found.acknowledged(state))


def _new_category(state: Fileset, rng: Random) -> Plant:
    name = unused_name(state, rng)
    like = state.document(one_of(rng, sorted(state.categories.values()), NO_CATEGORY))["overhead"]
    tokens = sorted(rng.randint(100, 9000) for _ in like)
    document = {
        "category": name,
        "aliases": [],
        "overhead": {
            complexity: {"tokens": number, "basis": PRIOR}
            for complexity, number in zip(
                sorted(like, key=("low", "medium", "high").index), tokens, strict=True
            )
        },
    }
    file = f"{OVERHEAD}/{name}.yaml"
    return Plant(
        file, f"a new category with {', '.join(map(str, tokens))} tokens", {file: dumped(document)}
    )


def _many_categories(state: Fileset, rng: Random) -> Plant:
    """More names than anybody looks through: what judging costs must not grow with their square."""
    first, known = rng.randint(1, 9000), set(state.canonical)
    labels = {str(one.fields["category"]) for one in state.stored}
    names = [f"drill-many-{first + n}" for n in range(_MANY)]
    changed = {}
    for name in names:
        if name in known | labels:
            raise NotPlantable("the names that would be new are taken")
        tokens = sorted(rng.randint(100, 9000) for _ in state.document(REGISTRY)["complexities"])
        overhead = {
            complexity: {"tokens": number, "basis": dict(PRIOR)}
            for complexity, number in zip(
                state.document(REGISTRY)["complexities"], tokens, strict=True
            )
        }
        changed[f"{OVERHEAD}/{name}.yaml"] = dumped({"category": name, "overhead": overhead})
    return Plant(f"{OVERHEAD}/{names[0]}.yaml", f"{_MANY} new categories", changed)


def _renamed(state: Fileset, rng: Random) -> Plant:
    category = one_of(rng, sorted(state.categories), NO_CATEGORY)
    new = unused_name(state, rng)
    what = f"{category} → {new}, with the alias {category} and equal values"
    told = {
        f"renames.{category}.{key}": said
        for key, said in (("head", new), ("kept", True), ("moved", 0))
    }
    return Plant(state.categories[category], what, renamed(state, category, new), told=told)


_MANY: Final = 120

KINDS: Final[tuple[Kind, ...]] = (
    harmless(
        "better-coefficient", "a number that makes figures better and harms nothing", _better
    ),
    harmless("no-harm", "a number that moves a little and harms nothing", _small),
    harmless(
        "acknowledged-swing",
        "an acknowledged step of 2× or more that hurts no call",
        _acknowledged_swing,
    ),
    harmless("new-category", "a new category without stored calls that says so", _new_category),
    harmless(
        "many-categories", "120 new categories without stored calls that say so", _many_categories
    ),
    harmless("renamed-with-alias", "a category renamed, with an alias and equal values", _renamed),
)

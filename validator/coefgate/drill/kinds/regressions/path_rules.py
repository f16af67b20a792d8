"""Paths that get another file kind, and kinds that get another name."""

from __future__ import annotations

import re
from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import FILE_KINDS, MARGINAL, FileChanges, Fileset
from coefgate.drill.kinds.drawing import DRAWS, one_of, up
from coefgate.drill.kinds.parts import PRIOR
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import Kind, NotPlantable, Plant, regression
from coefgate.drill.yaml_text import dumped

_BRACES: Final = re.compile(r"\{([^{}]+)\}")


def _rules_reordered(state: Fileset, rng: Random) -> Plant:
    old = state.document(FILE_KINDS)["rules"]
    for _ in range(DRAWS if len(old) > 1 else 0):
        document = state.draft(FILE_KINDS)
        document.pop("acknowledge", None)
        moved, at = rng.sample(range(len(old)), 2)
        document["rules"].insert(at, document["rules"].pop(moved))
        changed = {FILE_KINDS: dumped(document)}
        broken = Opinion(state, state.after(changed)).broken
        if broken:
            what = f"the rule for {old[moved]['kind']} from place {moved + 1} → {at + 1}"
            return Plant(FILE_KINDS, what, changed, broken)
    raise NotPlantable("no order of the path rules makes anything worse")


def _rule_widened(state: Fileset, rng: Random) -> Plant:
    for _ in range(DRAWS):
        document = state.draft(FILE_KINDS)
        document.pop("acknowledge", None)
        if not document["rules"]:
            break
        rule = rng.choice(document["rules"])
        glob = rng.choice(("*", "**/*", "*.*", "{src,lib,app,docs,tests}/**", "*.py", "*.md"))
        if any(glob in one["paths"] for one in document["rules"]):
            continue
        rule["paths"].append(glob)
        changed = {FILE_KINDS: dumped(document)}
        judgement = Opinion(state, state.after(changed))
        if judgement.measured:
            what = f"the rule for {rule['kind']} takes {glob} as well"
            return Plant(FILE_KINDS, what, changed, judgement.broken)
    raise NotPlantable("no wider rule makes anything worse")


def _choice_widened(state: Fileset, rng: Random) -> Plant:
    """One more option in the braces of a glob, which takes no stored path."""
    document = state.draft(FILE_KINDS)
    document.pop("acknowledge", None)
    places = [
        (rule, index)
        for rule in document["rules"]
        for index, glob in enumerate(rule["paths"])
        if _BRACES.search(glob)
    ]
    rule, index = one_of(rng, places, "no path rule has a choice")
    old = rule["paths"][index]
    new = _BRACES.sub(lambda found: f"{{{found[1]},drill{rng.randint(1, 999)}}}", old, count=1)
    rule["paths"][index] = new
    changed = {FILE_KINDS: dumped(document)}
    broken = Opinion(state, state.after(changed)).broken
    if not broken:
        raise NotPlantable("a stored path has this name")
    return Plant(FILE_KINDS, f"{old} → {new}", changed, broken)


def _default_changed(state: Fileset, rng: Random) -> Plant:
    old = state.document(FILE_KINDS)["default"]
    kinds = sorted(set(state.document(MARGINAL)["marginal_costs"]["create"]) - {old})
    rng.shuffle(kinds)
    for kind in kinds:
        document = state.draft(FILE_KINDS)
        document.pop("acknowledge", None)
        if all(rule["kind"] != old for rule in document["rules"]):
            document["rules"].append(
                {"kind": old, "paths": ["/drill/**"]}
            )  # a kind with a cost needs a rule
        document["default"] = kind
        changed = {FILE_KINDS: dumped(document)}
        judgement = Opinion(state, state.after(changed))
        if judgement.measured:
            return Plant(FILE_KINDS, f"default {old} → {kind}", changed, judgement.broken)
    raise NotPlantable("no other default makes anything worse")


def _kind_renamed(state: Fileset, rng: Random) -> Plant:
    """A file kind under another name, with other costs that nothing is compared with."""
    rules, costs = state.draft(FILE_KINDS), state.draft(MARGINAL)
    rules.pop("acknowledge", None)
    old = one_of(rng, sorted(costs["marginal_costs"]["create"]), "there is no file kind")
    new, times = f"drill-{rng.randint(1, 999)}", max(up(rng), Fraction(21, 10))
    for rule in rules["rules"]:
        rule["kind"] = new if rule["kind"] == old else rule["kind"]
    rules["default"] = new if rules["default"] == old else rules["default"]
    for kinds in costs["marginal_costs"].values():
        tokens = round(kinds.pop(old)["tokens"] * times)
        kinds[new] = {"tokens": min(1_000_000, tokens), "basis": PRIOR}
    changed: FileChanges = {FILE_KINDS: dumped(rules), MARGINAL: dumped(costs)}
    what = f"the file kind {old} → {new}, costs × {float(times):.2f}"
    return Plant(MARGINAL, what, changed, frozenset(("coefficient-removed",)))


KINDS: Final[tuple[Kind, ...]] = (
    regression("rules-reordered", "a path rule moved before another", _rules_reordered),
    regression("rule-widened", "a path rule that takes paths of other kinds", _rule_widened),
    regression(
        "rule-choice-widened",
        "one more choice in a path rule, for no stored path",
        _choice_widened,
    ),
    regression(
        "default-kind-changed", "another kind for paths that no rule matches", _default_changed
    ),
    regression("kind-renamed", "a file kind renamed, and its costs × 2.1 to 5", _kind_renamed),
)

"""Paths that get another file kind, and kinds that get another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Final

from coefgate.drill.fileset import FILE_KINDS, MARGINAL, FileChanges, Fileset, dumped
from coefgate.drill.kinds.names import much_dearer, priced
from coefgate.drill.kinds.opinions import breaks_a_rule, is_worse
from coefgate.drill.kinds.priors import renamed_kind_prior
from coefgate.drill.kinds.verbs import first_that, until
from coefgate.drill.plant import Plant, one_of, stopped

_BRACES: Final = re.compile(r"\{([^{}]+)\}")
_NO_WIDER: Final = "no wider rule makes anything worse"


def _reordered(state: Fileset, rng: Random) -> Plant | None:
    document = state.draft(FILE_KINDS)
    rules = document["rules"]
    if len(rules) < 2:
        return None
    old, new = rng.sample(range(len(rules)), 2)
    rules.insert(new, rules.pop(old))
    what = f"the rule for {rules[new]['kind']} from place {old + 1} → {new + 1}"
    return Plant(what, {FILE_KINDS: dumped(document)})


def _widened(state: Fileset, rng: Random) -> Plant | None:
    document = state.draft(FILE_KINDS)
    rule = one_of(rng, document["rules"], _NO_WIDER)
    glob = rng.choice(("*", "**/*", "*.*", "{src,lib,app,docs,tests}/**", "*.py", "*.md"))
    if any(glob in one["paths"] for one in document["rules"]):
        return None
    rule["paths"].append(glob)
    what = f"the rule for {rule['kind']} takes {glob} as well"
    return Plant(what, {FILE_KINDS: dumped(document)})


def _choice_widened(state: Fileset, rng: Random) -> Plant:
    document = state.draft(FILE_KINDS)
    places = [
        (rule["paths"], index)
        for rule in document["rules"]
        for index, glob in enumerate(rule["paths"])
        if _BRACES.search(glob)
    ]
    paths, index = one_of(rng, places, "no path rule has a choice")
    old = paths[index]
    paths[index] = _BRACES.sub(rf"{{\1,drill{rng.randint(1, 999)}}}", old, count=1)
    return Plant(f"{old} → {paths[index]}", {FILE_KINDS: dumped(document)})


def _default_changed(state: Fileset, rng: Random) -> Iterator[Plant]:
    old = state.document(FILE_KINDS)["default"]
    kinds = sorted(set(state.document(MARGINAL)["marginal_costs"]["create"]) - {old})
    rng.shuffle(kinds)
    for kind in kinds:
        document = {**state.draft(FILE_KINDS), "default": kind}
        if all(rule["kind"] != old for rule in document["rules"]):
            # A kind with a cost needs a rule.
            document["rules"].append({"kind": old, "paths": ["/drill/**"]})
        yield Plant(f"default {old} → {kind}", {FILE_KINDS: dumped(document)})


def _kind_renamed(state: Fileset, rng: Random) -> Plant:
    rules, costs = state.draft(FILE_KINDS), state.draft(MARGINAL)
    old = one_of(rng, sorted(costs["marginal_costs"]["create"]), "there is no file kind")
    new, times = f"drill-{rng.randint(1, 999)}", much_dearer(rng)
    for rule in rules["rules"]:
        rule["kind"] = new if rule["kind"] == old else rule["kind"]
    rules["default"] = new if rules["default"] == old else rules["default"]
    for kinds in costs["marginal_costs"].values():
        kinds.update(priced({new: kinds.pop(old)}, times))
    changed: FileChanges = {
        MARGINAL: dumped(costs),
        FILE_KINDS: dumped(rules),
        **renamed_kind_prior(state, old, new),
    }
    return Plant(f"the file kind {old} → {new}, costs × {float(times):.2f}", changed)


# fmt: off
REGRESSIONS: Final = (
    stopped("rules-reordered", "a path rule moved before another",
        until(_reordered, breaks_a_rule,
            nothing="no order of the path rules makes anything worse")),
    stopped("rule-widened", "a path rule that takes paths of other kinds",
        until(_widened, is_worse, nothing=_NO_WIDER)),
    stopped("rule-choice-widened", "one more choice in a path rule, for no stored path",
        until(_choice_widened, breaks_a_rule, attempts=1, nothing="a stored path has this name")),
    stopped("default-kind-changed", "another kind for paths that no rule matches",
        first_that(_default_changed, is_worse, nothing="no other default makes anything worse")),
    stopped("kind-renamed", "a file kind renamed, and its costs × 2.1 to 5", _kind_renamed,
        by="coefficient-removed"),
)
# fmt: on

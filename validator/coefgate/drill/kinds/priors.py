"""What a fitting procedure starts from, where a category or a file kind goes or gets another name.

Priors are of what the registry declares, so they go along.
"""

from __future__ import annotations

from coefgate.drill.fileset import TUNING, FileChanges, Fileset, dumped


def without_prior(state: Fileset, category: str) -> FileChanges:
    """The procedure without the priors of a category, if it has any."""
    return _category(state, category, None)


def renamed_prior(state: Fileset, category: str, new: str) -> FileChanges:
    """The procedure with the priors of a category under another name, if it has any."""
    return _category(state, category, new)


def renamed_kind_prior(state: Fileset, kind: str, new: str) -> FileChanges:
    """The procedure with another name for a file kind, if it knows the kind."""
    if not state.has_procedure:
        return {}
    document = state.draft(TUNING)
    prior = document["prior"]
    for costs in (*prior.get("marginal_costs", {}).values(), prior.get("per_kilobyte", {})):
        if kind in costs:
            costs[new] = costs.pop(kind)
    names = {kind: new}
    if document.get("parents"):
        document["parents"] = {
            names.get(child, child): names.get(parent, parent)
            for child, parent in document["parents"].items()
        }
    changed = document != state.draft(TUNING)
    return {TUNING: dumped(document)} if changed else {}


def _category(state: Fileset, category: str, new: str | None) -> FileChanges:
    if not state.has_procedure:
        return {}
    document = state.draft(TUNING)
    priors = document["prior"].get("overhead", {})
    if category not in priors:
        return {}
    prior = priors.pop(category)
    if new is not None:
        priors[new] = prior
    return {TUNING: dumped(document)}

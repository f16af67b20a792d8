"""Rules of models: each can match, and has a name of its own."""

from __future__ import annotations

from collections.abc import Iterator

from coefgate.core.problems import Problem
from coefgate.registry.document import Fault
from coefgate.registry.document_set import Documents
from coefgate.registry.key import RESERVED
from coefgate.registry.model_globs import covered
from coefgate.registry.relations.acknowledgements import served
from coefgate.registry.wording import ValuePath, listed, printable


def model_rules(documents: Documents) -> Iterator[Problem]:
    """No glob comes after one that takes all its models; no reserved word begins a rule.

    Within one rule the order decides nothing.
    """
    document = documents.get("model_factors")
    before: dict[str, ValuePath] = {}
    for index in range(len(document.list_at(("factors",)))):
        globs: dict[ValuePath, str] = {
            ("factors", index, "models", at): glob
            for at, glob in enumerate(document.list_at(("factors", index, "models")))
            if isinstance(glob, str) and glob
        }
        for path, glob in globs.items():
            if covered((glob,), before):
                wins = next(other for other in before if covered((glob,), (other,)))
                line = document.mark(before[wins])[0]
                which = "" if wins == glob else f' "{printable(wins)}"'
                found = f'is "{printable(glob)}", and line {line}{which} takes all its models'
                allowed = "the first rule that matches wins, so every glob can match a model"
                fix = "Delete it, or move its rule up."
                yield Fault("no-match-left", found, allowed, fix, path).at(document)
            elif path[-1] == 0 and glob in RESERVED:
                found = f'is "{glob}"'
                allowed = f"the first glob names its factor, and model.{glob} is another number"
                fix = f"Begin the rule with a glob other than {listed(RESERVED, 'or')}."
                yield Fault("reserved-name", found, allowed, fix, path).at(document)
        before |= {glob: path for path, glob in globs.items() if glob not in before}


def acknowledged_rules(documents: Documents) -> Iterator[Problem]:
    """The acknowledgement of the rules names the globs as they stand."""
    document = documents.get("model_factors")
    path = ("acknowledge", "factors", "to")
    named = document.list_at(path)
    rules = range(len(document.list_at(("factors",))))
    globs = [document.list_at(("factors", at, "models")) for at in rules]
    present = [glob for each in globs for glob in each]
    if document.mapping_at(path[:2]) and all(isinstance(one, str) for one in (*named, *present)):
        in_order = [glob for each in globs for glob in sorted(each)]
        if named != in_order:
            found = f"is [{printable(', '.join(named))}], and the globs are not these, in order"
            yield served(document, path, found)

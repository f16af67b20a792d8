"""What a shell completes beside commands and options; nothing is imported before it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

Completion = Callable[[click.Context, click.Parameter, str], Sequence[str]]


def _beginning(names: Callable[[], Iterable[str]]) -> Completion:
    """Those of ``names`` that begin with what is typed."""
    return lambda _context, _parameter, typed: [one for one in names() if one.startswith(typed)]


def _values() -> Iterable[str]:
    from coefgate.use_cases.completions import value_names

    return value_names(Path())


def _rules() -> Iterable[str]:
    from coefgate.use_cases.help_topics import rule_sections

    return rule_sections()


def _revisions() -> Iterable[str]:
    from coefgate.use_cases.completions import revisions

    return revisions(Path())


def _topics() -> Iterable[str]:
    from coefgate.use_cases.help_topics import topics

    return topics()


value_completion = _beginning(_values)
value_or_rule_completion = _beginning(lambda: (*_values(), *_rules()))
revision_completion = _beginning(_revisions)
topic_completion = _beginning(_topics)

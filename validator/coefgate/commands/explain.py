"""``coefgate explain``: where a number comes from and what it does, or what a rule asks."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.completion import value_or_rule_completion
from coefgate.commands.options import format_option, registry_or_bare_option
from coefgate.core.problems import UsageProblem
from coefgate.reports.render.console import print_page, progress
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.help_topics import rule_sections


@click.command()
@click.argument("name", metavar="NAME|RULE", shell_complete=value_or_rule_completion)
@registry_or_bare_option
@format_option("text", "json")
def command(name: str, root: Path, output_format: str) -> None:
    """Show what a value is based on and what 10% more would do, or explain a rule.

    NAME is the name of a value, as for `coefgate try`: docs.low, marginal.create.test,
    margin.default, margin.docs.low, fallback.overhead or no_deliverables.low. The effect of 10%
    less is shown as well. RULE is a rule of `coefgate gate`; its section of
    docs/reference/gates.md is printed.

    \b
    Examples:
      coefgate explain docs.low
      coefgate explain marginal.create.test --format json
      coefgate explain swing
    """
    sections = rule_sections()
    section = sections.get(name)
    if section is None:
        # A rule is explained without numpy.
        from coefgate.reports.pages.explanation import explanation_dict, explanation_page
        from coefgate.use_cases.explain import explain

        with progress("Looking at the stored calls and the history …"):
            found = explain(root, name, others=sections)
        show_as(output_format, lambda: explanation_page(found), lambda: explanation_dict(found))
    elif output_format == "json":
        raise UsageProblem(f"{name} is a rule, and its section is text. Leave out --format json.")
    else:
        print_page(section)

"""``coefgate explain``: one number, where it comes from, which calls rest on it, and what it does."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_or_bare_option
from coefgate.commands.rule_sections import rule_sections
from coefgate.core.problems import PASS, UsageProblem
from coefgate.reports.console import print_page


@click.command()
@click.argument("name", metavar="NAME|RULE")
@registry_or_bare_option
@format_option("text", "json")
def command(name: str, root: Path, output_format: str) -> int:
    """Say what a value rests on and what 10% more would do, or what a rule asks.

    NAME is one that `coefgate try` takes: docs.low, marginal.create.test, margin.default,
    margin.docs.low, fallback.overhead or no_deliverables.low. What 10% less would do is shown as
    well. RULE is one of those that `coefgate gate` asks: its section of docs/gates.md is printed.

    \b
    Examples:
      coefgate explain docs.low
      coefgate explain marginal.create.test --format json
      coefgate explain swing
    """
    sections = rule_sections()
    section = sections.get(name)
    if section is None:
        from coefgate.use_cases.explain import explain_number  # a rule is explained without numpy

        explain_number(root, name, output_format, rules=sections)
        return PASS
    if output_format == "json":
        raise UsageProblem(f"{name} is a rule, and its section is text. Leave out --format json.")
    print_page(section)
    return PASS

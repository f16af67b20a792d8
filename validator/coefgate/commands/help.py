"""``coefgate help``: what a command, a rule or a word is."""

from __future__ import annotations

from collections.abc import Sequence

import click

from coefgate.commands.completion import topic_completion
from coefgate.core.problems import UsageProblem
from coefgate.registry.wording import did_you_mean, printable
from coefgate.reports.pages.help import topics_page
from coefgate.reports.render.console import print_page, show
from coefgate.runner.command_names import COMMANDS
from coefgate.use_cases.help_topics import rule_sections, section_on, topics, words


@click.command()
@click.argument("topic", metavar="[TOPIC]", nargs=-1, shell_complete=topic_completion)
@click.pass_context
def command(context: click.Context, topic: Sequence[str]) -> None:
    """Explain a command, a rule or a term.

    Without TOPIC, all topics are listed. Terms are those of docs/reference/glossary.md.

    \b
    Examples:
      coefgate help
      coefgate help swing
      coefgate help exit codes
      coefgate help samples import
    """
    name = " ".join(topic)
    if not name:
        show(list(topics_page(COMMANDS, rule_sections(), words())))
        return
    section, help_text = section_on(name), _help_of(context, topic)
    if section is None and help_text is None:
        remedy = did_you_mean(name, topics(), "See all topics with: coefgate help")
        raise UsageProblem(f"there is no topic {printable(name)}. {remedy}")
    if section is not None:
        print_page(section)
    if help_text is not None:
        show(help_text if section is None else f"\n{help_text}")


def _help_of(context: click.Context, topic: Sequence[str]) -> str | None:
    """What ``--help`` of this command says, or of the one below it."""
    parent = context.parent
    for word in topic:
        if parent is None or not isinstance(parent.command, click.Group):
            return None
        found = parent.command.get_command(parent, word)
        if found is None:
            return None
        parent = click.Context(found, info_name=word, parent=parent)
    return parent.get_help() if parent else None

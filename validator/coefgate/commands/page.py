"""``coefgate page``: the registry as a static site."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, registry_or_repository_option, revision_option
from coefgate.reports.pages.written_site import written_dict, written_page
from coefgate.reports.render.console import progress
from coefgate.reports.render.extras import extra
from coefgate.reports.render.formats import show_as
from coefgate.use_cases.registry_folder import keep_out_of_any_registry, keep_out_of_the_registry
from coefgate.use_cases.site.contents import site_contents
from coefgate.use_cases.site.folder import own_files, write_site


@click.command()
@revision_option(
    "--at",
    "revision",
    told="Show a commit, a tag or a branch; the files in the folder unless given.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder of the site: a new or empty one, or that of an earlier run.",
)
@registry_or_repository_option
@format_option("text", "json")
def command(revision: str | None, output: Path, root: Path, output_format: str) -> None:
    """Write the registry as a static site, to publish or to open from disk.

    The site shows every value with its basis, its history and the calls that use it; the stored
    calls and their coverage; releases, and what was withdrawn and why; and each gate. It has a
    live what-if and a search. Pages load nothing from the network, and the same commit gives the
    same bytes. The files of an earlier run are replaced; a folder that contains anything else is
    refused.

    \b
    Examples:
      coefgate page -o site
      coefgate page --at coefficients/v1.4.0 -o site --format json
    """
    keep_out_of_the_registry(output, root)
    keep_out_of_any_registry(output)
    own_files(output)  # before anything takes long
    with extra("html", "coefgate page", "altair", "vl_convert"):
        from coefgate.reports.site import site_files
    with progress("Writing the pages of the registry …"):
        site = site_contents(root, at=revision)
        written = write_site(output, dict(site_files(site)))
    show_as(
        output_format, lambda: written_page(site, written), lambda: written_dict(site, written)
    )

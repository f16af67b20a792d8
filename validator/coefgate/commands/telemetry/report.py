"""``coefgate telemetry report``: what recorded calls say by week and stratum."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import format_option, spelled, store_option
from coefgate.core.problems import NOT_MEASURABLE, PASS
from coefgate.core.trees import FOLDER_OF_REGISTRY
from coefgate.reports.pages.telemetry_report import (
    telemetry_report_document,
    telemetry_report_page,
)
from coefgate.reports.render.console import progress, show
from coefgate.reports.render.formats import rendered
from coefgate.telemetry.iso_week import week_spelled
from coefgate.telemetry.strata import DIMENSIONS
from coefgate.use_cases.telemetry_report import BY, telemetry_report

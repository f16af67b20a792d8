"""The life of one number, as JSON (schemas/history.schema.json) or as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, Protocol

from rich.console import RenderableType
from rich.text import Text

from coefgate.problems import Problem
from coefgate.registry.moving import is_margin
from coefgate.reports.console import short, table
from coefgate.reports.figures import tokens
from coefgate.reports.visible import shortened, visible

_LONGEST: Final = 80
CUT: Final = "This clone is shallow, so what is oldest here may be older. Get the rest with: git fetch --unshallow"

"""Foreign files in a folder, and what an importer makes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from coefgate.samples.foreign.call import SampleUnit
from coefgate.samples.foreign.collected import Collected
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.use_cases.import_samples import collect_samples

Import = Callable[..., Collected]


@pytest.fixture
def collect(tmp_path: Path) -> Import:
    """Write ``content`` to a file, and ``mapping`` beside it, and collect its calls."""

    def run(
        format_name: str,
        content: str | bytes,
        *,
        name: str = "calls",
        mapping: str | None = None,
        unit: SampleUnit | None = None,
        **options: Any,
    ) -> Collected:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        map_file = None
        if mapping is not None:
            map_file = tmp_path / "map.yaml"
            map_file.write_text(mapping, "utf-8")
        how = ImportOptions(unit, map_file)
        return collect_samples(
            format_name, [str(file)], origin=format_name, options=how, **options
        )

    return run


def lines_of(found: Collected) -> list[dict[str, Any]]:
    """The samples, as their lines say."""
    return [orjson.loads(line) for line in found.lines]


def reasons(found: Collected) -> dict[str, tuple[int, list[str]]]:
    """How many records were left out or could not be read, and the first of them."""
    both = {**found.unreadable, **found.left_out}
    return {reason: (one.count, one.places) for reason, one in sorted(both.items())}

"""Records as columns."""

from __future__ import annotations

import pytest

from coefgate.telemetry.call_table import UNKNOWN
from tests.telemetry.tables import table_of


@pytest.mark.parametrize("name", ["predicted", "deliverables", "actual", "limit"])
def test_no_record_holds_a_number_below_zero(name: str) -> None:
    assert len(table_of({name: UNKNOWN})) == 1
    with pytest.raises(ValueError, match="below zero"):
        table_of({}, {name: UNKNOWN - 1})

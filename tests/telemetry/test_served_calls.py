"""What the database adds up, on SQLite."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from coefgate.telemetry.schema import calls, metadata
from coefgate.telemetry.served_calls import (
    ServedCalls,
    UntimedCalls,
    served_calls,
    untimed_calls,
)
from tests.runner.records import BEGAN, SECOND, record


def test_calls_are_added_up_by_process_and_version() -> None:
    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    good, bad = f"sha256:{'aa' * 32}", f"sha256:{'bb' * 32}"
    records = [
        *(record(sequence=n, digest=bad, registry_version="1.4.1") for n in (1, 2, 3)),
        record(sequence=4, digest=good, fault="output-tokens"),  # it was served all the same
        record(sequence=5, digest=good, state="unfinished"),
        record(sequence=6, digest=good, fault="clock"),
        record(sequence=1, digest=good, writer="f" * 32, runner="host-2"),
        record(sequence=90, digest=good, runner="host-2"),  # beyond the end
    ]
    second = BEGAN + SECOND
    with engine.begin() as connection:
        connection.execute(sa.insert(calls), [asdict(one) for one in records])
        found = served_calls(
            connection,
            since=second,
            until=BEGAN + 60 * SECOND,
            recent=BEGAN + 3 * SECOND,
            lately=BEGAN + 2 * SECOND,
        )
        wrong = untimed_calls(connection, since=BEGAN + 6 * SECOND, until=BEGAN + 60 * SECOND)
        later = untimed_calls(connection, since=BEGAN + 7 * SECOND, until=BEGAN + 90 * SECOND)
    assert wrong == tuple(UntimedCalls(f"host-{n}", "1.4.0", good, last=True) for n in (1, 2))
    assert later == ()
    engine.dispose()
    writer = records[0].writer
    third, fourth, fifth = (BEGAN + n * SECOND for n in (3, 4, 5))
    assert found == (
        ServedCalls("host-1", writer, "1.4.0", good, fourth, fifth, 2, 2),
        ServedCalls("host-1", writer, "1.4.1", bad, second, third, 1, 2),
        ServedCalls("host-2", "f" * 32, "1.4.0", good, second, second, 0, 0),
    )

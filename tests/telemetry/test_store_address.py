"""What is shown of a store's address: no secret, and what it takes to type it again."""

from __future__ import annotations

import pytest

from coefgate.core.problems import UsageProblem
from coefgate.telemetry.store_address import store_address

SECRET = "tell-nobody"  # noqa: S105 (opens nothing)


@pytest.mark.parametrize(
    "address",
    [
        "our calls.db",
        "postgresql://records@db.example.org:5432/records",
        "postgresql://records@/records?host=/run/postgresql&sslmode=require",
    ],
)
def test_an_address_without_a_secret_is_shown_as_it_is_typed(address: str) -> None:
    assert store_address(address).shown == address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"postgresql://r:{SECRET}@h/d?sslmode=require", "postgresql://r:***@h/d?sslmode=require"),
        (f"postgresql://r@h/d?password={SECRET}", "postgresql://r@h/d?***"),
        (f"postgresql://r@h/d?sslmode=require&sslpassword={SECRET}", "postgresql://r@h/d?***"),
        (f"postgresql://r@h/d?sslmode=require#{SECRET}", "postgresql://r@h/d?***"),
        (f"postgresql://r@h/d?{SECRET}", "postgresql://r@h/d"),
        (f"postgresql://r:a/{SECRET}@h/d", "postgresql://r:***@h/d"),
        (f"postgresql://r:a?{SECRET}@h/d", "postgresql://r:***@h/d"),
        (f"postgresql://r:a {SECRET}@h/d", "postgresql://r:***@h/d"),
        (f"postgresql://r:a%40{SECRET}@h/d", "postgresql://r:***@h/d"),
    ],
)
def test_a_secret_is_hidden(address: str, shown: str) -> None:
    assert store_address(address).shown == shown


@pytest.mark.parametrize("address", [f"mysql://r:{SECRET}@h/d", f"postgresql://r:a@{SECRET}@h/d"])
def test_no_address_of_a_store_is_refused_without_its_secret(address: str) -> None:
    with pytest.raises(UsageProblem, match="is not an address of a store") as refused:
        store_address(address)
    assert SECRET not in str(refused.value)


def test_a_command_names_the_store() -> None:
    command = store_address("our calls.db").command("telemetry status")
    assert command == "coefgate telemetry status --store 'our calls.db'"

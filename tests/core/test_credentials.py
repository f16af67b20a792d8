"""What is hidden in addresses, and what stays so that a command can still be typed."""

from __future__ import annotations

import pytest

from coefgate.core.credentials import scrubbed, without_addresses

SECRET = "hunter2"  # noqa: S105 (opens nothing)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"fatal: https://u:{SECRET}@h/r: no", "fatal: https://***@h/r: no"),
        (f"https://{SECRET}@h/r", "https://***@h/r"),
        (f"https://u:p@{SECRET}@h/r", "https://***@h/r"),
        (f"'https://u:a'{SECRET}@h/r'", "'https://***@h/r'"),
        (f"1https://u:{SECRET}@h/r", "1https://***@h/r"),
        (f"ssh://git:{SECRET}@h/r", "ssh://git:***@h/r"),
        (f"ssh://git@{SECRET}@h/r", "ssh://***@h/r"),
        (f"postgresql://records:{SECRET}@h/r", "postgresql://records:***@h/r"),
        (f"postgres://records:a@{SECRET}@h/r", "postgres://***@h/r"),
        (f"'http://h/x?k={SECRET}': 404", "'http://h/x?***': 404"),
        (f"https://h/a'b?k=a'{SECRET}", "https://h/a'b?***"),
        (f"ssh://git@h/r and https://h/#{SECRET}, too", "ssh://git@h/r and https://h/#***, too"),
        (f"HTTPS://U:{SECRET}@H?{SECRET}", "HTTPS://***@H?***"),
    ],
)
def test_secrets_are_hidden_and_the_rest_stays(text: str, shown: str) -> None:
    assert scrubbed(text) == shown
    assert scrubbed(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://h/r: no",
        "ssh://git@h:22/r",
        "postgresql://records@h:5432/r",
        "postgresql+psycopg://records@h/r",
        "git@h:o/r.git",
        "https://h/r@1.4.0",
        "why? #4",
        "a@b.c",
        "x://?",
    ],
)
def test_what_holds_no_secret_stays(text: str) -> None:
    assert scrubbed(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"slack://{SECRET}/{SECRET}/x", "slack://***"),
        (f"'json://a:{SECRET}@h/p?{SECRET}' and no://x", "'json://***' and no://***"),
        ("no address: //", "no address: //"),
    ],
)
def test_of_some_addresses_the_scheme_alone_may_be_shown(text: str, shown: str) -> None:
    assert without_addresses(text) == shown

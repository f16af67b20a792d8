from __future__ import annotations

import json
from typing import Any

import pytest

from coefgate.publishing.comments import CONTEXT
from coefgate.publishing.github import (
    ATTEMPTS,
    LONGEST_WAIT,
    PublishingFailed,
    PublishingPlace,
    Refused,
    Unavailable,
    place_of,
)
from coefgate.publishing.publish import (
    Announcement,
    announcement_of,
    one_line,
    set_status,
)
from tests.publishing.stand_in import TOKEN, Fault, GitHub

COMMIT = "a1" * 20
FAILED = Announcement("failure", "fail: smape")


def test_a_status_says_state_reason_and_where_to_look(
    github: GitHub, place: PublishingPlace, waited: list[float]
) -> None:
    set_status(place, COMMIT, FAILED, link=place.run)
    assert github.statuses == {
        COMMIT: [
            {
                "context": CONTEXT,
                "state": "failure",
                "description": "fail: smape",
                "target_url": "https://github.example/example/registry/actions/runs/42",
            }
        ]
    }
    assert waited == []


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_waited_out(
    github: GitHub, place: PublishingPlace, waited: list[float], status: int
) -> None:
    github.faults = [Fault(status), Fault(status)]
    set_status(place, COMMIT, FAILED, link=None)
    assert [kept["state"] for kept in github.statuses[COMMIT]] == ["failure"]
    assert waited == [1.0, 2.0]


@pytest.mark.parametrize("status", [429, 403])
def test_a_rate_limit_says_itself_how_long(
    github: GitHub, place: PublishingPlace, waited: list[float], status: int
) -> None:
    github.faults = [Fault(status, {"Retry-After": "7"})]
    set_status(place, COMMIT, FAILED, link=None)
    assert waited == [7.0]


def test_patience_ends(github: GitHub, place: PublishingPlace, waited: list[float]) -> None:
    github.faults = [Fault(503) for _ in range(20)]
    with pytest.raises(Unavailable, match="answered 503"):
        set_status(place, COMMIT, FAILED, link=None)
    assert len(github.calls) == ATTEMPTS == len(waited) + 1


def test_who_is_told_to_wait_too_long_gives_up_at_once(
    github: GitHub, place: PublishingPlace, waited: list[float]
) -> None:
    github.faults = [Fault(429, {"Retry-After": str(int(LONGEST_WAIT) + 1)})]
    with pytest.raises(Unavailable):
        set_status(place, COMMIT, FAILED, link=None)
    assert (len(github.calls), waited) == (1, [])


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(403, "statuses: write"), (404, "no such repository"), (422, "report it")],
)
def test_a_refusal_is_final_and_says_what_mends_it(
    github: GitHub, place: PublishingPlace, status: int, remedy: str
) -> None:
    github.faults = [Fault(status, body=b'{"message": "Resource not\\naccessible"}')]
    with pytest.raises(Refused) as refused:
        set_status(place, COMMIT, FAILED, link=None)
    text = str(refused.value)
    assert f"answered {status} (Resource not accessible)." in text
    assert remedy in text
    assert refused.value.exit_code == 5
    assert len(github.calls) == 1


@pytest.mark.parametrize("body", [b"", b"\xff<html>", b"[]", b'{"message": null}', b'"text"'])
def test_an_error_without_words_is_still_an_error(
    github: GitHub, place: PublishingPlace, body: bytes
) -> None:
    github.faults = [Fault(403, body=body)]
    with pytest.raises(Refused, match="answered 403"):
        set_status(place, COMMIT, FAILED, link=None)


def test_an_answer_that_is_no_json_is_no_success(github: GitHub, place: PublishingPlace) -> None:
    github.faults = [Fault(200, body=b"<html>a proxy's page</html>")]
    with pytest.raises(PublishingFailed, match="not JSON"):
        set_status(place, COMMIT, FAILED, link=None)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_token_follows_no_redirect(
    github: GitHub, place: PublishingPlace, status: int
) -> None:
    github.faults = [Fault(status, {"Location": f"{github.root}/elsewhere"})]
    with pytest.raises(Refused, match=f"answered {status}"):
        set_status(place, COMMIT, FAILED, link=None)
    assert [path for _, path in github.calls] == [f"/repos/example/registry/statuses/{COMMIT}"]


def test_no_server_is_an_environment_error_without_the_token(
    github: GitHub, waited: list[float]
) -> None:
    place = place_of(
        {**github.environment(), "GITHUB_API_URL": "http://127.0.0.1:1"}, waited.append
    )
    with pytest.raises(Unavailable, match=r"no answer from http://127\.0\.0\.1:1") as failed:
        set_status(place, COMMIT, FAILED, link=None)
    assert len(waited) == ATTEMPTS - 1
    assert TOKEN not in str(failed.value) + repr(place)


def test_a_wrong_token_is_named_as_such(github: GitHub, waited: list[float]) -> None:
    place = place_of({**github.environment(), "GITHUB_TOKEN": "ghs_other"}, waited.append)
    with pytest.raises(Refused, match="Bad credentials") as refused:
        set_status(place, COMMIT, FAILED, link=None)
    assert "ghs_other" not in str(refused.value)


def test_a_description_fits_into_a_status(github: GitHub, place: PublishingPlace) -> None:
    long = Announcement("failure", "fail:\n" + ", ".join(f"rule-{number}" for number in range(60)))
    set_status(place, COMMIT, long, link=None)
    description = github.statuses[COMMIT][0]["description"]
    assert len(description) == 140
    assert description.startswith("fail: rule-0, rule-1")
    assert description.endswith("…")


def test_one_line_keeps_what_fits() -> None:
    assert one_line("a" * 140, 140) == "a" * 140
    assert one_line("a\r\n\tb\x1b[31m\u202ec", 140) == "a b[31mc"


HEADLINES = {"pass": "PASS", "fail": "FAIL", "not-measurable": "NOT MEASURABLE"}


def _report(verdict: str, **more: Any) -> bytes:
    document = {"verdict": verdict, "headline": HEADLINES[verdict], "restore": False, "rules": []}
    return json.dumps({**document, **more}).encode()


@pytest.mark.parametrize(
    "headline",
    [
        "PASS",
        "PASS – nothing changed",
        "NO WORSE – the registry misses smape and waste-band",
        "RESTORE",
    ],
)
def test_a_success_says_what_the_report_says_and_on_how_many_calls(headline: str) -> None:
    said = announcement_of(
        0, _report("pass", headline=headline, metrics={"head": {"samples": 1058}})
    )
    assert (said.state, said.description) == ("success", f"{headline}, on 1,058 calls")


def test_a_registry_without_calls_succeeds_and_counts_none() -> None:
    report = _report("pass", headline="NO CALLS YET", metrics={"head": None})
    said = announcement_of(0, report)
    assert (said.state, said.description) == ("success", "NO CALLS YET")


@pytest.mark.parametrize(("code", "verdict"), [(0, "pass"), (1, "fail"), (4, "not-measurable")])
def test_a_report_without_a_headline_is_no_verdict(code: int, verdict: str) -> None:
    assert announcement_of(code, _report(verdict, headline=None)).state == "error"


@pytest.mark.parametrize(
    ("code", "verdict", "description"),
    [(1, "fail", "FAIL: swing, smape"), (4, "not-measurable", "NOT MEASURABLE: unmeasured")],
)
def test_what_blocks_names_its_rules_once(code: int, verdict: str, description: str) -> None:
    rules = [
        {"rule": "swing", "status": "fail"},
        {"rule": "unmeasured", "status": "not-measurable"},
        {"rule": "smape", "status": "fail"},
        {"rule": "swing", "status": "fail"},
        {"rule": "waste-band", "status": "pass"},
    ]
    said = announcement_of(code, _report(verdict, rules=rules))
    assert (said.state, said.description) == ("failure", description)


@pytest.mark.parametrize(
    "report", [None, b"", b"{", b"[]", b"\xff", b"{}", b"[" * 100_000, _report("fail")]
)
def test_only_a_pass_that_the_report_confirms_is_a_success(report: bytes | None) -> None:
    assert announcement_of(0, report).state == "error"


def test_a_failure_that_the_report_denies_is_no_verdict() -> None:
    assert announcement_of(1, _report("pass")).state == "error"
    assert announcement_of(4, _report("pass")).state == "error"


def test_what_could_not_be_measured_at_all_blocks() -> None:
    assert announcement_of(4, None).state == "failure"


def test_an_invalid_registry_blocks_whatever_the_report_says() -> None:
    said = announcement_of(3, _report("pass"))
    assert (said.state, said.description) == (
        "failure",
        "registry or samples invalid: the report names each problem",
    )


@pytest.mark.parametrize("code", [2, 5, 70, 130, 137, 255])
def test_every_other_end_is_no_verdict(code: int) -> None:
    said = announcement_of(code, _report("pass"))
    assert said.state == "error"
    assert f"(exit code {code})" in said.description


@pytest.mark.parametrize(
    "odd",
    [
        {"rules": None},
        {"rules": [None, {"rule": None}]},
        {"metrics": []},
        {"metrics": {"head": 3}},
    ],
)
def test_an_odd_report_changes_no_state(odd: dict[str, Any]) -> None:
    assert announcement_of(0, _report("pass", **odd)).state == "success"
    assert announcement_of(1, _report("fail", **odd)).state == "failure"

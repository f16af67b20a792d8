from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.publishing.comments import (
    LONGEST_BODY,
    comment_body,
    cut_to_fit,
    keep_comment,
    marker,
)
from coefgate.publishing.github import PublishingFailed, PublishingPlace, Refused, Unavailable
from tests.publishing.stand_in import BOT, Fault, GitHub

MARKER = marker()
FIRST = comment_body("# fail", "---\nfor one")
SECOND = comment_body("# pass", "---\nfor two")


def keep(place: PublishingPlace, body: str) -> str | None:
    return keep_comment(place, 7, body, author=BOT)


def bodies(github: GitHub) -> list[str]:
    return [comment["body"] for comment in github.comments.get(7, [])]


def test_one_comment_is_written_and_then_kept_up_to_date(
    github: GitHub, place: PublishingPlace
) -> None:
    first = keep(place, FIRST)
    assert bodies(github) == [FIRST]
    assert keep(place, SECOND) == first == github.comments[7][0]["html_url"]
    assert bodies(github) == [SECOND]


@pytest.mark.parametrize("login", ["mallory", "github-actions", "Github-Actions[bot]", None])
def test_an_outsiders_marker_is_left_alone(
    github: GitHub, place: PublishingPlace, login: str | None
) -> None:
    forged = f"{MARKER}\n# PASS"
    github.comment(7, forged, login=login)
    keep(place, FIRST)
    keep(place, SECOND)
    assert bodies(github) == [forged, SECOND]


def test_another_comment_of_the_same_account_is_left_alone(
    github: GitHub, place: PublishingPlace
) -> None:
    quoting = f"Somebody wrote: {MARKER}"
    github.comment(7, quoting)
    keep(place, FIRST)
    assert bodies(github) == [quoting, FIRST]


def test_a_comment_that_an_owner_edited_to_other_line_ends_is_found(
    github: GitHub, place: PublishingPlace
) -> None:
    github.comment(7, FIRST.replace("\n", "\r\n"))
    keep(place, SECOND)
    assert bodies(github) == [SECOND]


@pytest.mark.parametrize("before", [99, 100, 250])
def test_the_comment_is_found_behind_many_others(
    github: GitHub, place: PublishingPlace, before: int
) -> None:
    for number in range(before):
        github.comment(7, f"{MARKER} {number}", login="mallory")
    keep(place, FIRST)
    keep(place, SECOND)
    assert bodies(github)[before:] == [SECOND]


def test_a_flood_of_comments_does_not_hold_the_verdict_up(
    github: GitHub, place: PublishingPlace
) -> None:
    for _ in range(5_200):
        github.comment(7, "spam", login="mallory")
    keep(place, FIRST)
    assert len(github.calls) == 51  # 50 pages, then a new comment
    assert bodies(github)[-1] == FIRST


def test_a_comment_that_was_deleted_in_this_moment_is_written_anew(
    github: GitHub, place: PublishingPlace
) -> None:
    keep(place, FIRST)
    github.faults = [None, Fault(404)]
    keep(place, SECOND)
    assert bodies(github)[-1] == SECOND
    assert [method for method, _ in github.calls] == ["GET", "POST", "GET", "PATCH", "POST"]


def test_an_answer_that_got_lost_leaves_no_second_comment(
    github: GitHub, place: PublishingPlace, waited: list[float]
) -> None:
    github.faults = [None, Fault(502, after_work=True)]
    keep(place, FIRST)
    assert bodies(github) == [FIRST]
    assert [method for method, _ in github.calls] == ["GET", "POST", "GET", "PATCH"]
    assert waited == [1.0]


def test_patience_with_comments_ends(
    github: GitHub, place: PublishingPlace, waited: list[float]
) -> None:
    github.faults = [Fault(500) for _ in range(50)]
    with pytest.raises(Unavailable):
        keep(place, FIRST)
    assert waited == [1.0, 2.0, 4.0]


def test_a_locked_conversation_is_an_error(github: GitHub, place: PublishingPlace) -> None:
    github.faults = [None, Fault(403, body=b'{"message": "Unable to comment"}')]
    with pytest.raises(Refused, match="Unable to comment"):
        keep(place, FIRST)


def test_a_comment_that_may_not_be_changed_is_an_error(
    github: GitHub, place: PublishingPlace
) -> None:
    keep(place, FIRST)
    github.faults = [None, Fault(403)]
    with pytest.raises(Refused, match="pull-requests: write"):
        keep(place, SECOND)
    assert bodies(github) == [FIRST]


def test_a_list_that_is_none_is_an_error(github: GitHub, place: PublishingPlace) -> None:
    github.faults = [Fault(200, body=b'{"message": "?"}')]
    with pytest.raises(PublishingFailed, match="not a list"):
        keep(place, FIRST)


def test_the_marker_is_the_first_line_and_the_footer_the_last() -> None:
    assert FIRST.splitlines() == [MARKER, "# fail", "", "---", "for one"]


@pytest.mark.parametrize("letter", ["a", "ß", "😀"])
def test_a_long_report_fits_and_says_that_it_was_cut(letter: str) -> None:
    body = comment_body("\n".join([letter * 80] * 2_000), "---\nfor one")
    assert len(body.encode("utf-16-le")) // 2 <= LONGEST_BODY
    assert body.startswith(MARKER)
    assert "longer than a comment may be" in body
    assert body.endswith("---\nfor one\n")


def test_a_report_that_fits_is_not_touched() -> None:
    assert cut_to_fit("a" * 1_000, 1_000) == "a" * 1_000
    assert cut_to_fit("a" * 1_001, 1_000) != "a" * 1_001


def test_a_cut_closes_what_it_leaves_open() -> None:
    long = "\n".join(["<details>", "````text", *["row"] * 2_000])
    lines = cut_to_fit(long, 1_000).splitlines()
    assert lines[-4:-2] == ["````", "</details>"]
    closed = "\n".join(["````", "```", "````", *["row"] * 2_000])
    assert "row\n````" not in cut_to_fit(closed, 1_000)


@given(st.text(st.sampled_from("ab\n`~<details>/😀 "), max_size=3_000), st.integers(400, 2_000))
def test_what_is_cut_always_fits(text: str, longest: int) -> None:
    assert len(cut_to_fit(text, longest).encode("utf-16-le")) // 2 <= longest

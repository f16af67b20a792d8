"""The message of a release's tag: words for people, and one line for runners."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Release, annotation, read_annotation, read_tag_object
from coefgate.core.snapshot import Snapshot, canonical_bytes
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank
from tests.core.documents import valid
from tests.core.test_versions import versions
from tests.core.test_yanks import yanks

CONTENT = valid("snapshot", "everything")
SNAPSHOT = Snapshot.of(CONTENT)
VERSION = Version(1, 4, 0)
YANK = Yank("1.3.0", "2026-11-30", "sous-estime\u00a0les docs", "1.4.0")
RELEASE = Release(VERSION, None, SNAPSHOT, (YANK,))
MARK = "coefgate-release: "
TAG = "the tag coefficients/v1.4.0"
MEND = "Pin a version that `coefgate release` made, with: coefgate pin URL@VERSION"
SIGNATURE = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"


def said(message: str, version: Version = VERSION) -> str:
    with pytest.raises(InvalidDocument) as error:
        read_annotation(message, version)
    return str(error.value)


def with_line(**changes: object) -> str:
    """The message with other values in its line for runners."""
    words, _, line = annotation("coefficients 1.4.0", RELEASE).partition(MARK)
    return f"{words}{MARK}{json.dumps(json.loads(line) | changes)}\n"


# Every kind of line that could be taken for the end of one, and what looks like the line for
# runners.
_hostile = st.lists(
    st.sampled_from(
        [
            *(
                MARK,
                MARK.rstrip(),
                f"{MARK}{{}}",
                f"{MARK}null",
                f" {MARK}",
                f"\u2028{MARK}{{}}",
                f"\r{MARK}x",
            ),
            *(
                "\n",
                "\r\n",
                "\x0b",
                "\x0c",
                "\x1c",
                "\x85",
                "\u2028",
                "# a heading",
                "a",
                SIGNATURE,
            ),
        ]
    )
    | st.text(max_size=8),
    max_size=8,
).map("".join)


@given(_hostile, versions, yanks)
def test_a_release_comes_back_whatever_its_words_say(
    words: str, version: Version, withdrawn: tuple[Yank, ...]
) -> None:
    release = Release(version, None, SNAPSHOT, withdrawn)
    message = annotation(words, release)
    assert read_annotation(message, version) == release
    assert read_annotation(message + SIGNATURE, version) == release


def test_the_line_is_the_last_and_the_only_one() -> None:
    message = annotation(f"coefficients 1.4.0\n\n{MARK}{{}}\nmore  \n\n", RELEASE)
    *words, blank, line = message.splitlines()
    assert words == ["coefficients 1.4.0", "", f" {MARK}{{}}", "more"]
    assert blank == ""
    assert line.startswith(f'{MARK}{{"digest":"sha256:')
    assert line.isascii()
    assert message.endswith("}\n")


def test_it_holds_the_bytes_of_the_snapshot() -> None:
    assert canonical_bytes(CONTENT).decode() in annotation("coefficients 1.4.0", RELEASE)


def test_git_gives_it_back(tmp_path: Path) -> None:
    people = {"GIT_COMMITTER_NAME": "A Tester", "GIT_COMMITTER_EMAIL": "tester@example.org"}
    people |= {name.replace("COMMITTER", "AUTHOR"): value for name, value in people.items()}

    def git(*arguments: str, given: str = "") -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=tmp_path,
            env={**os.environ, **people},
            input=given,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "a commit")
    message = annotation("# coefficients 1.4.0\n\n## Changed\n\n- a thing", RELEASE)
    git("tag", "-a", "--cleanup=verbatim", "-F", "-", VERSION.tag, given=message)
    stored = git("cat-file", "tag", VERSION.tag)
    assert read_annotation(stored, VERSION) == RELEASE
    assert stored.endswith(message)


def test_a_tag_without_the_line() -> None:
    for message in ("", "coefficients 1.4.0\n", f"a {MARK}{{}}", "coefgate-release:{}"):
        assert said(message) == (
            f"{TAG} carries no snapshot; it was not made by `coefgate release`. {MEND}"
        )


def test_a_tag_with_two_of_them_says_nothing() -> None:
    line = annotation("x", RELEASE).splitlines()[-1]
    assert (
        said(f"{MARK}{{}}\n\n{line}\n")
        == f"{TAG} has 2 lines for runners; a release has one. {MEND}"
    )


def test_the_message_of_another_version() -> None:
    assert said(annotation("x", RELEASE), Version(1, 4, 1)) == (
        'the tag coefficients/v1.4.1: version is "1.4.0"; its name says 1.4.1. ' + MEND
    )


def test_another_digest_than_that_of_its_snapshot() -> None:
    other = f"sha256:{'0' * 64}"
    assert said(with_line(digest=other)) == (
        f'{TAG}: digest is "{other[:56]}...; that of its snapshot is {SNAPSHOT.digest}. {MEND}'
    )
    changed = CONTENT | {"unit": "call"}
    assert f"; that of its snapshot is {Snapshot.of(changed).digest}. " in said(
        with_line(snapshot=changed)
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"snapshot": None}, f" is null; it is an object. {MEND}"),
        ({"snapshot": CONTENT | {"unit": 1}}, f": unit is 1; it is call or turn. {MEND}"),
        ({"yanked": {}}, f": yanked is an object; it is a list. {MEND}"),
        ({"version": 1.4}, f": version is 1.4; its name says 1.4.0. {MEND}"),
        (
            {"commit": "x"},
            f": commit is not known here; the keys are version, digest, snapshot, yanked. {MEND}",
        ),
    ],
)
def test_every_error_names_its_place(changes: dict[str, object], message: str) -> None:
    where = f"the snapshot in {TAG}" if "snapshot" in changes else TAG
    assert said(with_line(**changes)) == where + message


def test_a_newer_snapshot_asks_for_a_newer_program() -> None:
    assert said(with_line(snapshot=CONTENT | {"format": 2})) == (
        f"the snapshot in {TAG} has the format 2, and this program reads up to 1. "
        "Get a newer one from where this one came from (README, Installation) with: "
        "python -m pip install --force-reinstall 'coefgate @ git+https://HOST/OWNER/REPOSITORY'"
    )


@pytest.mark.parametrize(
    "line", ["", "{", "[" * 100_000, '{"a": NaN}', '{"version": "1.4.0", "version": "1.4.0"}']
)
def test_a_line_that_is_no_json(line: str) -> None:
    assert said(f"x\n\n{MARK}{line}\n").startswith(f"{TAG} is not valid JSON: ")


@pytest.mark.parametrize("half", [chr(0xD800), chr(0xDCFF)])
def test_what_git_could_not_decode_is_an_error_like_any_other(half: str) -> None:
    release = annotation(f"words {half}", RELEASE)
    assert read_annotation(release, VERSION) == RELEASE
    assert said(f'x\n\n{MARK}{{"a": "{half}"}}\n').startswith(
        f"{TAG} is not valid JSON: byte 7 is 0xed"
    )


def test_a_line_that_is_too_long_is_not_read() -> None:
    assert said(f"{MARK}{' ' * 9_000_000}\n") == (
        f"{TAG} has 9,000,018 characters for runners; no release needs that many. {MEND}"
    )


def test_a_message_of_many_lines_is_read() -> None:
    assert read_annotation(annotation("\n" * 1_000_000 + "x", RELEASE), VERSION) == RELEASE


def test_a_tag_object_without_headers() -> None:
    with pytest.raises(InvalidDocument, match="under the name ''"):
        read_tag_object("tag", b"\xff\n", VERSION)

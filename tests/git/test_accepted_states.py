"""Which states of a registry were accepted, released last, withdrawn, and which is the anchor."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.core.versions import Version
from coefgate.git.accepted_states import AcceptedStates, standing
from coefgate.git.repository import Repository
from coefgate.registry.key import Key
from coefgate.registry.reading import Memo, read_registry
from tests.git.conftest import Git
from tests.git.number_lives import DOCS, docs_low, edit
from tests.registry.builders import values_of


def _docs(root: Path, tokens: int) -> None:
    """Every overhead of docs is this many tokens."""
    path = root / DOCS
    path.write_text(
        re.sub(r"tokens: -?\d+", f"tokens: {tokens}", path.read_text("utf-8")), "utf-8"
    )


def _commit(git: Git, root: Path, tokens: int) -> str:
    _docs(root, tokens)
    git("commit", "-qam", f"{tokens}")
    return git("rev-parse", "HEAD")


def _accepted(root: Path, revision: str = "HEAD") -> list[tuple[str, int | None]]:
    """Commit and docs.low of each accepted state, ``None`` where it was invalid."""
    with Repository(root) as repository:
        states = AcceptedStates(repository, repository.commit(revision)).states()
        return [
            (commit, None if one is None else int(values_of(one)["docs.low"].number))
            for commit, one in states
        ]


def _released(root: Path, revision: str = "HEAD") -> tuple[str, int] | None:
    with Repository(root) as repository:
        found = next(AcceptedStates(repository, repository.commit(revision)).released(), None)
        return None if found is None else (found[0], int(values_of(found[1])["docs.low"].number))


def _tag(git: Git, version: str, *arguments: str) -> None:
    git("tag", "-a", "-m", "release", f"coefficients/v{version}", *arguments)


# --- Accepted states


def test_each_commit_that_touches_the_coefficients_newest_first(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    second = _commit(git, registry, 1000)
    (registry / "README.md").write_text("not a coefficient", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "elsewhere")
    third = _commit(git, registry, 2000)
    assert _accepted(registry) == [(third, 2000), (second, 1000), (first, 15490)]
    assert _accepted(registry, second) == [(second, 1000), (first, 15490)]


def test_what_was_stored_when_a_number_got_what_it_is(registry: Path, git: Git) -> None:
    folder = registry / "samples/here"
    folder.mkdir(parents=True)
    (folder / "first.jsonl").write_text('{"id": "one"}\n', "utf-8")
    git("add", "-A")
    git("commit", "-qm", "a call")
    _commit(git, registry, 700)
    (folder / "second.jsonl").write_text('{"id": "two"}\n', "utf-8")
    git("add", "-A")
    git("commit", "-qm", "a call more")
    with Repository(registry) as repository:
        past = AcceptedStates(repository, repository.commit("HEAD"))
        low, high = (Key("overhead", ("docs", at)) for at in ("low", "high"))
        other = Key("overhead", ("tests", "low"))
        now = {low: Fraction(700), high: Fraction(9), other: _tests_low(registry)}
        found = past.stored_when_set(now)
    assert found == {low: {"one"}, high: None}  # tests.low was there from the start


def _tests_low(root: Path) -> Fraction:
    return read_registry(FolderTree(root)).numbers[Key("overhead", ("tests", "low"))].number


def test_what_came_in_with_a_merge_was_never_a_state_of_the_target(
    registry: Path, git: Git
) -> None:
    first = git("rev-parse", "HEAD")
    git("switch", "-q", "-c", "proposal")
    _commit(git, registry, 1)  # proposed, and taken back before the merge
    _commit(git, registry, 1000)
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "merge", "proposal")
    merge = git("rev-parse", "HEAD")
    assert _accepted(registry) == [(merge, 1000), (first, 15490)]


def test_a_merge_that_brings_no_coefficient_is_no_state(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    git("switch", "-q", "-c", "proposal")
    _commit(git, registry, 1000)
    git("revert", "--no-edit", "HEAD")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "-m", "merge", "proposal")
    assert _accepted(registry) == [(first, 15490)]


def test_a_merge_of_the_target_into_a_branch_does_not_make_its_states_accepted(
    registry: Path, git: Git
) -> None:
    """On the branch the first parent is the branch; the target's own tip leads to its history."""
    first = git("rev-parse", "HEAD")
    git("switch", "-q", "-c", "proposal")
    proposed = _commit(git, registry, 1000)
    git("switch", "-q", "main")
    (registry / "README.md").write_text("not a coefficient", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "elsewhere")
    git("switch", "-q", "proposal")
    git("merge", "-q", "--no-edit", "main")
    assert _accepted(registry, "main") == [(first, 15490)]
    assert _accepted(registry, "proposal") == [(proposed, 1000), (first, 15490)]


def test_an_invalid_state_is_no_registry_and_hides_none(registry: Path, git: Git) -> None:
    _commit(git, registry, -1)
    _commit(git, registry, 1000)
    assert [tokens for _, tokens in _accepted(registry)] == [1000, None, 15490]


def test_a_time_without_coefficients_is_an_invalid_state(registry: Path, git: Git) -> None:
    git("rm", "-rq", "coefficients")
    git("commit", "-qm", "gone")
    git("revert", "--no-edit", "HEAD")
    assert [tokens for _, tokens in _accepted(registry)] == [15490, None, 15490]


def test_the_folder_and_the_index_are_not_looked_at(registry: Path, git: Git) -> None:
    _docs(registry, 7)
    git("add", "-A")
    _docs(registry, 8)
    assert [tokens for _, tokens in _accepted(registry)] == [15490]


def test_a_replaced_commit_is_read_as_it_was(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    second = _commit(git, registry, 1000)
    third = _commit(git, registry, 2000)
    git("replace", third, first)
    assert _accepted(registry, third) == [(third, 2000), (second, 1000), (first, 15490)]


# --- The last release


def test_the_nearest_release_before_a_commit(registry: Path, git: Git) -> None:
    assert _released(registry) is None
    _tag(git, "1.0.0")
    _commit(git, registry, 1000)
    _tag(git, "1.1.0")
    _commit(git, registry, 2000)
    assert _released(registry) == ("coefficients/v1.1.0", 1000)
    assert _released(registry, "HEAD~1") == ("coefficients/v1.1.0", 1000)
    assert _released(registry, "HEAD~2") == ("coefficients/v1.0.0", 15490)


def test_it_is_the_last_one_and_not_the_highest(registry: Path, git: Git) -> None:
    _tag(git, "2.0.0")
    _commit(git, registry, 1000)
    _tag(git, "1.9.1")
    assert _released(registry) == ("coefficients/v1.9.1", 1000)


def test_a_release_that_the_commit_does_not_contain_is_none(registry: Path, git: Git) -> None:
    git("switch", "-q", "-c", "side")
    _commit(git, registry, 1000)
    _tag(git, "1.0.0")
    assert _released(registry, "main") is None


@pytest.mark.parametrize(
    "name", ["v9.0.0", "other/v9.0.0", "coefficients-v9.0.0", "old/coefficients/v9.0.0"]
)
def test_other_tags_are_no_releases(registry: Path, git: Git, name: str) -> None:
    _tag(git, "1.0.0")
    _commit(git, registry, 1000)
    git("tag", "-a", "-m", "another", name)
    git("tag", "coefficients/v9.9.9")  # not annotated
    assert _released(registry) == ("coefficients/v1.0.0", 15490)


def test_a_branch_of_the_same_name_is_not_taken_for_the_release(registry: Path, git: Git) -> None:
    _tag(git, "1.0.0")
    _commit(git, registry, 1000)
    git("branch", "coefficients/v1.0.0")
    assert _released(registry) == ("coefficients/v1.0.0", 15490)


def test_a_release_that_is_not_valid_today_has_no_registry(registry: Path, git: Git) -> None:
    _commit(git, registry, -1)
    _tag(git, "1.0.0")
    _commit(git, registry, 1000)
    assert _released(registry) is None


# --- The anchor


def _since_anchor(root: Path, revision: str = "HEAD") -> list[int]:
    """docs.low of every state from the anchor on."""
    with Repository(root) as repository:
        states = AcceptedStates(repository, repository.commit(revision)).since_anchor()
        return [int(values_of(registry)["docs.low"].number) for _, registry in states]


def test_before_twenty_changes_the_anchor_is_the_first_valid_state(
    registry: Path, git: Git
) -> None:
    assert _since_anchor(registry) == [15490]
    _commit(git, registry, 1000)
    _tag(git, "1.0.0")
    _commit(git, registry, 2000)
    assert _since_anchor(registry) == [15490, 1000, 2000]
    assert _since_anchor(registry, "HEAD~1") == [15490, 1000]


def test_twenty_accepted_changes_are_added_up(registry: Path, git: Git) -> None:
    for tokens in range(1, 25):
        _commit(git, registry, tokens)
    assert _since_anchor(registry) == list(range(4, 25))


def test_changes_of_calls_count_and_what_says_nothing_does_not(registry: Path, git: Git) -> None:
    _commit(git, registry, 1)
    (registry / "samples" / "here").mkdir(parents=True)
    for number in range(20):
        (registry / "samples" / "here" / f"undated-{number:08}.jsonl").write_text(
            f"{number}", "utf-8"
        )
        git("add", "-A")
        git("commit", "-qm", "calls")
        (registry / "samples" / "README.md").write_text(f"{number}", "utf-8")
        (registry / DOCS).write_text(
            (registry / DOCS).read_text("utf-8") + "# a comment\n", "utf-8"
        )
        git("commit", "-qam", "notes")
        (registry / "elsewhere").write_text(f"{number}", "utf-8")
        git("add", "-A")
        git("commit", "-qm", "elsewhere")
    assert _since_anchor(registry)[0] == 1
    _commit(git, registry, 2)
    assert _since_anchor(registry)[0] == 1
    assert len(_since_anchor(registry)) == 21


def test_steps_to_and_fro_count_once(registry: Path, git: Git) -> None:
    for _ in range(15):
        _commit(git, registry, 1)
        _commit(git, registry, 2)
    assert _since_anchor(registry) == [15490, 1, 2]


def test_what_came_back_is_as_old_as_the_first_time(registry: Path, git: Git) -> None:
    first = git("rev-parse", "HEAD")
    _commit(git, registry, 1)
    _commit(git, registry, 15490)
    assert _since_anchor(registry) == [15490, 1]
    with Repository(registry) as repository:
        assert AcceptedStates(repository, repository.commit("HEAD")).since_anchor()[0][0] == first


def test_words_about_retirements_are_no_change(registry: Path, git: Git) -> None:
    entry, file = (
        f'retired: [{{id: "{"0" * 32}", reason: of another run}}]\n',
        registry / "samples/retired.yaml",
    )
    file.parent.mkdir()
    file.write_text(entry, "utf-8")
    git("add", "-A")
    git("commit", "-qm", "retire one")
    for number in range(22):
        file.write_text(f"{entry}# remark {number}\n", "utf-8")
        git("commit", "-qam", "a remark")
    assert _since_anchor(registry) == [15490, 15490]


def test_an_older_release_is_the_anchor_and_a_newer_one_is_not(registry: Path, git: Git) -> None:
    _commit(git, registry, 1)
    _tag(git, "1.0.0")
    for tokens in range(2, 24):
        _commit(git, registry, tokens)
    assert _since_anchor(registry) == [1, *range(3, 24)]
    _tag(git, "1.1.0")
    assert _since_anchor(registry) == list(range(3, 24))


def test_a_state_that_is_not_valid_is_no_anchor(registry: Path, git: Git) -> None:
    (registry / DOCS).unlink()
    (registry / "coefficients/gates.yaml").unlink()
    git("commit", "-qam", "broken")
    git("checkout", "-q", "--orphan", "again")
    git("commit", "-qm", "broken from the start")
    git("checkout", "-q", "main~1", "--", ".")
    git("commit", "-qm", "mended")
    assert _since_anchor(registry) == [15490]


def _versions(*patches: int) -> frozenset[Version]:
    return frozenset(Version(1, 0, patch) for patch in patches)


@pytest.mark.parametrize(
    ("states", "withdrawn", "stand"),
    [
        pytest.param("d 0", (), "d 0", id="nothing was withdrawn"),
        pytest.param("02 c 1 a 0", (1,), "02 0", id="a rollback withdraws all that it goes past"),
        pytest.param("0 c 1 a 0", (1,), "0 0", id="so does a revert that was not released"),
        pytest.param(
            "d 2 c 1 a 0", (1,), "d 2 c 0", id="a later release mends what was withdrawn"
        ),
        pytest.param("d 1 a", (1,), "d", id="what comes after it stands while nobody goes back"),
        pytest.param("02 1 1", (1,), "02", id="twice the same values"),
        pytest.param("13 2 1", (1, 2), "13 ", id="values that one standing release has stand"),
    ],
)
def test_states_stand_with_their_releases(
    states: str, withdrawn: tuple[int, ...], stand: str
) -> None:
    """The newest first; digits: patches of the releases with these values; letters: no release."""
    found = standing(
        states.split(),
        lambda one: _versions(*map(int, one)) if one.isdigit() else frozenset(),
        _versions(*withdrawn),
    )
    assert list(found) == stand.split()


# --- What is read of them


def test_states_are_what_each_commit_left_behind(registry: Path, git: Git) -> None:
    edit(registry, DOCS, "tokens: 15490", "tokens: -1")
    git("commit", "-qam", "broken")
    git("revert", "--no-edit", "HEAD")
    with Repository(registry) as repository:
        past = AcceptedStates(repository, repository.commit("HEAD"))
        states = list(past.states())
        assert [commit for commit, _ in states] == git("log", "--format=%H").split()
        assert [state is None for _, state in states] == [False, True, False]
        assert states[0][1] == states[2][1] == read_registry(repository.tree("HEAD"))
        assert list(past.states()) == states


def test_a_registry_behind_a_link_is_invalid_in_the_past_too(registry: Path, git: Git) -> None:
    git("mv", "coefficients", "elsewhere")
    (registry / "coefficients").symlink_to("elsewhere")
    git("add", "-A")
    git("commit", "-qm", "link")
    with Repository(registry) as repository:
        past = AcceptedStates(repository, repository.commit("HEAD"))
        assert [state is None for _, state in past.states()] == [True, False]


def test_the_last_release(registry: Path, git: Git) -> None:
    def released() -> tuple[str, bool] | None:
        with Repository(registry) as repository:
            found = next(AcceptedStates(repository, repository.commit("HEAD")).released(), None)
            return (
                None
                if found is None
                else (found[0], found[1] == read_registry(FolderTree(registry)))
            )

    assert released() is None
    git("tag", "coefficients/v9.9.9")  # not annotated, so no release
    assert released() is None
    git("tag", "-a", "-m", "release", "coefficients/v1.0.0")
    assert released() == ("coefficients/v1.0.0", True)
    docs_low(registry, 1000)
    git("commit", "-qam", "lower")
    assert released() == ("coefficients/v1.0.0", False)


def test_what_was_parsed_once_is_not_parsed_again(registry: Path, git: Git) -> None:
    memo: Memo = {}
    first = read_registry(FolderTree(registry), memo)
    parsed = dict(memo)
    assert len(parsed) == len(FolderTree(registry).entries("coefficients"))
    assert read_registry(FolderTree(registry), memo) == first
    docs_low(registry, 1000)
    assert read_registry(FolderTree(registry), memo) != first
    assert [path for path, _ in memo.keys() - parsed.keys()] == [DOCS]
    assert all(memo[key] is parsed[key] for key in parsed)

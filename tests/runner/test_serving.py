"""What must hold before a release may serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from coefgate.core import estimate as scalar
from coefgate.core.problems import InvalidDocument
from coefgate.core.release import Release
from coefgate.core.snapshot import MAX_BYTES, Snapshot
from coefgate.runner import serving
from coefgate.runner.serving import accepted
from tests.runner.remotes import snapshot, version
from tests.runner.shelf import one_category, without

SERVED = snapshot()


def _offered(made: Snapshot, text: str = "1.5.0") -> Release:
    return Release(version(text), "c" * 40, made, ())


def _refused(made: Snapshot, *, restored: bool = False) -> str:
    with pytest.raises(InvalidDocument) as caught:
        accepted(_offered(made), SERVED, is_restored=lambda: restored)
    return str(caught.value)


def _never() -> bool:
    raise AssertionError("nobody asked whether it was restored")


def test_a_release_is_compiled_under_its_version() -> None:
    made = snapshot(1600)
    release = accepted(_offered(made), SERVED, is_restored=_never)
    assert (release.serving.version, release.serving.commit, release.serving.digest) == (
        "1.5.0",
        "c" * 40,
        made.digest,
    )
    assert (release.table.registry_version, release.table.digest) == ("1.5.0", made.digest)
    assert release.table.cells["docs", "low"].overhead.tokens == 1600


def test_the_digest_is_computed_anew() -> None:
    content = snapshot(1600).content
    assert "was altered, or is not complete" in _refused(Snapshot(content, SERVED.digest))


def test_no_release_is_larger_than_a_snapshot_may_be() -> None:
    globs = [f"{'x' * 90}{number}.py" for number in range(MAX_BYTES // 90)]
    huge = without(SERVED, lambda content: content["file_kinds"]["rules"][0].update(paths=globs))
    assert "no snapshot has more than" in _refused(huge)


@pytest.mark.parametrize(("key", "known"), [("format", 1), ("semantics", 2)])
def test_a_newer_format_is_refused_with_the_fix(key: str, known: int) -> None:
    newer = without(SERVED, lambda content: content.update({key: known + 1}))
    assert f"has the {key} {known + 1}, and this program reads up to {known}" in _refused(newer)


def _fewer_cells(content: dict[str, Any]) -> None:
    for category in content["categories"].values():
        category["overhead"] = dict(list(category["overhead"].items())[:1])


def _fewer_costs(content: dict[str, Any]) -> None:
    content["marginal_costs"] = {
        operation: {"doc": costs["doc"]} for operation, costs in content["marginal_costs"].items()
    }
    content["file_kinds"] = {"rules": [], "default": "doc"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_fewer_cells, "cells, not"),
        (lambda content: content.update(categories={}), "0 cells, not"),
        (_fewer_costs, "2 marginal costs, not 10,"),
    ],
)
def test_what_shrank_by_more_than_half_is_refused_unless_it_was_restored(
    change: Callable[[dict[str, Any]], object], said: str
) -> None:
    shrunk = without(SERVED, change)
    message = _refused(shrunk)
    assert said in message
    assert message.endswith("pin it with: coefgate update --to 1.5.0")
    assert (
        accepted(_offered(shrunk), SERVED, is_restored=lambda: True).serving.digest
        == shrunk.digest
    )


def test_half_of_it_is_enough() -> None:
    docs = SERVED.content["categories"]["docs"]
    second = {"aliases": [], "overhead": docs["overhead"]}
    both = without(
        SERVED, lambda content: content.update(categories={"docs": docs, "second": second})
    )
    half = one_category(SERVED)
    accepted(_offered(half), both, is_restored=_never)
    third = without(both, lambda content: content["categories"].update(third=second))
    with pytest.raises(InvalidDocument, match=r"has 3 cells, not 9, of what serves now"):
        accepted(_offered(half), third, is_restored=lambda: False)


def test_a_table_that_does_not_estimate_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = scalar.estimate

    def wrong(*arguments: Any, **options: Any) -> Any:
        found = real(*arguments, **options)
        return found if options["complexity"] is None else replace(found, tokens=-1)

    monkeypatch.setattr(serving, "estimate", wrong)
    assert "the snapshot of 1.5.0 does not estimate: " in _refused(snapshot(1600))


def test_thousands_of_globs_are_exercised_in_part() -> None:
    rules = [
        {"kind": "test", "paths": [f"{first + second:04}.py" for second in range(100)]}
        for first in range(0, 2_000, 100)
    ]
    many = without(SERVED, lambda content: content["file_kinds"].update(rules=rules))
    assert accepted(_offered(many), SERVED, is_restored=_never).table.kind_of("1999.py") == "test"


def test_every_glob_is_exercised() -> None:
    paths = list(serving._paths(SERVED.content))
    kinds = accepted(_offered(SERVED), SERVED, is_restored=_never).table.kind_of
    assert {kinds(path) for path in paths} == set(SERVED.content["marginal_costs"]["create"])

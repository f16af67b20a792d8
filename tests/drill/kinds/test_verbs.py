"""The verbs of which the rows are made, on their own."""

from __future__ import annotations

from random import Random

import pytest

from coefgate.drill.fileset import GATES, MARGINS, Fileset
from coefgate.drill.kinds.opinions import swings
from coefgate.drill.kinds.verbs import new_file, together, until
from coefgate.drill.numbers import numbers, with_value
from coefgate.drill.plant import NotPlantable, Plant, Planting, one_of, passes, stopped


def _always(plant: Plant) -> Planting:
    return lambda _state, _rng: plant


def _drawn() -> Random:
    return Random(1)  # noqa: S311 (draws, no secrets)


def test_until_the_oracle_agrees_and_then_its_rules_are_those_of_the_plant(
    by_hand: Fileset,
) -> None:
    margin = next(one for one in numbers(by_hand) if one.name == "margin.default")
    tried = [None, margin.value * 11 / 10, margin.value * 2, margin.value * 3]

    def attempt(state: Fileset, _rng: Random) -> Plant | None:
        value = tried.pop(0)
        return None if value is None else Plant(f"{value}", with_value(state, margin, value))

    found = until(attempt, swings)(by_hand, _drawn())
    assert found.what == str(margin.value * 2)
    assert "swing" in found.rules
    assert tried == [margin.value * 3]


def test_it_is_the_base_after_the_past_that_the_oracle_compares_with(by_hand: Fileset) -> None:
    margin = next(one for one in numbers(by_hand) if one.name == "margin.default")
    doubled = with_value(by_hand, margin, margin.value * 2)
    plant = Plant("the same again", doubled, past=({}, doubled))
    with pytest.raises(NotPlantable, match="never far enough"):
        until(_always(plant), swings, nothing="never far enough", attempts=3)(by_hand, _drawn())


def test_several_things_are_one_proposal_at_the_place_of_the_first(by_hand: Fileset) -> None:
    several = (
        Plant("a", {GATES: None}, frozenset(("one",))),
        Plant("b", {MARGINS: None}, frozenset(("two",)), past=({},)),
        Plant("c", {"x": b""}),
    )
    found = together(*map(_always, several))(by_hand, _drawn())
    assert (found.what, found.file, found.past) == ("a, with b and c", GATES, ({},))
    assert found.changed == {GATES: None, MARGINS: None, "x": b""}
    assert found.rules == {"one", "two"}


def test_a_new_file_has_one_of_its_names_and_a_number_where_one_belongs(by_hand: Fileset) -> None:
    found = {new_file(b"x", "a-{}.md", "b")(by_hand, Random(n)).file for n in range(20)}  # noqa: S311 (draws)
    assert "b" in found
    assert all(
        name == "b" or name.removeprefix("a-").removesuffix(".md").isdecimal() for name in found
    )


def test_none_of_nothing_is_drawn_and_the_reason_says_why() -> None:
    with pytest.raises(NotPlantable, match="there is none"):
        one_of(_drawn(), (), "there is none")


def test_a_row_says_which_rules_must_object_beside_those_of_the_plant(by_hand: Fileset) -> None:
    plant = _always(Plant("a", {}, frozenset(("swing",))))
    must_stop = stopped("k", "", plant, by="smape waste-p90").plant(by_hand, _drawn())
    assert must_stop.rules == {"swing", "smape", "waste-p90"}
    assert passes("k", "", plant).plant(by_hand, _drawn()).rules == frozenset()

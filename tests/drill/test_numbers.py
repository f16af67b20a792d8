"""Numbers with other values: what is acknowledged beside them, and what stays as it is."""

from __future__ import annotations

from fractions import Fraction

import yaml

from coefgate.drill.fileset import MARGINS, Fileset
from coefgate.drill.numbers import Number, numbers, with_value, with_values

BASIS = "basis: {kind: prior}"
FILE = "coefficients/overhead/docs.yaml"
OVERHEAD = f"""# first
overhead:
  low: {{tokens: 1500, {BASIS}}}  # why
  high: {{tokens: 2000, {BASIS}}}
"""
STATE = Fileset(
    {
        FILE: OVERHEAD.encode(),
        MARGINS: f"default: {{factor: 1.5, {BASIS}}}\n".encode(),
        "coefficients/marginal_costs.yaml": b"marginal_costs: {}\n",
        "coefficients/registry.yaml": (
            f"fallback: {{overhead: {{tokens: 7, {BASIS}}}}}\nno_deliverables: {{}}\n".encode()
        ),
    }
)


def number(name: str, state: Fileset = STATE) -> Number:
    return next(one for one in numbers(state) if one.name == name)


def test_a_value_is_exchanged_and_all_else_stays() -> None:
    changed = with_value(STATE, number("docs.low"), Fraction(1600))
    assert changed == {FILE: OVERHEAD.replace("1500", "1600").encode()}
    assert with_value(STATE, number("margin.default"), Fraction("1.25"))[MARGINS] == (
        f"default: {{factor: 1.25, {BASIS}}}\n".encode()
    )


def test_an_acknowledgement_stands_beside_its_value_until_the_next_step() -> None:
    low, high = number("docs.low"), number("docs.high")
    values = {low: Fraction(3000), high: Fraction(3000)}
    changed = with_values(STATE, values, {low: Fraction(1500)})
    overhead = yaml.safe_load(changed[FILE])["overhead"]
    step = {"from": 1500, "to": 3000, "reason": "planted by the drill"}
    basis = {"kind": "prior"}
    assert overhead["low"] == {"tokens": 3000, "basis": basis, "acknowledge": step}
    assert overhead["high"] == {"tokens": 3000, "basis": basis}
    again = with_value(STATE.after(changed), low, Fraction(4000))
    assert yaml.safe_load(again[FILE])["overhead"]["low"] == {"tokens": 4000, "basis": basis}


def test_the_files_of_several_numbers_are_written_anew_without_acknowledgements() -> None:
    low, margin = number("docs.low"), number("margin.default")
    once = STATE.after(with_values(STATE, {low: Fraction(3000)}, {low: Fraction(1500)}))
    changed = with_values(once, {low: Fraction(4000), margin: Fraction("1.125")})
    assert yaml.safe_load(changed[FILE])["overhead"]["low"]["tokens"] == 4000
    assert b"acknowledge" not in changed[FILE]
    assert yaml.safe_load(changed[MARGINS])["default"]["factor"] == 1.125

"""What the drill wants to hear of itself before it plants: what an opinion has to say."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Final

from coefgate.drill.oracle.figures import METRIC_RULES
from coefgate.drill.oracle.opinion import Opinion

Wanted = Callable[[Opinion], object]
"""Is an opinion the wanted one? Anything that is true says so."""

is_worse: Final[Wanted] = attrgetter("measured")
"""Do stored calls decide against it?"""
breaks_a_rule: Final[Wanted] = attrgetter("broken")
flatters: Final[Wanted] = attrgetter("flattered")
"""Do its calls make a figure better, beyond any chance?"""


def misses_a_limit(opinion: Opinion) -> object:
    """Does it break a metric rule, on all calls or on base's alone?"""
    return opinion.broken & {*METRIC_RULES, "diluted"}


def harmless(opinion: Opinion) -> bool:
    """Is it certain that it breaks no rule?"""
    return opinion.decided and not opinion.broken


def breaks(*rules: str) -> Wanted:
    """Does it break these rules?"""
    return lambda opinion: opinion.broken.issuperset(rules)


swings: Final = breaks("swing")
"""Is a step too far?"""


def stays_near(opinion: Opinion) -> bool:
    """Is no step too far?"""
    return not swings(opinion)


loses_a_stratum: Final = breaks("stratum-regression")
"""Does a kind of work lose too much?"""

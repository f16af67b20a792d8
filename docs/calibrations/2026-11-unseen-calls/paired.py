"""These coefficients on unseen runs, against two older states on the same calls.

Run it with the Python that has the program, in the folder of this repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from coefgate.calibration.unseen import UnseenReader
from coefgate.git.working_tree import checkout
from coefgate.registry.compilation import table_of
from coefgate.replay.evidence import Evidence
from coefgate.replay.figures import Figures, in_draws
from coefgate.replay.metrics import Calls
from coefgate.use_cases.state import read_both, read_state

PUBLISHED = "7630ee59049c4c33b85ce402418d9b522cb65025"
BEFORE = "24517d3ef2362f75d9cf372d012f26f8de0f3c9f"
"""The commit that stored the later calls; the coefficients were of the calls before it."""
FIGURES = ("smape_mean", "underestimation_kaplan_meier", "waste_median", "waste_p90", "spread")


def main() -> None:
    """Print each figure then and now, and the 95% interval of what changed, by draws of phases."""
    with checkout(Path(__file__).parents[3]) as folder:
        repository = folder.repository
        state = read_state(folder, repository, memo={})
        published = table_of(read_both(repository.tree(PUBLISHED))[0])
        before = read_both(repository.tree(BEFORE))[0]
        first = {one.id for one in read_both(repository.tree(f"{BEFORE}~1"))[1].samples}
    evidence = Evidence(state.audited())
    new = UnseenReader(evidence).of(state.registry, table_of(state.registry)).run
    assert new is not None, "without two runs there is none to leave out"
    everyone = np.ones(len(evidence.samples), dtype=np.bool_)
    print("calls  against    figure                          then     now  95% of the difference")
    for told, rows in {"all": everyone, "later": evidence.new_to(first)}.items():
        for name, table in {"published": published, "before": table_of(before)}.items():
            for line in compared(evidence.calls(table).where(rows), new.where(rows)):
                print(f"{told:5}  {name:9}  {line}")


def compared(old: Calls, new: Calls) -> Iterator[str]:
    """A line for each figure of the same calls."""
    then, now = Figures.of(old), Figures.of(new)
    before, after = dict(in_draws(old)), dict(in_draws(new))
    for figure in FIGURES:
        pair = [
            float(getattr(one if figure == "spread" else one.metrics, figure))
            for one in (then, now)
        ]
        low, high = np.quantile(after[figure] - before[figure], (0.025, 0.975))
        yield f"{figure:28}  {pair[0]:6.3f}  {pair[1]:6.3f}  {low:+.3f} to {high:+.3f}"


if __name__ == "__main__":
    main()

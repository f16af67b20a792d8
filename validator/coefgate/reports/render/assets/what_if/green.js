// Where a value meets all four limits: searched for one value at a time, in slices, so that the
// page never freezes.
whatIf.green = (model) => {
  "use strict";

  const SLICE = 12;
  const found = new Map();
  let running = 0;

  // Calls `show` with the ranges of the value at `at`, unless another search begins before.
  function search(at, steps, show) {
    running += 1;
    const name = [at, ...steps.map((one, place) => (place === at ? "" : one))].join();
    if (found.has(name)) show(found.get(name));
    else next(running, model.green(at, steps, SLICE), (ranges) => show(keep(name, ranges)));
  }

  function next(mine, slices, done) {
    if (mine !== running) return;
    const { done: over, value } = slices.next();
    if (over) done(value);
    else setTimeout(() => next(mine, slices, done));
  }

  function keep(name, ranges) {
    if (found.size > 500) found.clear();
    found.set(name, ranges);
    return ranges;
  }

  return { search };
};

// What is known of the value that somebody is at: how many predictions depend on it, and where
// all four limits are met. It is searched in slices, so that the page never freezes.
whatIf.facts = (live, changes) => {
  "use strict";
  const { dom, numbers } = whatIf;

  const SLICE = 12; // milliseconds
  const MOST_KEPT = 500;
  const found = new Map();
  let running = 0;
  let asked = null;

  function ask(row) {
    asked = row;
    const steps = changes.steps();
    const question = steps.join();
    if (row.answered === question) return; // its button must not go while it is pressed
    const count = live.dependents(row.key.at, steps);
    const words = live.dependentWords(count);
    row.explain(words);
    if (count) search(row.key.at, steps, (ranges) => answer(row, ranges, question, words));
    else row.draw([]);
  }

  function answer(row, ranges, question, words) {
    row.answered = question;
    row.draw(ranges);
    row.explain(words, " ", ...greenWords(row.key, ranges, changes.of(row.key.at)));
  }

  // Calls `show` with the ranges of the value at `at`, unless another search begins before, or
  // another number changes.
  function search(at, steps, show) {
    running += 1;
    const others = withoutOwn(at, steps);
    const done = (ranges) => {
      keep(others, ranges);
      if (withoutOwn(at, changes.steps()) === others) show(ranges);
    };
    if (found.has(others)) show(found.get(others));
    else next(running, live.green(at, steps, SLICE), done);
  }

  const withoutOwn = (at, steps) => [at, ...steps.with(at, "")].join();

  function next(mine, slices, done) {
    if (mine !== running) return;
    const { done: over, value } = slices.next();
    if (over) done(value);
    else setTimeout(() => next(mine, slices, done));
  }

  function keep(others, ranges) {
    if (found.size >= MOST_KEPT) found.clear();
    found.set(others, ranges);
  }

  function greenWords(key, ranges, now) {
    if (!ranges.length) return ["No number for this value alone meets all four limits."];
    const spans = ranges.map((one) => span(key, one)).join(" and ");
    const words = `All four limits are met at ${spans}.`;
    const near = nearest(ranges, now);
    if (near === now) return [words];
    const set = () => changes.set([[key.at, near]]);
    return [words, " ", dom.button(`Set ${numbers.shown(key, near)}`, set)];
  }

  function span(key, [low, high]) {
    const ends = low === high ? [low] : [low, high];
    return ends.map((one) => numbers.shown(key, one)).join("–");
  }

  function nearest(ranges, now) {
    const far = (number) => Math.abs(number - now);
    const ends = ranges.map(([low, high]) => Math.min(Math.max(now, low), high));
    return ends.reduce((one, other) => (far(other) < far(one) ? other : one));
  }

  return { ask, again: () => asked && ask(asked), isAbout: (row) => row === asked };
};

// Brings the parts together, once the page is read.
whatIf.start = () => {
  "use strict";
  const { dom, numbers } = whatIf;
  const data = JSON.parse(dom.byId("coefgate-live").textContent);
  const live = whatIf.model(data);
  const { keys } = live;
  const root = dom.byId("what-if");
  const changes = whatIf.changes(keys, () => changed());
  const ladders = whatIf.ladders(keys, data.ladders);
  const today = changes.steps();
  const green = whatIf.green(live);
  const verdict = whatIf.verdict();
  const dimension = dom.byId("wi-dimension");
  const kinds = dimension.closest("details");
  const shownDimension = () => (kinds.open ? dimension.value : null);
  const table = dom.byId("wi-values");
  const rows = whatIf.values(table, keys, changes, { ask });
  const takeAway = whatIf.takeAway(changes, {
    command: live.command,
    link: () => location.href.split("#")[0] + whatIf.link.written(changes.list()),
    say: (words) => dom.say(dom.byId("wi-said"), words),
  });
  const estimator = whatIf.estimator(dom.byId("wi-call"), (call) =>
    whatIf.estimates.shown(live.estimate(call, changes.steps()), live.estimate(call, today)),
  );
  let asked = null;
  let figures = null;
  let conflicts = [];

  // Everything that follows from the numbers, at most once in a frame.
  const show = dom.inNextFrame(() => {
    const steps = changes.steps();
    conflicts = ladders.conflicts(steps);
    figures = live.figures(steps, shownDimension());
    for (const row of rows) row.update(steps[row.key.at], conflict(row.key));
    verdict.show(figures, conflicts);
    takeAway.show();
    explainConflicts();
    showEstimate();
  });
  const showEstimate = () => dom.byId("wi-panel-call").hidden || estimator.show();
  const settle = dom.whenQuiet(() => {
    remember();
    if (asked) ask(asked);
    dom.say(dom.byId("wi-aloud"), verdict.aloud(figures, conflicts, changes.list().length));
  }, 300);

  function begin() {
    verdict.begin(live.figures(today, shownDimension()));
    show();
  }

  function changed() {
    for (const row of rows) if (row !== asked) row.forget();
    dom.say(dom.byId("wi-said"), "");
    show();
    settle();
  }

  const conflict = (key) => conflicts.find(({ lower, upper }) => key === lower || key === upper);

  // Where a number is green, and how many calls rest on it: looked for when somebody goes there.
  function ask(row) {
    asked = row;
    const steps = changes.steps();
    const question = steps.join();
    if (row.answered === question) return; // its button must not go while it is pressed
    const { key } = row;
    const used = live.usedBy(key.at, steps);
    row.explain(...live.usedWords(used));
    if (!used) row.draw([]);
    else green.search(key.at, steps, (ranges) => {
      row.answered = question;
      row.draw(ranges);
      row.explain(...live.usedWords(used), " ", ...greenWords(row, ranges, steps[key.at]));
    });
  }

  function greenWords({ key }, ranges, now) {
    if (!ranges.length) return ["No number of this value alone meets all four limits."];
    const spans = ranges.map(([low, high]) =>
      low === high ? numbers.shown(key, low) : `${numbers.shown(key, low)}–${numbers.shown(key, high)}`,
    );
    const words = `All four limits are met at ${spans.join(" and ")}.`;
    const near = nearest(ranges, now);
    if (near === now) return [words];
    const go = dom.button(`Set ${numbers.shown(key, near)}`, () => changes.set([[key.at, near]]));
    return [words, " ", go];
  }

  function nearest(ranges, now) {
    const ends = ranges.map(([low, high]) => Math.min(Math.max(now, low), high));
    return ends.reduce((one, other) =>
      Math.abs(other - now) < Math.abs(one - now) ? other : one,
    );
  }

  function explainConflicts() {
    const place = dom.byId("wi-conflicts");
    place.hidden = !conflicts.length;
    place.replaceChildren(...conflicts.map(explained));
  }

  function explained({ lower, upper }) {
    const steps = changes.steps();
    const words = [
      dom.code(lower.name),
      ` is ${numbers.shown(lower, steps[lower.at])}, above `,
      dom.code(upper.name),
      ` at ${numbers.shown(upper, steps[upper.at])}; numbers rise with the complexity. `,
    ];
    const moved = changes.list().map((one) => one.key);
    const key = moved.includes(lower) ? lower : upper;
    const follow = () => changes.set(ladders.following(key, changes.steps()));
    return dom.element("li", {}, ...words, dom.button("Move the others along", follow));
  }

  function remember() {
    const hash = whatIf.link.written(changes.list());
    if (hash === location.hash || (!hash && !location.hash.startsWith("#try:"))) return;
    try {
      history.replaceState(null, "", hash || location.href.split("#")[0]);
    } catch {
      // A page inside another may have no address of its own; the link can still be copied.
    }
  }

  function recall() {
    const found = whatIf.link.read(location.hash, keys);
    if (!found) return;
    changes.replace(found.numbers);
    root.scrollIntoView();
    const problems = dom.byId("wi-link-problems");
    problems.hidden = !found.problems.length;
    const said = found.problems.map((one) => dom.element("li", {}, one));
    dom.byId("wi-link-problem-list").replaceChildren(...said);
  }

  // Undo and redo from anywhere in the tool, but not from a text that is being written.
  function pressed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const writing = event.target.closest("textarea, [aria-invalid]") !== null;
    const back = key === "z" && !event.shiftKey;
    const forth = key === "y" || (key === "z" && event.shiftKey);
    if (writing || !(back || forth)) return;
    event.preventDefault();
    if (back) changes.undo();
    else changes.redo();
  }

  function filter() {
    const asked = dom.byId("wi-search").value.trim().toLowerCase();
    const only = dom.byId("wi-only").checked;
    const moved = new Set(changes.list().map((one) => one.key));
    let left = 0;
    for (const { key, tr } of rows) {
      tr.hidden = !key.name.toLowerCase().includes(asked) || (only && !moved.has(key));
      left += tr.hidden ? 0 : 1;
    }
    for (const group of table.querySelectorAll("tbody, .wi-group")) {
      group.hidden = !group.querySelector("tr[data-at]:not([hidden])");
    }
    dom.say(dom.byId("wi-found"), left === rows.length ? "" : `${left} of ${rows.length} values`);
  }

  root.addEventListener("keydown", pressed);
  dom.byId("wi-search").addEventListener("input", filter);
  dom.byId("wi-only").addEventListener("change", filter);
  dimension.addEventListener("change", begin);
  kinds.addEventListener("toggle", begin);
  addEventListener("hashchange", recall);
  whatIf.tabs(dom.byId("wi-tabs"), () => showEstimate());
  root.classList.add("wi-live");
  for (const one of root.querySelectorAll(".wi-script")) one.hidden = false;
  begin();
  recall();
};

whatIf.start();

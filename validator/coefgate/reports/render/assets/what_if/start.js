// Brings the parts together, once the page is read.
whatIf.start = () => {
  "use strict";
  const { dom, link } = whatIf;
  const TEXTS = "textarea, input[type=text], input[type=search]";
  const data = JSON.parse(dom.byId("coefgate-live").textContent);
  const root = dom.byId("what-if");
  const table = dom.byId("wi-values");
  const dimension = dom.byId("wi-dimension");
  const kinds = dimension.closest("details");

  const live = whatIf.model(data);
  const changes = whatIf.changes(live.keys, () => changed());
  const today = changes.steps();
  const facts = whatIf.facts(live, changes);
  const conflicts = whatIf.conflicts(live.keys, data.ladders, changes);
  const verdict = whatIf.verdict();
  const rows = whatIf.values(table, live.keys, changes, facts);
  const find = whatIf.find(table, rows, changes);
  const takeAway = whatIf.takeAway(changes, {
    command: () => (isValid(changes.steps()) ? live.command(changes.steps()) : null),
    link: () => location.href.split("#")[0] + link.written(changes.list()),
  });
  const call = whatIf.call(data.file_path);
  const estimator = whatIf.estimator(dom.byId("wi-call"), call, (asked) => {
    const steps = changes.steps();
    if (!isValid(steps)) return { problem: conflicts.NO_ESTIMATE };
    return whatIf.estimates.shown(live.estimate(asked, steps), live.estimate(asked, today));
  });

  const isValid = (steps) => conflicts.find(steps).length === 0;
  const measured = (steps) => live.figures(steps, kinds.open ? dimension.value : null);
  const showEstimate = () => dom.byId("wi-panel-call").hidden || estimator.show();

  // Everything that follows from the numbers, at most once in a frame.
  const show = dom.inNextFrame(() => {
    const steps = changes.steps();
    const found = conflicts.find(steps);
    const inConflict = new Set(found.flatMap(({ lower, upper }) => [lower, upper]));
    for (const row of rows) row.update(steps[row.key.at], inConflict.has(row.key));
    find.show();
    verdict.show(measured(steps), isValid(steps));
    conflicts.show(found);
    takeAway.show();
    showEstimate();
  });

  // What can wait until a hand rests.
  const settle = dom.whenQuiet(() => {
    remember();
    facts.again();
    dom.say(dom.byId("wi-aloud"), verdict.aloud(changes.list().length));
  }, 300);

  function changed() {
    for (const row of rows) if (!facts.isAbout(row)) row.forget();
    takeAway.hush();
    show();
    settle();
  }

  function begin() {
    verdict.begin(measured(today));
    show();
  }

  function remember() {
    const hash = link.written(changes.list());
    if (hash === location.hash || (!hash && !link.isOurs(location.hash))) return;
    try {
      history.replaceState(null, "", hash || location.href.split("#")[0]);
    } catch {
      // A page inside another may have no address of its own; the link can still be copied.
    }
  }

  function recall() {
    if (!link.isOurs(location.hash)) return;
    const found = link.read(location.hash, live.keys);
    changes.replace(found.numbers);
    root.scrollIntoView();
    dom.byId("wi-link-problems").hidden = !found.problems.length;
    const said = found.problems.map((one) => dom.element("li", {}, one));
    dom.byId("wi-link-problem-list").replaceChildren(...said);
  }

  // Undo and redo from anywhere in the tool, but not from a text that is being written: it is
  // its own to undo.
  function pressed(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.target.matches(TEXTS) && !rows.some((row) => row.saysNumber(event.target))) return;
    const key = event.key.toLowerCase() + (event.shiftKey ? "+shift" : "");
    const act = { z: changes.undo, "z+shift": changes.redo, y: changes.redo }[key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  root.addEventListener("keydown", pressed);
  dom.byId("wi-bar").addEventListener("click", () => dom.byId("wi-head").focus());
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

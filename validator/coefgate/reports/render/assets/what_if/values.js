// The table of values: each gets a slider and a field, and says what is known of it.
whatIf.values = (table, keys, changes, facts) => {
  "use strict";
  const { dom, numbers } = whatIf;
  for (const head of table.querySelectorAll("thead tr")) {
    head.append(dom.element("th", { scope: "col" }, "With changes"));
  }
  const rows = [...table.querySelectorAll("tr[data-at]")].map((tr) =>
    row(tr, keys[Number(tr.dataset.at)]),
  );

  function row(tr, key) {
    const id = `wi-${key.at}`;
    const slider = dom.element("input", {
      type: "range",
      step: 1,
      "aria-label": `${key.name}, ${numbers.unit(key)}`,
      "aria-describedby": `${id}-note`,
    });
    const field = dom.element("input", {
      type: "text",
      inputmode: key.one === 1 ? "numeric" : "decimal",
      autocomplete: "off",
      spellcheck: "false",
      "aria-label": `${key.name} as a number, ${numbers.unit(key)}`,
      "aria-describedby": `${id}-problem`,
    });
    const back = dom.button("↺", () => restore(), {
      class: "wi-back",
      "aria-label": `Reset ${key.name} to ${numbers.shown(key, key.today)}`,
      title: `Reset to ${numbers.shown(key, key.today)}`,
    });
    const green = dom.element("span", { class: "wi-green" });
    const today = dom.element("span", { class: "wi-today" });
    const marks = dom.element("span", { class: "wi-marks", "aria-hidden": "true" }, green, today);
    const note = dom.element("p", { class: "wi-note", id: `${id}-note` });
    const problem = dom.element("p", { class: "wi-problem", id: `${id}-problem`, hidden: true });
    let dragged = false;
    let said = null; // the number that the field's text stands for
    let known = null; // what the row shows: a registry may have a thousand rows, and one moves
    let clashes = false;
    let span = null;

    const cell = dom.element(
      "td",
      { class: "wi-try" },
      dom.element("span", { class: "wi-slider" }, marks, slider),
      field,
      back,
      problem,
      note,
    );
    tr.append(cell);

    function restore() {
      changes.remove(key.at);
      field.focus();
    }

    function moved() {
      if (dragged) slider.value = snapped(Number(slider.value));
      changes.set([[key.at, Number(slider.value)]], slider);
    }

    function dropped() {
      if (!dragged) return;
      dragged = false;
      place(changes.of(key.at));
      changes.rest();
    }

    // A finger or a mouse cannot aim at single tokens, so it gets round numbers.
    function snapped(steps) {
      if (Math.abs(steps - key.today) <= span.coarse) return key.today;
      const round = Math.round(steps / span.coarse) * span.coarse;
      return Math.min(Math.max(round, span.low), span.high);
    }

    const complainSoon = dom.whenQuiet(check, 500);

    function typed() {
      const found = numbers.parsed(key, field.value);
      complainSoon();
      if (found.problem) return;
      complain("");
      said = found.steps;
      changes.set([[key.at, found.steps]], field);
    }

    function check() {
      complain(numbers.parsed(key, field.value).problem ?? "");
    }

    function complain(words) {
      dom.say(problem, words);
      problem.hidden = !words;
      dom.set(field, "aria-invalid", words ? "true" : null);
    }

    // A text that is no number stays, with its explanation, until it is corrected or put back.
    function left() {
      changes.rest();
      check();
      if (!field.hasAttribute("aria-invalid")) write(changes.of(key.at));
    }

    slider.addEventListener("input", moved);
    for (const end of ["change", "pointerup", "pointercancel"]) {
      slider.addEventListener(end, dropped);
    }
    slider.addEventListener("blur", () => changes.rest());
    slider.addEventListener("pointerdown", () => (dragged = true));
    slider.addEventListener("keydown", () => (dragged = false));
    field.addEventListener("input", typed);
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") write(changes.of(key.at));
    });
    field.addEventListener("change", left);
    field.addEventListener("blur", left);
    cell.addEventListener("focusin", () => facts.ask(self));

    // What a keyboard or the field asks for may lie beyond what the slider spans.
    function update(steps, inConflict) {
      const isShown = steps === said && steps === Number(slider.value);
      if (steps === known && isShown && inConflict === clashes) return;
      clashes = inConflict;
      place(steps);
      dom.set(slider, "aria-valuetext", numbers.withUnit(key, steps));
      if (steps !== said) write(steps);
      known = steps;
      const changed = steps !== key.today;
      tr.classList.toggle("wi-changed", changed);
      back.hidden = !changed;
      tr.classList.toggle("wi-conflict", inConflict);
    }

    function place(steps) {
      if (!dragged) aim(numbers.visible(key, steps));
      if (Number(slider.value) !== steps) slider.value = steps;
    }

    function write(steps) {
      said = steps;
      field.value = numbers.shown(key, steps);
      complain("");
    }

    function aim(next) {
      if (span && next.low === span.low && next.high === span.high) return;
      span = next;
      slider.min = span.low;
      slider.max = span.high;
      today.style.left = percent(key.today);
      today.hidden = key.today > span.high;
      if (self.ranges) draw(self.ranges);
    }

    function percent(steps) {
      const within = Math.min(Math.max(steps, span.low), span.high);
      return `${(100 * (within - span.low)) / (span.high - span.low)}%`;
    }

    function draw(ranges) {
      self.ranges = ranges;
      green.replaceChildren(...ranges.filter(([low]) => low <= span.high).map(bar));
    }

    function bar([low, high]) {
      const made = dom.element("span");
      made.style.left = percent(low);
      made.style.right = `calc(100% - ${percent(high)})`;
      return made;
    }

    function forget() {
      if (!note.firstChild) return; // nobody has asked
      self.ranges = null;
      self.answered = null;
      green.replaceChildren();
      note.classList.add("wi-old");
    }

    function explain(...words) {
      note.classList.remove("wi-old");
      dom.keepFocus(note, slider, () => note.replaceChildren(...words));
    }

    const saysNumber = (one) => one === field && !numbers.parsed(key, field.value).problem;

    const self = { key, tr, ranges: null, answered: null };
    return Object.assign(self, { update, draw, forget, explain, saysNumber });
  }

  return rows;
};

// Finds values: by a part of their name, or those that are changed. The one that somebody is at
// stays.
whatIf.find = (table, rows, changes) => {
  "use strict";
  const { dom } = whatIf;
  const search = dom.byId("wi-search");
  const only = dom.byId("wi-only");

  function show() {
    const asked = search.value.trim().toLowerCase();
    const moved = new Set(changes.list().map((one) => one.key));
    let shown = 0;
    for (const { key, tr } of rows) {
      const fits = key.name.toLowerCase().includes(asked) && (!only.checked || moved.has(key));
      tr.hidden = !fits && !tr.contains(document.activeElement);
      shown += tr.hidden ? 0 : 1;
    }
    for (const group of table.querySelectorAll("tbody, .wi-group")) {
      group.hidden = !group.querySelector("tr[data-at]:not([hidden])");
    }
    const words = shown === rows.length ? "" : `${shown} of ${rows.length} values`;
    dom.say(dom.byId("wi-found"), words);
  }

  search.addEventListener("input", show);
  only.addEventListener("change", show);
  return { show };
};

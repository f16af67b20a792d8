// Tabs as the ARIA Authoring Practices have them: arrows choose, and only the chosen is in the
// order of the Tab key.
whatIf.tabs = (list, chosen) => {
  "use strict";
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const KEYS = { ArrowLeft: -1, ArrowRight: 1 };

  function choose(one) {
    for (const tab of tabs) {
      const is = tab === one;
      tab.setAttribute("aria-selected", String(is));
      tab.tabIndex = is ? 0 : -1;
      whatIf.dom.byId(tab.getAttribute("aria-controls")).hidden = !is;
    }
    chosen();
  }

  function aim(event) {
    const at = tabs.indexOf(event.target);
    if (event.key === "Home") return 0;
    if (event.key === "End") return tabs.length - 1;
    const by = KEYS[event.key];
    return by ? (at + by + tabs.length) % tabs.length : null;
  }

  list.addEventListener("keydown", (event) => {
    const at = aim(event);
    if (at === null) return;
    event.preventDefault();
    choose(tabs[at]);
    tabs[at].focus();
  });
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  choose(tabs[0]);
};

// Narrows the lists of a page to the entries that hold every word that was typed. Without it the
// page shows all of them. The words stand in the address behind #, so that a link can hold them.
"use strict";
(() => {
  const entries = [...document.querySelectorAll("main section li")].map((entry) => ({
    entry,
    text: entry.textContent.toLowerCase(),
  }));
  const sections = [...document.querySelectorAll("main section")];
  const box = document.createElement("p");
  const label = document.createElement("label");
  const field = document.createElement("input");
  const status = document.createElement("span");
  box.className = "filter";
  field.type = "search";
  field.id = "filter";
  field.autocomplete = "off";
  field.spellcheck = false;
  label.htmlFor = field.id;
  label.textContent = "Show entries with";
  status.setAttribute("role", "status");
  box.append(label, field, status);
  document.querySelector("main h1").after(box);

  const narrow = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { entry, text } of entries) {
      const fits = words.every((word) => text.includes(word));
      entry.hidden = !fits;
      shown += fits;
    }
    for (const section of sections) {
      section.hidden = words.length > 0 && !section.querySelector("li:not([hidden])");
    }
    status.textContent = words.length ? `${shown.toLocaleString("en")} of ${entries.length.toLocaleString("en")}` : "";
  };
  const remember = () => {
    const words = field.value.trim();
    const address = words ? `#q=${encodeURIComponent(words)}` : location.href.split("#")[0];
    try {
      history.replaceState(null, "", address);
    } catch {
      // A page inside another may have no address of its own.
    }
  };
  const recall = () => {
    if (!location.hash.startsWith("#q=")) return;
    try {
      field.value = decodeURIComponent(location.hash.slice(3));
    } catch {
      field.value = "";
    }
    narrow();
  };
  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      narrow();
      remember();
    }, 80);
  });
  addEventListener("hashchange", recall);
  recall();
})();

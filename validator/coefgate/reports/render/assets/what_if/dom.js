// The live what-if: one part of it in each file, all of them under this name.
const whatIf = {};

// Elements, made without any markup: whatever stands in a text stays text.
whatIf.dom = (() => {
  "use strict";

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) set(made, key, value);
    made.append(...children);
    return made;
  }

  function set(one, attribute, value) {
    if (value === false || value === null || value === undefined) one.removeAttribute(attribute);
    else one.setAttribute(attribute, value === true ? "" : value);
  }

  function button(words, act, attributes = {}) {
    const made = element("button", { type: "button", ...attributes }, words);
    made.addEventListener("click", act);
    return made;
  }

  const code = (words) => element("code", {}, words);

  const byId = (id) => document.getElementById(id);

  // Only what differs is written: a page that follows a slider has no time for the rest.
  function say(one, words) {
    if (one.textContent !== words) one.textContent = words;
  }

  // Runs `act`, which may take away what has the focus within `place`. Then the button that is in
  // its position now has it, or the last one, or else `refuge`.
  function keepFocus(place, refuge, act) {
    const buttons = () => [...place.querySelectorAll("button")].filter(isDrawn);
    const held = place.contains(document.activeElement) && document.activeElement;
    const at = held && buttons().indexOf(held);
    act();
    if (!held || isDrawn(held)) return;
    const left = buttons();
    (left[Math.min(at, left.length - 1)] ?? refuge).focus();
  }

  const isDrawn = (one) => one.getClientRects().length > 0;

  // Runs `act` in the next frame, once, however often it is asked for.
  function inNextFrame(act) {
    let asked = false;
    return () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        act();
      });
    };
  }

  // Runs `act` when nobody has asked for it for a while.
  function whenQuiet(act, milliseconds) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, milliseconds);
    };
  }

  return { element, set, button, code, byId, say, keepFocus, inNextFrame, whenQuiet };
})();

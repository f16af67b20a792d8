// What a person takes away: a list of changes, a link that holds them, a command that makes them.
whatIf.takeAway = (changes, tool) => {
  "use strict";
  const { dom, numbers } = whatIf;
  const list = dom.byId("wi-changes");
  const none = dom.byId("wi-no-changes");
  const shown = dom.byId("wi-command");
  const refused = dom.byId("wi-no-command");
  const buttons = {
    undo: dom.byId("wi-undo"),
    redo: dom.byId("wi-redo"),
    reset: dom.byId("wi-reset"),
    command: dom.byId("wi-copy-command"),
    link: dom.byId("wi-copy-link"),
  };
  const count = dom.byId("wi-bar-count");
  const link = dom.byId("wi-link");

  function item({ at, key, steps }) {
    const from = numbers.shown(key, key.today);
    const to = numbers.shown(key, steps);
    const remove = dom.button("✕", () => removed(at), {
      class: "wi-remove",
      "aria-label": `Undo ${key.name}: ${from} to ${to}`,
    });
    const far = dom.element("span", { class: "wi-far" }, numbers.change(key, steps));
    const way = dom.element("span", { class: "wi-way" }, from, " → ");
    way.append(dom.element("strong", {}, to), " ", far);
    return dom.element("li", {}, dom.code(key.name), way, remove);
  }

  function removed(at) {
    const place = changes.list().findIndex((one) => one.at === at);
    changes.remove(at);
    requestAnimationFrame(() => {
      const left = list.querySelectorAll("button");
      (left[Math.min(place, left.length - 1)] ?? buttons.undo).focus();
    });
  }

  // `isValid`: would the registry be read with these numbers? If not, the command is refused.
  function show(isValid) {
    const all = changes.list();
    list.replaceChildren(...all.map(item));
    none.hidden = all.length > 0;
    dom.byId("wi-take-away").hidden = all.length === 0;
    dom.say(shown, isValid ? tool.command(changes.steps()) : "");
    shown.hidden = !isValid;
    refused.hidden = isValid;
    enable(buttons.command, isValid);
    dom.set(buttons.command, "aria-describedby", isValid ? null : refused.id);
    enable(buttons.undo, changes.canUndo());
    enable(buttons.redo, changes.canRedo());
    enable(buttons.reset, all.length > 0);
    dom.say(count, `${numbers.changes(all.length)} · details`);
  }

  // A button that has the focus keeps it, so it is not taken out of use altogether.
  const enable = (button, can) => dom.set(button, "aria-disabled", can ? null : "true");

  function press(button, act) {
    button.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") act();
    });
  }

  const say = (words) => dom.say(dom.byId("wi-said"), words);

  // What was said of earlier changes, and a link that holds them, go.
  function hush() {
    say("");
    if (link.contains(document.activeElement)) buttons.link.focus();
    link.hidden = true;
  }

  async function copy(text, element, what) {
    try {
      await navigator.clipboard.writeText(text);
      say(`${what} is copied.`);
    } catch {
      select(element, text);
      say(`This browser does not let the page copy. ${what} is selected: press Ctrl+C (⌘C on a Mac).`);
    }
  }

  function select(element, text) {
    element.hidden = false;
    dom.say(element, text);
    const selection = getSelection();
    selection.removeAllRanges();
    const range = document.createRange();
    range.selectNodeContents(element);
    selection.addRange(range);
    element.focus();
  }

  press(buttons.undo, changes.undo);
  press(buttons.redo, changes.redo);
  press(buttons.reset, changes.reset);
  press(buttons.command, () => copy(shown.textContent, shown, "The command"));
  press(buttons.link, () => copy(tool.link(), link, "The link"));
  return { show, hush };
};

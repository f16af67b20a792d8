// What a person takes away: a list of changes, a link that holds them, a command that makes them.
whatIf.takeAway = (changes, tool) => {
  "use strict";
  const { dom, numbers } = whatIf;
  const list = dom.byId("wi-changes");
  const takeAway = dom.byId("wi-take-away");
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
  let turn = 0; // counts what is said: what is not the last holds no more

  function item({ at, key, steps }) {
    const from = numbers.shown(key, key.today);
    const to = numbers.shown(key, steps);
    const remove = dom.button("✕", () => changes.remove(at), {
      class: "wi-remove",
      "aria-label": `Undo ${key.name}: ${from} to ${to}`,
    });
    const far = dom.element("span", { class: "wi-far" }, numbers.change(key, steps));
    const way = dom.element("span", { class: "wi-way" }, from, " → ");
    way.append(dom.element("strong", {}, to), " ", far);
    return dom.element("li", {}, dom.code(key.name), way, remove);
  }

  function show() {
    const all = changes.list();
    const command = tool.command();
    dom.keepFocus(list, buttons.undo, () => list.replaceChildren(...all.map(item)));
    dom.keepFocus(takeAway, buttons.undo, () => {
      takeAway.hidden = all.length === 0;
      shown.hidden = command === null;
    });
    none.hidden = all.length > 0;
    dom.say(shown, command ?? "");
    refused.hidden = command !== null;
    enable(buttons.command, command !== null);
    dom.set(buttons.command, "aria-describedby", command === null ? refused.id : null);
    enable(buttons.undo, changes.canUndo());
    enable(buttons.redo, changes.canRedo());
    enable(buttons.reset, all.length > 0);
    dom.say(count, `${numbers.changes(all.length)} · details`);
  }

  // A button that has the focus keeps it, so it is not taken out of use altogether. What it does
  // follows the changes, which may be newer than what is drawn.
  const enable = (button, can) => dom.set(button, "aria-disabled", can ? null : "true");

  const say = (words) => dom.say(dom.byId("wi-said"), words);

  // What was said of earlier changes, and a link that holds them, go.
  function hush() {
    turn += 1;
    say("");
    if (link.contains(document.activeElement)) buttons.link.focus();
    link.hidden = true;
  }

  // A browser may ask whether it may copy, and the numbers may change before it answers.
  async function copy(find, element, what) {
    const asked = (turn += 1);
    try {
      await navigator.clipboard.writeText(find());
      if (asked === turn) say(`${what} is copied.`);
    } catch {
      if (asked !== turn) return;
      select(element, find());
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

  buttons.undo.addEventListener("click", changes.undo);
  buttons.redo.addEventListener("click", changes.redo);
  buttons.reset.addEventListener("click", changes.reset);
  buttons.command.addEventListener("click", () => {
    if (tool.command() !== null) copy(tool.command, shown, "The command");
  });
  buttons.link.addEventListener("click", () => copy(tool.link, link, "The link"));
  return { show, hush };
};

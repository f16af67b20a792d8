// What the numbers do: limits and figures today and with the changes, and the kinds of calls.
whatIf.verdict = () => {
  "use strict";
  const { dom, numbers } = whatIf;
  const SIGNS = { pass: "✓", fail: "✕", "not-measurable": "?" };
  const WORDS = { pass: "met", fail: "missed", "not-measurable": "not measurable" };
  const INVALID = [SIGNS.fail, "Not a valid registry", "fail"];
  const head = dom.byId("wi-head");
  const bar = dom.byId("wi-bar-verdict");
  const rows = dom.byId("wi-figures");
  const strata = dom.byId("wi-strata");
  let today = null;
  let words = "";
  let figures = new Map();
  let kinds = [];

  // What everything is held against.
  function begin(found) {
    today = found;
    rows.replaceChildren();
    strata.replaceChildren();
    figures = new Map(today.rows.map((one) => [one.id, figure(one)]));
    kinds = today.kinds.map(kind);
  }

  function figure(one) {
    const now = dom.element("td", { class: "n" });
    const judged = dom.element("td");
    const name = dom.element("th", { scope: "row" }, one.name);
    if (one.asks) name.append(dom.element("span", { class: "wi-asks" }, one.asks));
    const tr = dom.element("tr", {}, name, dom.element("td", { class: "n" }, ...said(one)), now);
    tr.append(judged);
    rows.append(tr);
    return { tr, now, judged, today: one };
  }

  function said(one, element = "span") {
    const words = [dom.element(element, {}, one.text)];
    if (one.detail) words.push(" ", dom.element("span", { class: "wi-ends" }, one.detail));
    return words;
  }

  function kind(one) {
    const name = dom.element("th", { scope: "row" }, one.name);
    const calls = dom.element("td", { class: "n" }, one.calls);
    const cells = one.cells.map(() => dom.element("td", { class: "n" }));
    const tr = dom.element("tr", {}, name, calls, ...cells);
    strata.append(tr);
    return { tr, cells, today: one };
  }

  // `isValid`: would the registry be read with these numbers?
  function show(now, isValid) {
    const [sign, said, tone] = isValid ? headline(now) : INVALID;
    words = said;
    dom.say(head.firstElementChild, sign);
    dom.say(head.lastElementChild, words);
    head.className = `wi-head ${tone}`;
    dom.say(bar, `${sign} ${words}`);
    bar.className = tone;
    for (const one of now.rows) showFigure(figures.get(one.id), one);
    now.kinds.forEach((one, at) => showKind(kinds[at], one));
  }

  function headline(now) {
    const limits = now.rows.filter((one) => one.asks);
    const names = (status) =>
      limits.filter((one) => one.status === status).map((one) => one.name).join(", ");
    const missed = names("fail");
    const open = names("not-measurable");
    if (missed) return [SIGNS.fail, `Misses ${missed}`, "fail"];
    if (open) return [SIGNS["not-measurable"], `Cannot be measured: ${open}`, "open"];
    return [SIGNS.pass, "Meets all four limits", "pass"];
  }

  function showFigure(shown, one) {
    const changed = one.text !== shown.today.text || one.detail !== shown.today.detail;
    const mark = `${one.text} ${one.detail} ${one.status}`;
    if (shown.mark === mark) return;
    shown.mark = mark;
    shown.tr.classList.toggle("wi-moved", changed);
    shown.now.replaceChildren(...said(one, "strong"));
    if (one.asks) shown.judged.replaceChildren(judgement(one.status, shown.today.status));
    else shown.judged.replaceChildren(changed ? difference(one.value, shown.today.value) : "");
  }

  function judgement(status, before) {
    const sign = dom.element("span", { "aria-hidden": "true" }, SIGNS[status]);
    const made = dom.element("span", { class: `sign ${status}` }, sign, `\u00a0${WORDS[status]}`);
    if (status === before) return made;
    const was = dom.element("span", { class: "wi-ends" }, `before: ${WORDS[before]}`);
    return dom.element("span", {}, made, was);
  }

  const difference = (now, before) => (now > before ? "▲ more" : "▼ less");

  function showKind(shown, one) {
    const mark = one.cells.join();
    if (shown.mark === mark) return;
    shown.mark = mark;
    const before = shown.today.cells;
    shown.cells.forEach((cell, at) => showCell(cell, before[at], one.cells[at]));
    shown.tr.classList.toggle("wi-moved", one.cells.some((text, at) => text !== before[at]));
  }

  function showCell(cell, before, now) {
    if (now === before) return cell.replaceChildren(now);
    const was = dom.element("span", { class: "wi-was" }, before);
    return cell.replaceChildren(was, " → ", dom.element("strong", {}, now));
  }

  const aloud = (count) => `${words}. ${numbers.changes(count)}.`;

  return { begin, show, aloud };
};

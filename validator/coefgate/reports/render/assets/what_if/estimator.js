// The estimator: a call, described in a form, and what it is predicted to need.
whatIf.estimator = (form, call, estimate) => {
  "use strict";
  const { dom, numbers } = whatIf;
  const field = (name) => form.elements.namedItem(name);
  const places = {
    paths: dom.byId("wi-paths-problems"),
    call: dom.byId("wi-call-problems"),
  };
  const parts = dom.byId("wi-parts");
  const budget = dom.byId("wi-budget");

  function described() {
    const paths = call.deliverables(field("paths").value);
    const before = call.attempt(field("tokens").value, field("truncated").checked);
    dom.set(field("paths"), "aria-invalid", paths.problems.length ? "true" : null);
    dom.set(field("tokens"), "aria-invalid", before.problem ? "true" : null);
    return {
      wrong: { paths: paths.problems, call: before.problem ? [before.problem] : [] },
      category: field("category").value || null,
      complexity: field("complexity").value || null,
      deliverables: paths.deliverables ?? [],
      model: field("model").value.trim() || null,
      output_mode: field("mode").value || null,
      previous: before.previous ?? null,
    };
  }

  function show() {
    const { wrong, ...asked } = described();
    const isCall = !wrong.paths.length && !wrong.call.length;
    const found = isCall ? estimate(asked) : null;
    if (found?.problem) wrong.call.push(found.problem);
    explain(places.paths, wrong.paths);
    explain(places.call, wrong.call);
    const isEstimated = found !== null && !found.problem;
    dom.byId("wi-estimate").hidden = !isEstimated;
    if (isEstimated) display(found);
  }

  function explain(place, problems) {
    place.firstElementChild.replaceChildren(...problems.map((one) => dom.element("li", {}, one)));
    place.hidden = !problems.length;
  }

  function display(found) {
    dom.say(dom.byId("wi-tokens"), numbers.whole(found.tokens));
    dom.say(dom.byId("wi-interval"), found.interval);
    dom.say(dom.byId("wi-basis"), found.basis);
    dom.say(dom.byId("wi-was"), found.before);
    offer(found.budgets);
    const most = Math.max(1, ...found.parts.map((one) => one.from + one.tokens));
    parts.replaceChildren(...found.parts.map((one) => part(one, most)));
  }

  // Each bar begins where the one before it ends.
  function part(one, most) {
    const drawn = dom.element("span", { class: one.kind });
    drawn.style.marginLeft = `${(100 * one.from) / most}%`;
    drawn.style.width = `${(100 * one.tokens) / most}%`;
    const bar = dom.element("td", { class: "wi-bars", "aria-hidden": "true" }, drawn);
    const name = dom.element("th", { scope: "row" }, one.name);
    if (one.path) name.append(" ", dom.code(one.path));
    return dom.element(
      "tr",
      { class: one.kind === "sum" && "wi-sum" },
      name,
      dom.element("td", { class: "n" }, one.words),
      bar,
    );
  }

  // The risks that are stated for this call; the one that was chosen stays, where it is stated.
  function offer(budgets) {
    const risk = field("risk");
    const chosen = risk.value;
    const names = budgets.map((one) => one.risk).join();
    if (risk.dataset.names !== names) {
      risk.dataset.names = names;
      const options = budgets.map((one) => dom.element("option", { value: one.risk }, one.words));
      risk.replaceChildren(...options);
      const kept = budgets.find((one) => String(one.risk) === chosen);
      if (budgets.length) risk.value = (kept ?? nearest(budgets)).risk;
    }
    dom.byId("wi-risk").hidden = !budgets.length;
    const found = budgets.find((one) => String(one.risk) === risk.value);
    dom.say(budget, found ? `${numbers.whole(found.tokens)} tokens` : "");
  }

  // One call in ten, where that is stated.
  const nearest = (budgets) => budgets.find((one) => one.risk >= 0.1) ?? budgets[0];

  // The choice of the risk stands beside the form.
  dom.byId("wi-panel-call").addEventListener("input", dom.inNextFrame(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  return { show };
};
